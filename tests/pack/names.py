#!/usr/bin/env python3
"""names.py FAASWATCH - a pseudonymised pack tells no name of ours in any encoding, tells the other side's,
is valid, and is the same for the same key only."""
import base64
import gzip
import html
import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.parse

OURS = ["dana.k", "dana.k@acme.example", "grace.o", "grace.o@acme.example", "acme.example", "111122223333", "444455556666",
        "10.20.30.40", "kq3v5n2xw7mldz6tjb4yhf3ca0oeriug", "ASIAEXAMPLEDANAK0001", "Dana", "Grace"]
THEIRS = ["198.51.100.234", "payments-webhook", "c3863ec1e58a6a4dc8fa26f0148ffca03caf98deea2d3a16a4bb03b80e926ed6"]
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


def encodings(text):
    """How a name may stand in a file, but for base64."""
    yield text
    yield html.escape(text)
    yield urllib.parse.quote(text, safe="")
    yield urllib.parse.quote(text, safe="").replace(".", "%2E")
    yield "".join(f"\\u{ord(c):04x}" for c in text)
    yield text.encode().hex()


def leaks(raw, name):
    low = raw.lower()
    for form in encodings(name):
        if form.lower().encode() in low:
            return form
    # Base64 of any text around the name: the parts that do not depend on where it begins.
    for shift in range(3):
        middle = base64.b64encode(b"\0" * shift + name.encode())[4 if shift else 0 : -4]
        if len(middle) >= 12 and middle in raw:
            return f"base64 {middle.decode()}"
    return None


def salted(logs):
    """A record of the demo with our names in every encoding that logs use, and with a secret."""
    text = json.dumps({"user": "dana.k@acme.example", "account": "111122223333", "net": "10.20.30.40"})
    more = {
        "nested": text, "url": urllib.parse.quote(text), "b64": base64.b64encode(text.encode()).decode(),
        "twice": json.dumps({"inner": text}), "escaped": "DANA.K, 10.20.30.40:443, arn:aws:iam::111122223333:user/dana.k",
        "secretAccessKey": SECRET, "number": 111122223333,
    }
    for path in sorted(logs.rglob("*_x.json.gz")):
        records = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
        for r in records:
            if "payments-webhook" in json.dumps(r):
                r["requestParameters"] = {**(r.get("requestParameters") or {}), "x": more}
        path.write_bytes(gzip.compress("".join(json.dumps(r) + "\n" for r in records).encode(), mtime=0))


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    faults = []
    with tempfile.TemporaryDirectory() as tmp:
        root = pathlib.Path(tmp)

        def run(*words):
            return subprocess.run([program, *words], cwd=root, capture_output=True, text=True, check=False)

        def pack(name, key):
            (root / "key").write_text(key)
            done = run("triage", "-q", "--env", "demo/env.yaml", "--intel", "demo/feed.csv", "--changes", "demo/changes.csv",
                       "--people", "demo/people.csv", "--builds", "demo/builds.csv", "--bundle", name, "--pseudonymise",
                       "key", "demo/logs")
            if done.returncode not in (0, 1):
                faults.append(f"{name}: exit {done.returncode}: {done.stderr}")
            return {str(p.relative_to(root / name)): p.read_bytes() for p in sorted((root / name).rglob("*")) if p.is_file()}

        run("demo", "demo")
        salted(root / "demo/logs")
        # The same pack with names: what is looked for below is really there.
        run("triage", "-q", "--env", "demo/env.yaml", "--intel", "demo/feed.csv", "--changes", "demo/changes.csv", "--people",
            "demo/people.csv", "--bundle", "plain", "demo/logs")
        plain = b"".join(p.read_bytes() for p in (root / "plain").rglob("*") if p.is_file())
        for name in [*OURS, SECRET]:
            if leaks(plain, name) is None:
                faults.append(f"{name} is not in the logs: nothing is shown by its absence")
        one = pack("one", "k" * 32)
        for name, raw in one.items():
            for ours in OURS + [SECRET]:
                form = leaks(raw, ours)
                if form is not None:
                    at = raw.lower().find(form.lower().encode())
                    faults.append(f"{name}: {ours} as {form}: {raw[max(0, at - 60) : at + 60]!r}")
        everything = b"".join(one.values())
        for theirs in THEIRS:
            if theirs.encode() not in everything:
                faults.append(f"{theirs} is gone")
        if not any(name.startswith("evidence/") for name in one) or any(n.endswith((".html", ".md", ".csv")) for n in one):
            faults.append(f"files: {sorted(one)}")
        for name, raw in one.items():
            if name.endswith((".jsonl", ".log")):
                for line in raw.decode().splitlines():
                    json.loads(line)
            else:
                json.loads(raw)
        manifest = json.loads(one["manifest.json"])
        if not manifest["pseudonymised"] or "kkkk" in json.dumps(manifest) or "not what the" not in manifest["evidence"]["form"]:
            faults.append(f"manifest: {manifest['pseudonymised']}, {manifest['evidence']['form']}")
        if run("bundle", "verify", "one").returncode != 0:
            faults.append("it does not verify")
        if pack("two", "k" * 32) != one:
            faults.append("the same key gave another pack")
        other = pack("three", "q" * 32)
        if other["cases/" + json.loads(one["report.json"])["cases"][0]["id"] + ".json"] == one.get("report.json"):
            faults.append("another key gave the same pack")
        actors = [json.loads(x["report.json"])["cases"][0]["actors"][0] for x in (one, other)]
        if actors[0] == actors[1] or not actors[0].startswith("p-"):
            faults.append(f"actors: {actors}")
        (root / "key").write_text("short")
        for words in (["--bundle", "four", "--pseudonymise", "key"], ["--pseudonymise", "key"]):
            if run("triage", "-q", *words, "demo/logs").returncode != 2 or (root / "four").exists():
                faults.append(f"{words}: not refused")
    for fault in faults[:40]:
        print(fault)
    print("no name of ours" if not faults else f"{len(faults)} faults")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
