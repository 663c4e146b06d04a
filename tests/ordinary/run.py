#!/usr/bin/env python3
"""run.py FAASWATCH MAKE_LOGS - how loud is the pack on ordinary logs?

An ordinary week (make.py, and make_logs for the mass) must give at most one finding above low for
10,000 events; the figure is printed. The twins are the same week with one thing wrong: what was quiet
because something explained it must then be loud.
"""
import csv
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import make  # noqa: E402

MASS, GOAL_EVENTS, WORK_SHARE = 20000, 10000, 0.01
WITHOUT_BUILDS = ["--env", "env.yaml", "--changes", "changes.csv", "--people", "people.csv"]
GIVEN = ["--env", "env.yaml", "--changes", "changes.csv", "--builds", "builds.csv", "--people", "people.csv"]


def triage(program, folder, logs, given=None):
    run = subprocess.run([program, "triage", "-q", *(GIVEN if given is None else given), "-o", "out.json", "--clobber", *logs],
                         cwd=folder, capture_output=True, text=True, timeout=300)
    if run.returncode != 0:
        sys.exit(f"triage ended with {run.returncode}: {run.stderr[-2000:]}")
    return json.loads((folder / "out.json").read_text())


def loud(result):
    return [f for f in result["findings"] if f["severity"] not in ("informational", "low")]


def figure(program, folder, work):
    result = triage(program, folder, ["mass.jsonl", "work.jsonl"])
    events, found = result["inputs"]["events"], loud(result)
    if result["inputs"]["unrecognised"] or result["inputs"]["skipped"] or events < MASS + work:
        sys.exit(f"of {MASS + work} records {events} were read")
    if work < WORK_SHARE * events:
        sys.exit(f"only {work} of {events} events are work")
    rate = len(found) * GOAL_EVENTS / events
    print(f"{events} ordinary events, {100 * work / events:.1f} % of them people, CI, on-call, vendors and scanners: "
          f"findings above low: {len(found)}; {rate:.2f} for 10,000 events (goal: 1)")
    for f in found:
        print(f"  {f['severity']} {f['ref']}: {f['explain'][:160]}")
    if rate > 1:
        sys.exit("the pack is too loud on ordinary logs")
    if any(c["decision"]["escalate"] for c in result["cases"]):
        sys.exit("an ordinary week is escalated")
    return len([f for f in result["findings"] if f.get("explained")])


# ---- twins ----

def rewritten(folder, column, value, keep=lambda row: True):
    """changes.csv with one column changed in the rows that `keep` picks."""
    path = folder / "changes.csv"
    rows = list(csv.DictReader(path.open()))
    for row in rows:
        if keep(row):
            row[column] = value
    with path.open("w", newline="") as out:
        writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def by_hand(row):
    return "@" in row["assignee"] and "gserviceaccount" not in row["assignee"]


def lines(folder, change):
    path = folder / "work.jsonl"
    records = [json.loads(line) for line in path.read_text().splitlines()]
    path.write_text("".join(json.dumps(change(r)) + "\n" for r in records))


def elsewhere(record):
    """CI's sessions, used from a rented machine."""
    who = record.get("userIdentity", {}).get("arn", "")
    return {**record, "sourceIPAddress": "198.51.100.250"} if "assumed-role/gha-deploy/" in who else record


def later(record):
    """People deploy five hours after the window of their record."""
    if record.get("eventName", "").startswith("UpdateFunctionCode") and "AWSReservedSSO" in json.dumps(record["userIdentity"]):
        hour = int(record["eventTime"][11:13]) + 5
        return {**record, "eventTime": f"{record['eventTime'][:11]}{hour:02d}{record['eventTime'][13:]}"}
    return record


def others(folder, column, value, keep=lambda row: True):
    """A record that names neither, and no build either, which would name the code."""
    rewritten(folder, column, value, keep)
    rewritten(folder, "commit", "", keep)
    (folder / "builds.csv").unlink()


TWINS = [  # what is wrong, how, the detections that must then be above low
    ("the records were rejected", lambda d: rewritten(d, "approval", "rejected"), {"D02"}),
    ("people approved their own changes", lambda d: [rewritten(d, "approver", r["assignee"], lambda x, i=r["id"]: x["id"] == i) for r in
                                                    list(csv.DictReader((d / "changes.csv").open())) if by_hand(r)], {"D02"}),
    ("the records name other functions", lambda d: others(d, "resources", "something-else"), {"D02"}),
    ("the records name other people", lambda d: others(d, "assignee", "mallory@acme.example", by_hand), {"D02"}),
    ("people deployed outside the windows", lambda d: lines(d, later), {"D02"}),
    ("CI's sessions were used elsewhere", lambda d: lines(d, elsewhere), {"D32", "SQ3"}),
]


def main():
    program, make_logs = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        work = make.write(folder, 1)
        with (folder / "mass.jsonl").open("w") as out:
            subprocess.run([make_logs, "lines", str(MASS), "2026-11-16T00:00:00Z", str(24 * make.DAYS), "5"], stdout=out, check=True)
        explained = figure(program, folder, work)
        if explained < 20:
            sys.exit(f"only {explained} findings are explained: the twins would show nothing")
        faults = []
        for what, spoil, refs in TWINS:
            make.write(folder, 1)
            spoil(folder)
            given = GIVEN if (folder / "builds.csv").exists() else WITHOUT_BUILDS
            got = {f["ref"] for f in loud(triage(program, folder, ["work.jsonl"], given))}
            if not refs <= got:
                faults.append(f"{what}: {', '.join(sorted(refs - got))} stayed low")
        make.write(folder, 1)
        got = {f["ref"] for f in loud(triage(program, folder, ["work.jsonl"], GIVEN[:2]))}
        if "D02" not in got:
            faults.append("no change records were given: D02 stayed low")
    if faults:
        sys.exit("\n".join(faults))
    print(f"{len(TWINS) + 1} twins of this week are loud")


if __name__ == "__main__":
    main()
