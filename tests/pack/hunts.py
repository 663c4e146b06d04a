#!/usr/bin/env python3
"""hunts.py FAASWATCH - a hunt over logs of another account, in every form they come in, and with hostile
case files."""
import base64
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile

KEY = "ASIAEXAMPLEDANAK0001"
HASH = "c3863ec1e58a6a4dc8fa26f0148ffca03caf98deea2d3a16a4bb03b80e926ed6"


def record(n, **more):
    r = {
        "eventVersion": "1.08", "eventID": f"0000-{n}", "eventTime": f"2026-11-{n % 28 + 1:02d}T10:00:00Z",
        "eventSource": "lambda.amazonaws.com", "eventName": "GetFunction20150331v2", "awsRegion": "us-east-2",
        "sourceIPAddress": "203.0.113.9", "userAgent": "x", "recipientAccountId": "555566667777",
        "userIdentity": {"type": "IAMUser", "userName": "u", "arn": "arn:aws:iam::555566667777:user/u",
                         "accessKeyId": "AKIAEXAMPLE000000000", "accountId": "555566667777"},
        "requestParameters": {"functionName": "other"}, "responseElements": None, "eventType": "AwsApiCall",
    }
    r.update(more)
    return r


def case(seeds, **more):
    c = {"id": "5010b37d5ebc", "title": "t", "severity": "high", "first": "2026-11-20T09:12:07Z",
         "last": "2026-11-20T09:41:12Z", "decision": {"row": "E1", "action": "escalate", "escalate": True, "reason": "r"},
         "timeline": [{"record_id": "0000-7"}], "marks": [{"kind": k, "value": v, "external": True} for k, v in seeds]}
    c.update(more)
    return {"schema": "faaswatch.triage/1", "technique": "T1584.007", "cases": [c]}


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    faults = []
    with tempfile.TemporaryDirectory() as tmp:
        root = pathlib.Path(tmp)

        def hunt(case_file, *words):
            (root / "case.json").write_text(case_file if isinstance(case_file, str) else json.dumps(case_file))
            return subprocess.run([program, "hunt", "case.json", *words], cwd=root, capture_output=True, text=True, check=False)

        def expect(what, have, want):
            if have != want:
                faults.append(f"{what}: {have}, not {want}")

        code = base64.b64encode(bytes.fromhex(HASH)).decode()
        identity = dict(record(0)["userIdentity"], accessKeyId=KEY)
        lines = [record(n) for n in range(300)]
        lines[7] = record(7, sourceIPAddress="198.51.100.234")  # of the case itself
        lines[8] = record(8, sourceIPAddress="198.51.100.234")
        lines[9] = record(9, sourceIPAddress="198.51.100.23")  # only begins like it
        lines[10] = record(10, userIdentity=identity)
        lines[11] = record(11, eventName="UpdateFunctionCode20150331v2", responseElements={"codeSha256": code, "functionName": "other"})
        lines[12] = record(12, requestParameters={"functionName": "payments-webhok"})  # a letter less
        logs = root / "logs"
        logs.mkdir()
        (logs / "a.json").write_text(json.dumps({"Records": lines}))
        with gzip.open(logs / "b.jsonl.gz", "wt") as f:
            # The same address, hidden behind an escape.
            f.write(json.dumps(record(301, sourceIPAddress="198.51.100.234")).replace("198.51", "\\u0031\\u0039\\u0038.51") + "\n")
        (logs / "dns.log").write_text(
            "#separator \\x09\n#path\tdns\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tquery\tqtype_name\n"
            "#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tstring\n"
            "1795165927.0\tC1\t10.0.0.5\t5353\t10.0.0.53\t53\tudp\tevil.workers.dev\tA\n")
        (logs / "broken.json").write_text('{"Records":[{"eventSource":"x",')
        marks = [("address", "198.51.100.234"), ("access_key", KEY), ("code_hash", HASH), ("function", "payments-webhook"),
                 ("host", "evil.workers.dev"), ("layer", "arn:aws:lambda:us-east-1:1:layer:none:1"), ("kind_of_tomorrow", "x")]
        one = hunt(case(marks), "logs", "--format", "json", "-q", "--jobs", "1")
        two = hunt(case(marks), "logs", "--format", "json", "-q", "--jobs", "4")
        expect("jobs 1 and 4 alike", one.stdout == two.stdout, True)
        expect("status with a broken file", one.returncode, 3)
        result = json.loads(one.stdout)
        found = {}
        for f in result["findings"]:
            found.setdefault(f["kind"], []).append((f["count"], f["known"]))
        expect("found", found, {"address": [(3, 1)], "access_key": [(1, 0)], "code_hash": [(1, 0)], "function": [(1, 0)],
                                "host": [(1, 0)]})
        i = result["inputs"]
        parts = i["record_bytes"] + i["framing_bytes"] + i["unrecognised_bytes"] + i["skipped_bytes"]
        expect("bytes accounted for", parts, i["bytes_unpacked"])
        expect("few records looked into", i["looked_into"] < 60, True)
        (logs / "broken.json").unlink()
        expect("--fail-on-hit", hunt(case(marks), "logs", "-q", "--fail-on-hit").returncode, 1)
        expect("nothing elsewhere", hunt(case([("handler", "not.there")]), "logs", "-q", "--fail-on-hit").returncode, 0)
        late = json.loads(hunt(case(marks), "logs", "-q", "--format", "json", "--since", "2026-12-01").stdout)
        expect("--since", late["findings"], [])
        hostile = ["", "[]", "{}", "nul", '{"schema":"faaswatch.triage/1"}', '{"schema":"faaswatch.triage/1","cases":[7]}',
                   json.dumps(case([])), json.dumps(case([("handler", "x" * 5000)])), json.dumps(case([("handler", "x")] * 100)),
                   json.dumps(case([], marks=[3])), json.dumps(case([], marks="x")), json.dumps(case(marks))[:-3], "[" * 100000]
        for text in hostile:
            done = hunt(text, "logs", "-q")
            expect(f"hostile {text[:40]!r}", (done.returncode, done.stdout), (2, ""))
        odd = hunt(case([("handler", "a\x1b[31m\n' OR 1=1 --"), ("address", "x; drop"), ("host", "a b")], title="\x1b]0;x\x07"), "logs", "-q")
        expect("odd values", (odd.returncode, "\x1b" in odd.stdout), (0, False))
    for fault in faults:
        print(fault)
    print("hunts as expected" if not faults else f"{len(faults)} faults")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
