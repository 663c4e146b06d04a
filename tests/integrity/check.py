#!/usr/bin/env python3
"""check.py FAASWATCH BUILD - `verify cloudtrail` over chains that the tools in
../shared/tools/cloudtrail-digest sign and tamper with, in moto's S3."""
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

TOOLS = pathlib.Path("../shared/tools/cloudtrail-digest")
HERE = pathlib.Path(__file__).resolve().parent
BUCKET = "trail-bucket"

# tampering -> (exit status, a verdict that must be told or None)
EXPECTED = {
    "none": (0, None),
    "modlog": (1, "invalid"),
    "dellog": (1, "missing"),
    "trunc": (0, "warning"),
    "trail": (1, "invalid"),
    "trailjunk": (1, "invalid"),
    "recompress": (0, None),
    "inject": (1, "not covered"),
    "deldig": (1, "missing"),
    "delnew": (1, "missing"),
    "delall": (1, "missing"),
    "moddig": (1, "invalid"),
    "nosig": (1, "invalid"),
    "upsig": (0, None),
    "replay": (1, "invalid"),
    "algo": (1, "invalid"),
    "digtrail": (1, "invalid"),
}


def venv(build):
    """A Python with what the tools need, made once; None when it cannot be had."""
    home = pathlib.Path(build).resolve() / "venv-digest"
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
            print(f"skipped: moto cannot be installed: {(done.stderr or done.stdout).strip().splitlines()[-1:]}")
            return None
    mark.write_text(want)
    return python


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def await_server(url, process):
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=1).close()
            return
        except OSError:
            if process.poll() is not None:
                sys.exit("moto ended before it answered")
            time.sleep(0.1)
    sys.exit("moto did not answer within 30 s")


# Runs in the venv, in a folder of its own: sign one chain (making its key takes seconds), then for
# each tampering put the untouched chain back, tamper with it and copy the bucket.
DRIVER = r"""
import json, pathlib, sys
out, tamperings = pathlib.Path(sys.argv[1]), sys.argv[2:]
source = pathlib.Path("tamper.py").read_text().split("for n,f in list(globals()")[0]
exec(source)

def listing():
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=B):
        yield from (o["Key"] for o in page.get("Contents", []))

def copy_bucket(to):
    for key in listing():
        path = to / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(get(key)[0])
        if "CloudTrail-Digest" in key:
            head = s3.head_object(Bucket=B, Key=key)
            head.pop("ResponseMetadata")
            path.with_name(path.name + ".meta.json").write_text(json.dumps(head, default=str))

keys = gen()
untouched = {key: get(key) for key in listing()}
for tampering in tamperings:
    for key in list(listing()):
        s3.delete_object(Bucket=B, Key=key)
    for key, (body, metadata) in untouched.items():
        put(key, body, dict(metadata))
    if tampering != "none":
        globals()[tampering](keys)
    copy_bucket(out / f"copy-{tampering}")
"""


def make_copies(python, work, environment):
    made = subprocess.run(
        [python, "driver.py", work, *EXPECTED], cwd=work, env=environment, capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        sys.exit(f"the chains could not be made\n{made.stderr}")


def run_case(program, case, work):
    copy = work / f"copy-{case}"
    keys = work / "pubkeys.json"
    done = subprocess.run(
        [pathlib.Path(program).resolve(), "verify", "cloudtrail", "--keys", keys, "--format", "json", copy], capture_output=True, check=False
    )
    result = json.loads(done.stdout)
    status, verdict = EXPECTED[case]
    verdicts = {i["verdict"] for i in result["items"]}
    if done.returncode != status or (verdict is not None and verdict not in verdicts):
        print(json.dumps(result, indent=1))
        sys.exit(f"{case}: status {done.returncode}, wanted {status} with {verdict}; said {sorted(verdicts)}")
    print(f"{case:12} status {done.returncode}  {', '.join(sorted(verdicts - {'note'})) or 'nothing to say'}")


def main():
    program, build = sys.argv[1:]
    if not TOOLS.exists():
        print("skipped: no shared data")
        return
    python = venv(build)
    if python is None:
        return
    port = free_port()
    with tempfile.TemporaryDirectory() as temporary:
        work = pathlib.Path(temporary)
        for name in ("make_chain.py", "tamper.py", "awscfg"):
            text = (TOOLS / name).read_text().replace("127.0.0.1:5055", f"127.0.0.1:{port}")
            (work / name).write_text(text)
        (work / "driver.py").write_text(DRIVER)
        environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        server = subprocess.Popen(
            [python, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            await_server(f"http://127.0.0.1:{port}/", server)
            make_copies(python, work, environment)
        finally:
            server.terminate()
            server.wait(20)
        for case in EXPECTED:
            run_case(program, case, work)
    print(f"{len(EXPECTED)} cases as expected")


main()
