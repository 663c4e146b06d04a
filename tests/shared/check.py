#!/usr/bin/env python3
"""check.py FAASWATCH - the program over all of ../shared/data: evidence points at the right bytes,
bytes add up, one worker and eight say the same, OCSF passes its checker."""
import json
import pathlib
import subprocess
import sys
import tempfile

DATA = pathlib.Path("../shared/data")


def triage(program, *args, allow=(0,)):
    done = subprocess.run([program, "triage", "-q", *map(str, args)], capture_output=True, check=False)
    if done.returncode not in allow:
        sys.exit(f"triage {args}: exit {done.returncode}\n{done.stderr.decode()}")
    return done.stdout


def check_offsets(program):
    result = json.loads(triage(program, "--format", "json", DATA / "cloudtrail/stratus"))
    have = {f["ref"] for f in result["findings"]}
    want = {"D02", "D54", "D63", "D83", "D84", "D91", "D114"}
    if not want <= have:
        sys.exit(f"stratus: no finding {sorted(want - have)}")
    for finding in result["findings"]:
        for e in finding["evidence"]:
            text = pathlib.Path(e["path"]).read_bytes()[e["offset"] : e["offset"] + e["length"]]
            if json.loads(text)["eventID"] != e["record_id"]:
                sys.exit(f"{e['path']}: the bytes at {e['offset']} are not record {e['record_id']}")


def check_sum(name, result):
    i = result["inputs"]
    parts = i["record_bytes"] + i["framing_bytes"] + i["unrecognised_bytes"] + i["skipped_bytes"]
    if parts != i["bytes_unpacked"]:
        sys.exit(f"{name}: {parts} bytes are told of {i['bytes_unpacked']}")
    return i


def check_all(program):
    for folder in sorted(p for p in (DATA / "cloudtrail").iterdir() if p.is_dir()):
        i = check_sum(folder, json.loads(triage(program, "--format", "json", folder)))
        if i["skipped"] or i["records"] == 0:
            sys.exit(f"{folder}: {i['records']} records, skipped {i['skipped']}")
    one = triage(program, "--format", "json", "--jobs", "1", DATA, allow=(3,))
    eight = triage(program, "--format", "json", "--jobs", "8", DATA, allow=(3,))
    if one != eight:
        sys.exit("--jobs 1 and --jobs 8 differ over all data")
    i = check_sum(DATA, json.loads(one))
    if not all(s["path"] and s["reason"] for s in i["skipped"]):
        sys.exit("a skipped entry without place or reason")


def check_ocsf(program):
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as f:
        f.write(triage(program, "--format", "ocsf", DATA / "cloudtrail"))
        f.flush()
        subprocess.run([sys.executable, "../shared/tools/ocsf_check.py", f.name], check=True, stdout=subprocess.DEVNULL)


def main():
    if not DATA.is_dir():
        print("skipped: no shared data")
        return
    check_offsets(sys.argv[1])
    check_all(sys.argv[1])
    check_ocsf(sys.argv[1])


if __name__ == "__main__":
    main()
