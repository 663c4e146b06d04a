#!/usr/bin/env python3
"""without.py FAASWATCH MAKE_LOGS STORY - take each source of a story away, one at a time.

What depended on a source may become unknown, or nobody may ask any more; it never becomes
legitimate. A case that was open closes only when what asked is gone with the source, and then says
what could not be seen. Taken away are, for the story as it happened and for each of its turns: every
option that gives knowledge (--changes, --people, --intel, ...), every file of logs, and every kind
of records inside a file (one Google log, CloudTrail's data events). --env is no source: it says what
is ours and what our rules are, not what happened, and the result names it when it is missing.

A turn may say "only_told_by": a file of logs that alone tells the turn from a legitimate story. What
closes without that file must name what could not be seen; a file that is not needed is a fault.

Also: an --env file as 'faaswatch env init' proposes it changes no answer.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

from run import Story, tell

KEPT = ("--since", "--until", "--tz", "--env")
CLOSED = ("close", "close-pending")


def kind_of(line):
    """Records of one file that come from different logs of a provider; "" for all others."""
    try:
        r = json.loads(line)
    except ValueError:
        return ""
    if not isinstance(r, dict):
        return ""
    if "logName" in r:
        return r["logName"].rsplit("%2F", 1)[-1].rsplit("/", 1)[-1]
    if "eventSource" in r and "eventName" in r:
        data = r.get("eventCategory") == "Data" or r["eventName"].startswith("Invoke")
        return "data events" if data else "management events"
    return ""


def kinds_in(path):
    if path.suffix != ".jsonl":
        return []
    with open(path, encoding="utf-8", errors="replace") as f:
        kinds = sorted({kind_of(line) for line in f})
    return kinds if len(kinds) > 1 else []


def drop_kind(path, kind):
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
    path.write_text("".join(x for x in lines if kind_of(x) != kind), encoding="utf-8")


def marks(case):
    """What cases of two runs are told to be the same by."""
    out = {("case", case["id"])}
    for name in ("functions", "actors", "addresses"):
        out |= {(name, json.dumps(x, sort_keys=True)) for x in case[name]}
    return out


def same_case(case, before):
    have = marks(case)
    best = max(before, key=lambda b: len(have & marks(b)), default=None)
    return best if best is not None and have & marks(best) else None


def answers(case):
    return {q["id"]: q["answer"] for q in case["questions"] if q["raised"]}


class Without(Story):
    def run_once(self, given, replace, change):
        with tempfile.TemporaryDirectory() as tmp:
            root = pathlib.Path(tmp)
            self.lay_out(root, replace)
            change(root)
            if not any(p.is_file() and p.stat().st_size for p in (root / "logs").rglob("*")):
                return None
            return json.loads(self.triage(root, given, 2))

    def compare_cases(self, what, before, after):
        for case in after["cases"]:
            was = same_case(case, before["cases"])
            if was is None:
                continue
            old, new = answers(was), answers(case)
            for q, answer in new.items():
                if answer == "legitimate" and old.get(q) in ("suspicious", "unknown"):
                    self.faults.append(f"{what}: {q} was {old[q]} and became legitimate\n"
                                       f"{tell([was, case])}")
            if case["decision"]["action"] in CLOSED and was["decision"]["action"] not in CLOSED:
                asked = [q for q, answer in old.items() if answer != "legitimate" and q in new]
                if asked or not case["decision"]["not_seen"]:
                    self.faults.append(f"{what}: the case is closed\n{tell([was, case])}")

    def without_options(self, what, given, replace, base):
        for i in range(0, len(given), 2):
            name = given[i]
            if name in KEPT:
                continue
            left = given[:i] + given[i + 2:]
            after = self.run_once(left, replace, lambda root: None)
            self.compare_cases(f"{what}, without {name} {given[i + 1]}", base, after)
            if name not in left and not any(w.startswith(name) for w in after["inputs"]["without"]):
                self.faults.append(f"{what}, without {name}: the result does not say that it is missing")

    def alone_tells(self, what, before, after):
        """Without this file nothing tells the turn from what is legitimate."""
        faults, self.faults = self.faults, []
        self.compare_cases(what, before, after)
        needed, self.faults = self.faults, faults
        if not needed:
            self.faults.append(f"{what}: is told by other sources too; only_told_by is not needed")
        for case in after["cases"]:
            if case["decision"]["action"] in CLOSED and not case["decision"]["not_seen"]:
                self.faults.append(f"{what}: the case is closed, and nothing is named as not seen")

    def without_logs(self, what, given, replace, base, only_told_by):
        with tempfile.TemporaryDirectory() as tmp:
            root = pathlib.Path(tmp)
            self.lay_out(root, replace)
            files = [p.relative_to(root) for p in sorted((root / "logs").rglob("*")) if p.is_file()]
            parts = [(f, None) for f in files] + [(f, k) for f in files for k in kinds_in(root / f)]
        for name, kind in parts:
            def change(root, name=name, kind=kind):
                if kind is None:
                    (root / name).unlink()
                else:
                    drop_kind(root / name, kind)
            after = self.run_once(given, replace, change)
            if after is not None:
                alone = kind is None and str(name) == only_told_by
                compare = self.alone_tells if alone else self.compare_cases
                compare(f"{what}, without {kind or 'all'} of {name}", base, after)

    def proposed(self, given, replace):
        """As without --env, whatever env init proposes."""
        at = given.index("--env") if "--env" in given else None
        plain = given if at is None else given[:at] + given[at + 2:]
        with tempfile.TemporaryDirectory() as tmp:
            root = pathlib.Path(tmp)
            self.lay_out(root, replace)
            made = subprocess.run([self.program, "env", "init", "-q", "logs"], cwd=root,
                                  capture_output=True, check=False)
            if made.returncode != 0 or b"accounts:" not in made.stdout:
                self.faults.append(f"env init: exit {made.returncode}: {made.stderr.decode()}")
                return
            (root / "proposed.yaml").write_bytes(made.stdout)
            if subprocess.run([self.program, "triage", "logs", "-q"] + plain, cwd=root,
                              capture_output=True, check=False).returncode == 2:
                return  # without its settings, the story's files cannot be read
            one = json.loads(self.triage(root, plain, 2))
            two = json.loads(self.triage(root, plain + ["--env", "proposed.yaml"], 2))
        for part in ("cases", "findings", "digest"):
            if one[part] != two[part]:
                self.faults.append(f"env init: its proposals change {part}")
        for part in ("without", "sources", "with"):
            if one["inputs"][part] != two["inputs"][part]:
                self.faults.append(f"env init: its proposals change {part}")

    def all(self):
        plan = self.plan
        turns = [{"what": "as it happened"}] + plan["turns"]
        for turn in turns:
            given, replace = turn.get("given", plan["given"]), turn.get("replace", {})
            base = self.run_once(given, replace, lambda root: None)
            self.without_options(turn["what"], given, replace, base)
            self.without_logs(turn["what"], given, replace, base, turn.get("only_told_by"))
        self.proposed(plan["given"], {})


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    story = Without(*sys.argv[1:])
    story.all()
    for fault in story.faults:
        print(f"{story.folder.name}: {fault}")
    sys.exit(bool(story.faults))


if __name__ == "__main__":
    main()
