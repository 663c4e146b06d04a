#!/usr/bin/env python3
"""run.py FAASWATCH MAKE_LOGS STORY - triage a story's logs among ordinary ones, check the decision.

A story is a folder:
    story.json   what happened, what is given, what must come out (see README.md)
    logs/        the records that the story is about, as they lie in a bucket
    *.csv, …     context files that `given` names
Every run is made with --jobs 1 and --jobs 8, and the results must be the same byte for byte. Each
`turn` changes one input and states what must come out then.
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile


class Story:
    def __init__(self, program, make_logs, folder):
        self.program = pathlib.Path(program).resolve()
        self.make_logs = pathlib.Path(make_logs).resolve()
        self.folder = pathlib.Path(folder)
        self.plan = json.loads((self.folder / "story.json").read_text())
        self.faults = []

    def ordinary(self, to):
        o = self.plan["ordinary"]
        if o["events"] < 2000:
            self.faults.append("a story needs thousands of ordinary events")
        command = [self.make_logs, "lines", str(o["events"]), o["from"], str(o["hours"]), str(o["seed"])]
        with open(to, "wb") as f:
            subprocess.run(command, stdout=f, check=True)

    def lay_out(self, root, replace):
        """The story's files as the user would have them, with those of a turn in place of ours."""
        for path in sorted(self.folder.rglob("*")):
            rel = path.relative_to(self.folder)
            if path.is_file() and rel.name != "story.json":
                (root / rel).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, root / rel)
        for name, other in replace.items():
            shutil.copyfile(self.folder / other, root / name)
        (root / "logs").mkdir(exist_ok=True)
        self.ordinary(root / "logs" / "ordinary.jsonl")

    def triage(self, root, given, jobs):
        command = [self.program, "triage", "logs", "--format", "json", "--jobs", str(jobs), "-q"]
        done = subprocess.run(command + given, cwd=root, capture_output=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{self.folder.name}: exit {done.returncode}\n{done.stderr.decode()}")
        return done.stdout

    def run(self, what, given, replace, expect):
        with tempfile.TemporaryDirectory() as tmp:
            root = pathlib.Path(tmp)
            self.lay_out(root, replace)
            one = self.triage(root, given, 1)
            eight = self.triage(root, given, 8)
        if one != eight:
            self.faults.append(f"{what}: --jobs 1 and --jobs 8 differ")
        self.check(what, json.loads(one), expect)

    def check(self, what, result, expect):
        i = result["inputs"]
        if i["records"] < self.plan["ordinary"]["events"]:
            self.faults.append(f"{what}: only {i['records']} records were read")
        if i["skipped"]:
            self.faults.append(f"{what}: skipped {i['skipped']}")
        cases = list(result["cases"])
        for want in expect.get("cases", []):
            found = [c for c in cases if fits(c, want)]
            if not found:
                self.faults.append(f"{what}: no case about {want.get('about')}; got:\n{tell(cases)}")
                continue
            case = found[0]
            cases.remove(case)
            for fault in compare(case, want):
                self.faults.append(f"{what}: case about {want.get('about')}: {fault}\n{tell([case])}")
        if cases and not expect.get("more_cases"):
            self.faults.append(f"{what}: cases nobody expects:\n{tell(cases)}")
        if len(result["digest"]) != expect.get("digest", 0):
            self.faults.append(f"{what}: digest has {len(result['digest'])} lines: {result['digest']}")
        have = {f["ref"] for f in result["findings"]}
        for ref in expect.get("findings", []):
            if ref not in have:
                self.faults.append(f"{what}: no finding {ref}; got {sorted(have)}")
        for ref in expect.get("no_findings", []):
            if ref in have:
                self.faults.append(f"{what}: finding {ref} must not be there")


def fits(case, want):
    """`about` is a text in a function's name, an actor, an address or the title of the case."""
    return want["about"] in json.dumps([case["title"], case["functions"], case["actors"], case["addresses"]])


def compare(case, want):
    d = case["decision"]
    for key in ("row", "priority", "action", "to", "escalate"):
        if key in want and d[key] != want[key]:
            yield f"{key} is {d[key]}, not {want[key]}"
    if "reason" in want and want["reason"] not in d["reason"]:
        yield f"reason {d['reason']!r} lacks {want['reason']!r}"
    if "clause" in want and want["clause"] not in d["clause"]:
        yield f"clause {d['clause']!r} lacks {want['clause']!r}"
    if "whose" in want and case["whose"] != want["whose"]:
        yield f"whose is {case['whose']}, not {want['whose']}"
    answers = {q["id"]: q for q in case["questions"]}
    for q, answer in want.get("answers", {}).items():
        got = answers[q]["answer"] if answers[q]["raised"] else "not raised"
        if got != answer:
            yield f"{q} is {got}, not {answer}"


def tell(cases):
    lines = []
    for c in cases:
        d = c["decision"]
        lines.append(f"    {d['row']} {d['action']} {d['priority']} {c['title']}: {d['reason']}")
        for q in c["questions"]:
            if not q["raised"]:
                continue
            lines.append(f"      {q['id']} {q['answer']} {q['score']}")
            for e in q["evidence"] + q["against"]:
                why = f" (explained by {e['explained_by']})" if e.get("explained_by") else ""
                lines.append(f"         {e['weight']:+d} {e['group']}: {e['text']}{why}")
    return "\n".join(lines)


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    story = Story(*sys.argv[1:])
    plan = story.plan
    story.run("as it happened", plan["given"], {}, plan["expect"])
    for turn in plan["turns"]:
        story.run(turn["what"], turn.get("given", plan["given"]), turn.get("replace", {}), turn["expect"])
    if not plan["turns"]:
        story.faults.append("a story needs a turn: change the one deciding input")
    for fault in story.faults:
        print(f"{story.folder.name}: {fault}")
    sys.exit(bool(story.faults))


if __name__ == "__main__":
    main()
