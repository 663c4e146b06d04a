#!/usr/bin/env python3
"""run.py FAASWATCH - the actions of `faaswatch rules`: what they print and how they end."""
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PACK = HERE.parent.parent / "content" / "rules"
PROGRAM = sys.argv[1]


def rules(*args, status):
    done = subprocess.run([PROGRAM, "rules", *map(str, args)], capture_output=True, text=True)
    if done.returncode != status:
        sys.exit(f"rules {args}: status {done.returncode}, expected {status}\n{done.stdout}{done.stderr}")
    return done


def expect(text, *parts):
    for part in parts:
        if part not in text:
            sys.exit(f"'{part}' is missing in:\n{text}")


def triage(folder, *args):
    done = subprocess.run([PROGRAM, "triage", "--format", "json", "--rules", folder, *map(str, args),
                           folder / "log.jsonl"], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"triage: status {done.returncode}\n{done.stderr}")
    return json.loads(done.stdout)


def tuning():
    """Exclusions hide and count, noisy detections are told; whatever the number of threads."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        event = {"eventVersion": "1.09", "eventSource": "ec2.amazonaws.com", "eventName": "RunInstances",
                 "recipientAccountId": "111122223333", "awsRegion": "eu-west-1", "sourceIPAddress": "192.0.2.7"}
        lines = []
        for i in range(1200):
            user = "ann" if i % 100 == 0 else "bob"
            event.update(eventID=f"e{i}", eventTime=f"2026-01-01T{i // 3600:02}:{i // 60 % 60:02}:{i % 60:02}Z",
                         userIdentity={"type": "IAMUser", "userName": user, "accountId": "111122223333",
                                       "arn": f"arn:aws:iam::111122223333:user/{user}"})
            lines.append(json.dumps(event) + "\n")
        (folder / "log.jsonl").write_text("".join(lines))
        (folder / "rule.yml").write_text(
            "title: an instance is started\nid: started\nlogsource: {product: aws, service: cloudtrail}\n"
            "detection: {s: {eventName: RunInstances}, condition: s}\nlevel: medium\n---\n"
            "title: many by one\nid: many\ncorrelation: {type: event_count, rules: [started], timespan: 10m, "
            "group-by: [userIdentity.userName], condition: {gte: 500}, generate: true}\nlevel: high\n")
        result = triage(folder)
        hits = {(f["detection"], f["actor"]["root"].split("/")[-1]): f["count"] for f in result["findings"]}
        assert hits == {("started", "ann"): 12, ("started", "bob"): 1188, ("many", "bob"): 1188}, hits
        assert any("started is noisy: it hits 100.0 %" in n for n in result["inputs"]["notes"]), result["inputs"]
        for jobs in (1, 2, 5):
            assert triage(folder, "--jobs", jobs) == result, jobs
        (folder / "exclusion.yml").write_text(
            "title: the farm\nlogsource: {product: aws, service: cloudtrail}\nexclusion:\n"
            "  rules: [started]\n  s: {userIdentity.userName: bob}\n  condition: s\n"
            "  owner: ops@example.com\n  reason: it starts them all day\n  expires: 2026-12-31\n")
        result = triage(folder)
        hits = {(f["detection"], f["actor"]["root"].split("/")[-1]): f["count"] for f in result["findings"]}
        assert hits == {("started", "ann"): 12, ("many", "bob"): 1188}, hits
        told = [w for w in result["inputs"]["with"] if "hidden by exclusion" in w["what"]]
        assert len(told) == 1 and told[0]["count"] == 1188, told
        expect(told[0]["what"], "the farm", "ops@example.com", "until 2026-12-31", "it starts them all day")
        text = (folder / "exclusion.yml").read_text()
        (folder / "exclusion.yml").write_text(text.replace("2026-12-31", "2025-12-31"))
        result = triage(folder)
        assert [f["count"] for f in result["findings"] if f["detection"] == "started"].count(1188) == 1
        told = [w for w in result["inputs"]["with"] if "hidden by exclusion" in w["what"]]
        assert told[0]["count"] == 0 and "expired 2025-12-31" in told[0]["what"], told


def main():
    tuning()
    expect(rules("test", PACK, status=0).stdout, " 0 failed")
    failing = rules("test", HERE / "failing", status=1).stdout
    expect(failing, "wrong.cases.jsonl:1: must match and does not: it is not stopped",
           "broken.yml:7: 'contians' is no modifier", "2 rule files, 2 cases, 2 failed")
    rules("test", HERE / "run.py", status=2)  # nothing to run is not a success

    checked = json.loads(rules("check", "--format", "json", HERE / "failing", status=1).stdout)
    assert len(checked["rules"]) == 1 and checked["issues"][0]["broken"], checked
    assert checked["issues"][0]["line"] == 7, checked
    rules("check", PACK, status=0)
    rules("check", HERE / "nowhere", status=2)

    listed = rules("list", status=0).stdout
    expect(listed, "D14", "Function URL open to everybody")
    files = len(list(PACK.rglob("*.yml")))
    assert len(json.loads(rules("list", "--format", "json", status=0).stdout)) == files

    with tempfile.TemporaryDirectory() as folder:
        log = pathlib.Path(folder) / "log.json"
        cases = (PACK / "lambda/function_url_public.cases.jsonl").read_text().splitlines()
        log.write_text(json.dumps({"Records": [json.loads(c)["event"] for c in cases]}))
        hits = [json.loads(h) for h in
                rules("match", "--format", "jsonl", log, status=0).stdout.splitlines()]
        expected = sum(json.loads(c)["match"] for c in cases)
        assert sum(h["ref"] == "D14" for h in hits) == expected, hits
        text = log.read_bytes()
        for h in hits:  # the offsets point at the records
            record = json.loads(text[h["offset"]:h["offset"] + h["length"]])
            assert record["eventID"] == h["record_id"], h
        only = rules("match", "--rules", HERE / "failing", log, status=0)
        assert only.stdout == "" and "rule not used" in only.stderr, only
        log.write_text('{"Records":[{"eventName":"StopLogging","eventSource":')
        rules("match", log, status=3)
    with tempfile.TemporaryDirectory() as folder:
        fresh = pathlib.Path(folder) / "door_left_open.yml"
        rules("new", fresh, status=0)
        expect(rules("test", fresh, status=0).stdout, "1 rule files, 2 cases, 0 failed")
        rules("new", fresh, status=2)  # it is there already
        rules("new", pathlib.Path(folder) / "no rule.txt", status=2)
        log = pathlib.Path(folder) / "log.jsonl"
        cases = fresh.with_suffix(".cases.jsonl").read_text().splitlines()
        log.write_text("".join(json.dumps(json.loads(c)["event"]) + "\n" for c in cases))
        expect(rules("impact", fresh, log, status=0).stdout, "+ 2026-01-01T00:00:00Z  door left open",
               "door left open: 1 hits added, 0 removed, 0 stay", "2 records: 1 hits added, 0 removed")
        changed = pathlib.Path(folder) / "changed.yml"
        changed.write_text(fresh.read_text().replace("AccessDenied", "x").replace(
            "condition: selection and not filter_failed", "condition: filter_failed"))
        expect(rules("impact", "--rules", fresh, changed, log, status=0).stdout, "+ ", "- ",
               "door left open: 1 hits added, 1 removed, 0 stay")
        rules("impact", fresh, status=2)
        chain = pathlib.Path(folder) / "chain.yml"
        name = "door_left_open"
        chain.write_text(f"title: twice\ncorrelation: {{type: event_count, rules: [{name}], timespan: 1h, "
                         "condition: {gte: 1}}\n---\ntitle: lost\ncorrelation: {type: temporal, "
                         "rules: [nowhere], timespan: 1h}\n")
        checked = rules("check", fresh, chain, status=1).stdout
        expect(checked, "twice", "chain.yml:4: \"lost\": refers to 'nowhere'", "2 rules can be used, 1 cannot")
        hits = [json.loads(h) for h in rules("match", "--format", "jsonl", "--rules", fresh, "--rules", chain,
                                             log, status=0).stdout.splitlines()]
        assert [(h["title"], h["events"]) for h in hits] == [("twice", 1)], hits
    with tempfile.TemporaryDirectory() as folder:
        pair = pathlib.Path(folder) / "pair.yml"
        source = "logsource: {product: aws, service: cloudtrail}\ndetection: {s: {eventName: NAME}, condition: s}\n"
        pair.write_text("title: pair\ncorrelation: {type: temporal_ordered, rules: [make, stop], group-by: [userIdentity.arn], "
                        "timespan: 10m}\nlevel: high\n---\ntitle: make\nname: make\n" + source.replace("NAME", "CreateFunction20150331")
                        + "---\ntitle: stop\nname: stop\n" + source.replace("NAME", "StopLogging"))

        def event(name, who, time=None):
            at = {"eventTime": f"2026-11-20T09:{time}:00Z"} if time else {}
            return {"eventSource": "x.amazonaws.com", "eventName": name, "userIdentity": {"arn": who}, **at}

        make, stop = "CreateFunction20150331", "StopLogging"
        cases = [(True, [event(make, "a", "00"), event(stop, "a", "09")]), (True, [event(make, "a"), event(stop, "a")]),
                 (True, [event(stop, "a", "09"), event(make, "a", "00")]), (False, [event(stop, "a"), event(make, "a")]),
                 (False, [event(make, "a", "00"), event(stop, "a", "11")]), (False, [event(make, "a"), event(stop, "b")]),
                 (False, [event(make, "a")]), (False, [])]
        beside = pair.with_suffix(".cases.jsonl")
        beside.write_text("".join(json.dumps({"match": m, "events": e}) + "\n" for m, e in cases))
        expect(rules("test", pair, status=0).stdout, f"1 rule files, {len(cases)} cases, 0 failed")
        beside.write_text("".join(json.dumps({"match": not m, "events": e}) + "\n" for m, e in cases) + '{"match": true, "events": [7]}\n')
        expect(rules("test", pair, status=1).stdout, "must match and does not", "must not match and does",
               '"events" must be records', f"{len(cases) + 1} failed")
    rules("match", status=2)
    rules("frobnicate", status=2)


if __name__ == "__main__":
    main()
