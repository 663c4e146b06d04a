#!/usr/bin/env python3
"""validators.py FAASWATCH BUILD - what a pack and a hunt write, before the validators of others:
stix2-validator, sigma check, ocsf_check.py and cacao_check.py of ../shared, our own readers."""
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SHARED = pathlib.Path("../shared/tools").resolve()


def venv(build):
    """A Python with the validators, made once; None when it cannot be had."""
    home = pathlib.Path(build).resolve() / "venv-pack"
    python = home / "bin/python"
    want = (HERE / "requirements.txt").read_text()
    mark = home / "installed.txt"
    if mark.exists() and mark.read_text() == want:
        return python
    for step in (
        [sys.executable, "-m", "venv", "--clear", str(home)],
        [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", str(HERE / "requirements.txt")],
    ):
        done = subprocess.run(step, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print(f"skipped: the validators cannot be installed: {(done.stderr or done.stdout).strip().splitlines()[-1:]}")
            return None
    mark.write_text(want)
    return python


class Check:
    def __init__(self, program, work):
        self.program = pathlib.Path(program).resolve()
        self.work = work
        self.faults = []

    def run(self, *words, ok=(0,)):
        done = subprocess.run([str(w) for w in words], cwd=self.work, capture_output=True, text=True, check=False)
        if done.returncode not in ok:
            self.faults.append(f"{' '.join(map(str, words))}: status {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def write(self, name, text):
        (self.work / name).write_text(text)
        return name

    def say(self, what, count):
        if count == 0:
            self.faults.append(f"{what}: nothing was written, so nothing was checked")
        print(f"{what}: {count} checked")

    def stix(self, python, *paths):
        self.run(python.parent / "stix2_validator", *paths)
        for path in paths:
            self.say(f"STIX {path}", len(json.loads((self.work / path).read_text())["objects"]))

    def sigma(self, python, *paths):
        done = self.run(python.parent / "sigma", "check", "-x", "attacktag", "-x", "d3_fendtag", *paths)
        if "Found 0 errors, 0 condition errors and 0 issues" not in done.stdout:
            self.faults.append(f"{paths}: {done.stdout}")
        for path in paths:
            self.loads(path)

    def loads(self, path):
        mine = self.run(self.program, "rules", "check", path)
        rules = (self.work / path).read_text().count("\ntitle:") + 1
        if f"{rules} rules can be used, 0 cannot" not in mine.stdout:
            self.faults.append(f"{path}: of {rules} rules: {mine.stdout}")
        self.say(f"Sigma {path}", rules)


def main():
    program, build = sys.argv[1:]
    python = venv(build)
    if python is None:
        return
    with tempfile.TemporaryDirectory() as temporary:
        c = Check(program, pathlib.Path(temporary))
        c.run(c.program, "demo", "demo")
        c.run(c.program, "triage", "-q", "--env", "demo/env.yaml", "--intel", "demo/feed.csv", "--changes",
              "demo/changes.csv", "--people", "demo/people.csv", "--builds", "demo/builds.csv", "--bundle", "pack",
              "demo/logs", ok=(0, 1))
        one = sorted((c.work / "pack/cases").glob("*[0-9a-f].json"))[0].relative_to(c.work)
        c.write("sightings.stix.json", c.run(c.program, "hunt", one, "--format", "stix", "-q", "demo/logs").stdout)
        c.stix(python, "pack/report.stix.json", "sightings.stix.json")
        c.write("hunt_of_a_case.yml", c.run(c.program, "hunt", one, "--queries", "sigma").stdout)
        # The ids of the whole pack's rules are those of its cases' rules: each is checked once.
        c.sigma(python, "pack/report.sigma.yml")
        c.loads("hunt_of_a_case.yml")
        again = c.run(c.program, "triage", "-q", "--format", "json", "--intel", "pack/report.misp.json", "--intel",
                      "pack/report.stix.json", "demo/logs", ok=(0, 1))
        for feed in json.loads(again.stdout)["inputs"]["feeds"]:
            c.say(f"{feed['path']} read as a feed ({feed['kind']})", feed["indicators"])
        if not SHARED.exists():
            print("no shared data: OCSF and CACAO are not checked here")
        else:
            events = (c.work / "pack/report.ocsf.jsonl").read_text().splitlines()
            c.run(python, SHARED / "ocsf_check.py", "pack/report.ocsf.jsonl")
            c.say("OCSF", len(events))
            books = [c.work / "pack/report.cacao.json", *sorted((c.work / "pack/cases").glob("*.cacao.json"))]
            for book in books:
                c.run(python, SHARED / "cacao_check.py", book)
            c.say("CACAO", len(books))
        for fault in c.faults:
            print(fault)
        sys.exit(bool(c.faults))


if __name__ == "__main__":
    main()
