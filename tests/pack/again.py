#!/usr/bin/env python3
"""again.py FAASWATCH MAKE_LOGS STORY… - packs of stories: written twice alike, verified, tampered with,
and triaged again from their own evidence: answers and row must be the same.

What cannot be the same is not compared: other cases than those of the pack, counts of calls that were
folded by minute, scores that rest on them, and coverage, which may only be less. Where a finding counts
more records than it names (contacts of a beacon), its question may be unknown from the evidence.
"""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "stories"))
from run import Story  # noqa: E402

# Stories whose answers rest on records that a pack does not carry, and what may then be.
LESS = {
    "worker_approved": "requests at the edge are joined with runs while reading, and are not kept",
    "worker_listed_caller": "requests at the edge are joined with runs while reading, and are not kept",
    "session_without_sign_in": "the newest sign-in is not kept: the logs look late, so the case stays open",
}


def run(program, cwd, *words):
    return subprocess.run([program, *map(str, words)], cwd=cwd, capture_output=True, text=True, check=False)


def tree(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def judged(result):
    return {
        c["id"]: (c["decision"]["row"], c["decision"]["action"], tuple((q["raised"], q["answer"]) for q in c["questions"]))
        for c in result["cases"]
    }


def counted(result, case):
    """Does the case rest on more records than its findings name (contacts, folded calls, rates)?"""
    ids = {f for c in result["cases"] if c["id"] == case for f in c["findings"]}
    return any(f["count"] > f["evidence_total"] for f in result["findings"] if f["id"] in ids)


def same(want, have, may_be_unknown):
    """Row and answers are the same. Where more was counted than can be copied, an answer may be unknown."""
    if have == want or have is None:
        return have == want
    answers = all(a == b or (may_be_unknown and b[1] == "unknown") for a, b in zip(want[2], have[2]))
    return may_be_unknown and answers


def check_index(root, pack, faults):
    """Each record of the evidence is, byte for byte, in the file that it says it is from."""
    n = 0
    for line in (pack / "evidence.jsonl").read_text().splitlines():
        r = json.loads(line)
        raw = (pack / r["file"]).read_bytes()[r["offset"] : r["offset"] + r["length"]]
        source = root / r["source"]["path"]
        if hashlib.sha256(raw).hexdigest() != r["sha256"]:
            faults.append(f"{r['file']}: a record is not what its hash says")
        if source.suffix in (".jsonl", ".json", ".log"):
            at = r["source"]["offset"]
            if source.read_bytes()[at : at + r["source"]["length"]] != raw:
                faults.append(f"{r['source']['path']}: a record is not byte for byte what the log holds")
        n += 1
    return n


def check_tampering(program, pack, root, faults):
    evidence = sorted(pack.glob("evidence/*"))
    report = pack / "report.html"

    def expect(what, status, verdict):
        done = run(program, root, "bundle", "verify", pack, "--format", "json")
        said = {f["verdict"] for f in json.loads(done.stdout)["faults"]}
        if done.returncode != status or (verdict and verdict not in said):
            faults.append(f"{what}: status {done.returncode}, said {sorted(said)}")

    expect("untouched", 0, None)
    text = report.read_bytes()
    report.write_bytes(text + b" ")
    expect("a byte more", 1, "changed")
    report.unlink()
    expect("a file gone", 1, "missing")
    os.symlink("report.json", report)
    expect("a link instead", 1, "changed")
    report.unlink()
    report.write_bytes(text)
    (pack / "evidence" / "extra.log").write_text("{}")
    expect("a file more", 1, "additional")
    (pack / "evidence" / "extra.log").unlink()
    for first in evidence[:1]:
        raw = first.read_bytes()
        first.write_bytes(raw.replace(b"a", b"b", 1))
        expect("a record altered", 1, "record")
        first.write_bytes(raw)
    expect("put back", 0, None)
    manifest = pack / "manifest.json"
    text = manifest.read_text()
    (root / "outside").write_text("x")
    for bad in ("../outside", "/etc/passwd", "evidence/../../outside", "."):
        manifest.write_text(text.replace('"path": "report.csv"', f'"path": "{bad}"'))
        expect(f"a manifest that names {bad}", 1, "changed")
    for bad in ("", "{}", "[]", text[: len(text) // 2], text.replace("bundle/1", "bundle/9")):
        manifest.write_text(bad)
        done = run(program, root, "bundle", "verify", pack)
        if done.returncode != 2:
            faults.append(f"a manifest that is none: status {done.returncode}")
    manifest.write_text(text)
    given = hashlib.sha256(text.encode()).hexdigest()
    for value, status in ((given, 0), (given[::-1], 1)):
        done = run(program, root, "bundle", "verify", pack, "--sha256", value)
        if done.returncode != status:
            faults.append(f"--sha256: status {done.returncode}, not {status}")
    other = root / "precious"
    other.mkdir()
    (other / "file").write_text("x")
    done = run(program, root, "triage", "logs", "--bundle", "precious", "-C", "-q")
    if done.returncode != 2 or not (other / "file").exists():
        faults.append("a directory that is no pack was replaced")


def one(program, make_logs, folder):
    story = Story(program, make_logs, folder)
    given = story.plan["given"]
    faults = []
    with tempfile.TemporaryDirectory() as tmp:
        root = pathlib.Path(tmp)
        story.lay_out(root, {})
        quiet = ["--format", "json", "-q"]
        done = run(story.program, root, "triage", "logs", "--bundle", "pack", *quiet, *given)
        if done.returncode != 0:
            return [f"exit {done.returncode}: {done.stderr}"]
        first = json.loads(done.stdout)
        pack = root / "pack"
        once = tree(pack)
        refused = run(story.program, root, "triage", "logs", "--bundle", "pack", *quiet, *given)
        if refused.returncode != 2:
            faults.append(f"an existing pack: status {refused.returncode}")
        run(story.program, root, "triage", "logs", "--bundle", "pack", "-C", "--jobs", "1", *quiet, *given)
        if tree(pack) != once:
            faults.append("two runs gave two packs")
        if list(root.glob("*.part")):
            faults.append("something was left beside the pack")
        records = check_index(root, pack, faults)
        check_tampering(story.program, pack, root, faults)
        window = [w for k in ("since", "until") for w in (f"--{k}", first["window"][k]) if first["window"][k]]
        rest = [w for w in given]
        for option in ("--since", "--until"):
            if option in rest:
                at = rest.index(option)
                window = [w for i, w in enumerate(window) if w != option and (i == 0 or window[i - 1] != option)]
        again = run(story.program, root, "triage", "pack/evidence", *quiet, *window, *rest)
        if again.returncode not in (0, 1):
            return faults + [f"again: exit {again.returncode}: {again.stderr}"]
        have = judged(json.loads(again.stdout))
        want = judged(first)
        for case, answer in want.items():
            if story.folder.name in LESS and have.get(case) != answer:
                print(f"{story.folder.name}: less than from the logs: {LESS[story.folder.name]}")
            elif not same(answer, have.get(case), counted(first, case)):
                faults.append(f"case {case}: {answer} in the logs, {have.get(case)} from the evidence")
    if not faults:
        print(f"{story.folder.name}: {len(want)} cases, {records} records verified and judged again")
    return faults


def main():
    bad = False
    for folder in sys.argv[3:]:
        for fault in one(sys.argv[1], sys.argv[2], folder):
            print(f"{pathlib.Path(folder).name}: {fault}")
            bad = True
    sys.exit(bad)


if __name__ == "__main__":
    main()
