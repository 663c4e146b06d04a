#!/usr/bin/env python3
"""check.py FAASWATCH - bombs and oversized records: a skipped entry each, the neighbours kept, at
most 256 MB of memory."""
import gzip
import json
import os
import pathlib
import subprocess
import sys
import tempfile

GOOD = b'{"eventVersion":"1.08","eventTime":"2026-11-20T09:00:00Z","eventSource":"ec2.amazonaws.com","eventName":"DescribeInstances","recipientAccountId":"111122223333"}'
MEMORY = 256 * 1000 * 1000


def long_string(f):
    f.write(b'{"eventVersion":"1.08","eventName":"')
    for _ in range(400):
        f.write(b"a" * (1 << 20))
    f.write(b'"}')


def deep(f):
    f.write(b'{"a":' + b"[" * 100000 + b"]" * 100000 + b"}")


def wide(f):
    keys = b",".join(b'"k%d":1' % i for i in range(3000))
    f.write(b'{"eventVersion":"1.08","eventName":"X",' + keys + b"}")


def zeros(f):
    for _ in range(400):
        f.write(b"\0" * (1 << 20))


CASES = {"long_string": long_string, "deep": deep, "wide": wide, "zeros": zeros}


def run(program, path):
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        p = subprocess.Popen([program, "triage", "-q", "--format", "json", path], stdout=out, stderr=err)
        _, status, usage = os.wait4(p.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        out.seek(0)
        return code, json.loads(out.read()), usage.ru_maxrss * 1024


RULE = """title: backtracks without end
id: 5b1b3f0e-1111-4222-8333-444455556666
logsource: {product: aws, service: cloudtrail}
detection:
  sel:
    userAgent|re: '^(a+)+$'
  condition: sel
level: low
"""


def check_regex(program):
    """A regular expression that its limits stop is told, not taken for a quiet no."""
    with tempfile.TemporaryDirectory() as tmp:
        root = pathlib.Path(tmp)
        (root / "r.yml").write_text(RULE)
        (root / "x.json").write_bytes(GOOD.replace(b"{", b'{"userAgent":"' + b"a" * 40 + b'b",', 1))
        command = [program, "triage", "--format", "json", "--rules", root / "r.yml", root / "x.json"]
        done = subprocess.run(command, capture_output=True, check=False)
    stops = json.loads(done.stdout)["inputs"]["rule_stops"]
    told = b"stopped by its limits 1 time" in done.stderr and b"5b1b3f0e-1111-4222-8333-444455556666" in done.stderr
    if done.returncode != 3 or stops != 1 or not told:
        sys.exit(f"regex: exit {done.returncode}, {stops} stops, {done.stderr.decode()}")


ANY = RULE.replace("backtracks without end", "any call").replace("userAgent|re: '^(a+)+$'", "requestParameters.maxResults: 5")


def check_copies(program):
    """One event in two trails counts once, also when only a rule asked for it; many events with one
    id and one time and other content are all kept, in time that grows with their number."""
    one = GOOD.replace(b"{", b'{"eventID":"e-1","awsRegion":"eu-west-1","requestParameters":{"maxResults":5},', 1)
    with tempfile.TemporaryDirectory() as tmp:
        root = pathlib.Path(tmp)
        (root / "r.yml").write_text(ANY)
        (root / "logs").mkdir()
        (root / "logs/a.json").write_bytes(one)
        (root / "logs/b.json").write_bytes(b'{"Records":[' + one + b"]}")
        for jobs in ("1", "2"):
            command = [program, "triage", "-q", "--format", "json", "--jobs", jobs, "--rules", root / "r.yml", root / "logs"]
            result = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
            counts = [f["count"] for f in result["findings"]]
            i = result["inputs"]
            if counts != [1] or (i["records"], i["events"], i["duplicates"]) != (2, 1, 1):
                sys.exit(f"copies, {jobs} jobs: counts {counts}, of {i['records']} records {i['events']} events")
        change = one.replace(b'"requestParameters":{"maxResults":5},', b"").replace(b"ec2.", b"iam.").replace(b"DescribeInstances", b"CreateUser")
        lines = [change.replace(b"{", b'{"requestParameters":{"userName":"u%d"},' % i, 1) for i in range(30000)]
        (root / "many.jsonl").write_bytes(b"\n".join(lines))
        command = [program, "triage", "-q", "--format", "json", root / "many.jsonl"]
        result = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
        if result["inputs"]["records"] != 30000 or result["inputs"]["duplicates"] != 0:
            sys.exit(f"one id: {result['inputs']['records']} records, {result['inputs']['duplicates']} duplicates")


def main():
    check_copies(sys.argv[1])
    check_regex(sys.argv[1])
    for name, make in CASES.items():
        with tempfile.TemporaryDirectory() as tmp:
            path = pathlib.Path(tmp) / "x.json.gz"
            with gzip.open(path, "wb", 1) as f:
                f.write(GOOD + b"\n")
                make(f)
                f.write(b"\n" + GOOD.replace(b"Describe", b"Terminate") + b"\n")
            code, result, memory = run(sys.argv[1], path)
        i = result["inputs"]
        parts = i["record_bytes"] + i["framing_bytes"] + i["unrecognised_bytes"] + i["skipped_bytes"]
        if code != 3 or not i["skipped"] or i["records"] != 2 or parts != i["bytes_unpacked"]:
            sys.exit(f"{name}: exit {code}, {i['records']} records, skipped {i['skipped']}, {parts} of {i['bytes_unpacked']} bytes")
        if memory > MEMORY:
            sys.exit(f"{name}: {memory / 1e6:.0f} MB of memory")
        print(f"{name}: {memory / 1e6:.0f} MB, {i['skipped'][0]['reason']}")


if __name__ == "__main__":
    main()
