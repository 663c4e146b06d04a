#!/usr/bin/env python3
"""Fail when an #include goes up or sideways, or a pure folder uses the system. Rules: layers.txt."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Pure folders read no file, no clock, no environment (design: fuzzable, the same on any thread).
PURE = {"base", "codec", "model", "source", "rule", "network", "iam", "fit"}
IMPURE = re.compile(r"\b(fopen|open|openat|socket|time|clock_gettime|getenv|gettimeofday)\s*\(")


def read_rules():
    allow = {}
    for line in (ROOT / "tools/layers.txt").read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, _, deps = line.partition(":")
        for dep in deps.split():
            if dep not in allow:
                sys.exit(f"layers.txt: {name} names {dep}, which is not lower")
        allow[name.strip()] = set(deps.split())
    return allow


def main():
    allow, bad = read_rules(), 0
    for src in sorted((ROOT / "src").rglob("*.[ch]")):
        rel = src.relative_to(ROOT / "src")
        if len(rel.parts) < 2 or rel.name.startswith("test_"):
            continue
        here = rel.parts[0]
        if here not in allow:
            print(f"src/{rel}: folder {here} is not in tools/layers.txt")
            bad += 1
            continue
        for n, text in enumerate(src.read_text().splitlines(), 1):
            if here in PURE and IMPURE.search(text) and "json_" not in text:
                print(f"src/{rel}:{n}: {here} is pure and may not call the system")
                bad += 1
            m = re.match(r'\s*#\s*include\s+"([^"]+)"', text)
            if not m or m[1].startswith("gen/"):
                continue
            there = pathlib.PurePath(m[1])
            own_folder = there.parent == rel.parent
            own_kind = there.parts[0] == here and len(there.parts) == 2
            if not own_folder and not own_kind and there.parts[0] not in allow[here]:
                print(f"src/{rel}:{n}: {here} may not include {m[1]}")
                bad += 1
            if not own_folder and there.parts[0] == here and len(there.parts) > 2 and len(rel.parts) > 2:
                print(f"src/{rel}:{n}: a plug-in may not include its sibling {m[1]}")
                bad += 1
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
