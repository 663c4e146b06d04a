#!/usr/bin/env python3
"""check.py PROBE BUILD - the statistics of src/baseline and src/fit against SciPy's."""
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent

# Runs in the venv: lines "NAME NUMBERS…" in, an answer a line out, as the probe does.
REFERENCE = r"""
import sys
import numpy as np
from scipy import optimize, special, stats

def tail(c, m, v):
    if m <= 0 or v <= 1.5 * m:
        return stats.poisson.sf(c - 1, m) if c == int(c) else special.gammainc(c, m)
    r = m * m / (v - m)
    return stats.nbinom.sf(c - 1, r, r / (r + m)) if c == int(c) else special.betainc(c, r, m / (r + m))

def z(x, *rest):
    a = np.array(rest)
    mad = stats.median_abs_deviation(a)
    return (x - np.median(a)) / (1.4826 * mad + max(1, 0.05 * np.median(a)))

def ewma(*v):
    mean, var, seen = v[0], 0.0, 1
    for x in v[1:]:
        limit = mean + 4 * var ** 0.5 * (0.2 / 1.8) ** 0.5
        if seen >= 12 and x > limit:
            continue
        away = x - mean
        mean = 0.2 * x + 0.8 * mean
        var = 0.2 * away ** 2 + 0.8 * var
        seen += 1
    return mean + 4 * var ** 0.5 * (0.2 / 1.8) ** 0.5

def cusum(*v):
    s = 0.0
    for x in v:
        s = max(0, s + x - 0.5)
    return s

def step(mean, ratio, dispersion, *counts):
    s = 0.0
    for c in counts:
        s = max(0, s + (stats.poisson.logpmf(c, mean * ratio) - stats.poisson.logpmf(c, mean)) / dispersion)
    return s

def logit(column, spread, columns, *rest):
    n = int(columns)
    prior, low, high = (np.array(rest[k * n:(k + 1) * n]) for k in range(3))
    table = np.array(rest[3 * n:]).reshape(-1, n + 2)
    y, offset, x = table[:, 0], table[:, 1], table[:, 2:]
    k = np.log(10) / 10

    def loss(w):
        z = k * (offset + x @ w)
        return np.sum(np.logaddexp(0, z) - y * z) + np.sum((w - prior) ** 2) / (2 * spread ** 2)

    def slope(w):
        z = k * (offset + x @ w)
        return k * x.T @ (special.expit(z) - y) + (w - prior) / spread ** 2

    best = optimize.minimize(loss, prior, jac=slope, method="L-BFGS-B", bounds=list(zip(low, high)),
                             options={"ftol": 1e-16, "gtol": 1e-12, "maxiter": 10000})
    return best.x[int(column)]

calls = {"logit": logit, "poisson": lambda c, m: tail(c, m, m), "tail": tail, "z": z, "median": lambda *v: np.median(v),
         "ewma": ewma, "cusum": cusum, "step": step, "distinct": lambda n: n}
for line in sys.stdin:
    name, *numbers = line.split()
    print(repr(float(calls[name](*map(float, numbers)))))
"""


def venv(build):
    """A Python with SciPy, made once; None when it cannot be had."""
    home = pathlib.Path(build).resolve() / "venv-statistics"
    python = home / "bin/python"
    want = (HERE / "requirements.txt").read_text()
    mark = home / "installed.txt"
    if mark.exists() and mark.read_text() == want:
        return python
    steps = [
        [sys.executable, "-m", "venv", "--clear", str(home)],
        [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", str(HERE / "requirements.txt")],
    ]
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print(f"skipped: SciPy cannot be installed: {(done.stderr or done.stdout).strip().splitlines()[-1:]}")
            return None
    mark.write_text(want)
    return python


def logits():
    """Fits of made cases: loose and tight, with and without bounds that hold."""
    lines = []
    for k in range(6):
        n = 5
        prior = [12, 6, -4, 8, 3]
        low, high = [6, 3, -6, 4, 1], [24, 12, 0, 16, 6]
        if k % 2:
            low, high = [-500] * n, [500] * n
        rows = []
        for i in range(40):
            items = [(i * 7 + c * 3 + k) * (c + 2) % 11 < 4 for c in range(n)]
            score = sum(w for w, there in zip(prior, items) if there) - 9 + i * 13 % 7
            rows += [int((score > 0) != (i * 5 % 9 == 0)), -9, *map(int, items)]
        text = " ".join(map(str, prior + low + high + rows))
        lines += [(f"logit {c} {(1, 4, 30)[k // 2]} {n} {text}", 2e-5) for c in range(n)]
    return lines


def questions():
    """Lines to ask, each with the error that is allowed, as a part of the answer."""
    lines = []
    for mean in (0.001, 0.3, 2, 10, 33.3, 120, 5000, 1e6):
        for factor in (0.2, 0.9, 1, 1.1, 1.5, 3, 10):
            count = max(1, round(mean * factor))
            lines.append((f"poisson {count} {mean}", 1e-8))
            for dispersion in (1.2, 2, 5, 50):
                lines.append((f"tail {count} {mean} {mean * dispersion}", 1e-7))
    lines += [(f"poisson {c} {m}", 1e-9) for c, m in ((0.5, 0.2), (12.25, 3.5), (80.4, 20))]
    series = [[(i * 37 + 11 * k) % 23 for i in range(60)] for k in range(5)]
    for values in series:
        text = " ".join(map(str, values))
        lines += [(f"z 90 {text}", 1e-12), (f"median {text}", 1e-12), (f"ewma {text} 400 5", 1e-12)]
        lines.append((f"step 4.5 3 1.7 {text}", 1e-9))
        lines.append(("cusum " + " ".join(str(v / 10 - 1) for v in values), 1e-9))
    lines += logits()
    lines += [(f"distinct {n}", 0.3) for n in (0, 1, 10, 100, 1000, 20000)]
    return lines


def main(probe, build):
    python = venv(build)
    if python is None:
        return 0
    asked = questions()
    text = "".join(line + "\n" for line, _ in asked)
    ours = subprocess.run([probe], input=text, capture_output=True, text=True, check=True).stdout.split()
    theirs = subprocess.run([str(python), "-c", REFERENCE], input=text, capture_output=True, text=True, check=True).stdout.split()
    wrong = 0
    assert len(ours) == len(theirs) == len(asked)
    for (line, allowed), a, b in zip(asked, map(float, ours), map(float, theirs)):
        if abs(a - b) > allowed * max(abs(b), 1e-290):
            print(f"{line[:80]}: {a!r}, SciPy has {b!r}")
            wrong += 1
    print(f"{len(asked)} answers compared with SciPy's, {wrong} differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
