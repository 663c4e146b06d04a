#!/usr/bin/env python3
"""check.py FAASWATCH - the program over all of ../shared/data: evidence points at the right bytes,
bytes add up, one worker and eight say the same, OCSF passes its checker."""
import csv
import fnmatch
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


# Folders of which sources.tsv says nothing hold what their README says.
FOLDERS = {
    "cloudflare": {"cloudflare.http"},
    "functions": {"aws.cloudwatch_logs", "aws.cloudtrail", "gcp.function_log", "gcp.audit"},
    "suricata": {"suricata.eve", "suricata.fast"},
    "zeek": {"zeek"},
}


# Not logs, but columns that were cut out of some.
COLUMNS = ("scripts.base.protocols.gnutella.max-line-length__conn.log", "spicy.file-analysis-data-in__x509.log")


def expected():
    """By set of sources, the files that hold records of exactly these; "none" is no source."""
    with open(DATA / "sources.tsv", encoding="utf-8") as f:
        rows = list(csv.DictReader(f, delimiter="\t"))
    groups = {}
    for folder in ("cloudtrail", "gcp_audit", *FOLDERS):
        for path in sorted(p for p in (DATA / folder).rglob("*") if p.is_file()):
            name = path.relative_to(DATA).as_posix()
            fits = [r for r in rows if fnmatch.fnmatch(name, r["file"])]
            whole = [r["source"] for r in fits if r["locator"] == "*"]
            parts = {r["source"] for r in fits if r["locator"] != "*"}
            sources = FOLDERS.get(folder) or {whole[-1]} | parts
            if path.name in COLUMNS:
                continue
            sources = {"none"} if path.name.endswith("truth.tsv") else sources
            groups.setdefault(frozenset(sources), []).append(path)
    return groups


def check_sources(program):
    """All records are recognised as what they are, none as something else (a comment is no record)."""
    for sources, paths in expected().items():
        i = json.loads(triage(program, "--format", "json", *paths))["inputs"]
        found = {s["source"] for s in i["sources"] if s["records"] > 0}
        unknown = [u for u in i["unrecognised"] if not u["reason"].startswith("a comment")]
        if found | ({"none"} if unknown else set()) != sources or i["skipped"]:
            sys.exit(f"{sorted(sources)}: found {sorted(found)}, unrecognised {unknown[:3]}, skipped {i['skipped'][:3]}")


def check_ocsf(program):
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as f:
        f.write(triage(program, "--format", "ocsf", DATA / "cloudtrail"))
        f.flush()
        subprocess.run([sys.executable, "../shared/tools/ocsf_check.py", f.name], check=True, stdout=subprocess.DEVNULL)


def about(finding, host):
    return host in finding["hosts"]


def check_contacts(program, name, inputs, truth, named=True):
    """Listed hosts and the beacon to the unlisted worker are found, and nobody else is above low."""
    with open(truth, encoding="utf-8") as f:
        rows = list(csv.DictReader(f, delimiter="\t"))
    labels = {r["host"]: r["label"] for r in rows}
    beacons = {r["host"] for r in rows if r["note"].startswith("beacon")}
    feed = DATA / "ti/maltrail_serverless.csv"
    listed = {line.split(",")[0] for line in feed.read_text().splitlines()} & set(labels)
    raw = triage(program, "--format", "json", "--jobs", "1", "--intel", feed, *inputs)
    for jobs in ("2", "8"):
        if triage(program, "--format", "json", "--jobs", jobs, "--intel", feed, *inputs) != raw:
            sys.exit(f"{name}: --jobs 1 and --jobs {jobs} differ")
    findings = json.loads(raw)["findings"]
    loud = [f for f in findings if f["severity"] not in ("informational", "low")]
    for host in listed:
        if not any(f["ref"] == "D77" and about(f, host) for f in loud):
            sys.exit(f"{name}: listed host {host} is not found")
    for host in beacons:
        counts = [f["count"] for f in loud if f["ref"] == "D70" and about(f, host)]
        if counts != [sum(r["host"] == host for r in rows)]:
            sys.exit(f"{name}: beacon to {host} found as {counts}")
    for f in loud:
        for host in f["hosts"]:
            if not labels[host].startswith("malicious"):
                sys.exit(f"{name}: {f['ref']} {f['severity']} about {host}, which is {labels[host]}")
        for e in f["evidence"]:
            text = pathlib.Path(e["path"]).read_bytes()[e["offset"] : e["offset"] + e["length"]]
            says = not named or any(h.encode() in text for h in f["hosts"])
            if e["record_id"].encode() not in text or not says:
                sys.exit(f"{name}: the bytes at {e['offset']} of {e['path']} are no evidence")
    return sorted((f["ref"], f["severity"], f["count"], f["explain"], f["first"]) for f in findings)


def check_network(program):
    eve = DATA / "suricata/synthetic_serverless.eve.json"
    check_contacts(program, "eve", [eve], DATA / "suricata/synthetic_serverless.truth.tsv")
    zeek = DATA / "zeek/synthetic_serverless"
    told = {}
    for kind in ("json", "log"):
        inputs = [zeek / f"{n}.{kind}" for n in ("ssl", "conn", "http", "dns")]
        told[kind] = check_contacts(program, f"zeek {kind}", inputs, zeek / "truth.tsv")
        # In another order of files, and without handshakes: names come from DNS then.
        if check_contacts(program, f"zeek {kind}", inputs[::-1], zeek / "truth.tsv") != told[kind]:
            sys.exit(f"zeek {kind}: the order of files matters")
        check_contacts(program, f"zeek {kind}, no handshakes", inputs[:0:-1], zeek / "truth.tsv", named=False)
    if told["json"] != told["log"]:
        sys.exit("zeek: JSON and TSV of one capture give different findings")


def main():
    if not DATA.is_dir():
        print("skipped: no shared data")
        return
    check_offsets(sys.argv[1])
    check_all(sys.argv[1])
    check_sources(sys.argv[1])
    check_ocsf(sys.argv[1])
    check_network(sys.argv[1])


if __name__ == "__main__":
    main()
