#!/usr/bin/env python3
"""Do faaswatch, a second evaluator and pySigma find the same events?

    sameness.py [--events N] FAASWATCH WORK_DIR PACK_DIR [PUBLIC_RULES_DIR]

Made rules of every feature, the pack and public rules are run over made events (and over the
events of the pack's cases), and compared event by event. Each difference from pySigma must be
explained in EXPLAINED, citing the specification; an explanation that explains nothing fails.
"""

import json
import subprocess
import sys
import uuid
from pathlib import Path

import evaluator
import made

try:
    import yaml
except ImportError:
    yaml = None

EVENTS, CORRELATED = 20000, 3000  # correlations are counted window by window: fewer are enough
RULES_LEAST, PYSIGMA_LEAST, EXPLAINED_MOST = 200, 120, 15


def explained(name):
    for e in EXPLAINED:
        if any(name.startswith(n) for n in e["rules"]):
            e["used"] = e.get("used", 0) + 1
            return True
    return False


# Where pySigma's SQLite backend finds other events, the rules by the beginning of their names, and
# the words of the specification that we follow.
EXPLAINED = [
    {"rules": ["mixed is", "mixed gt", "mixed lt", "s is 443", "n is '443'"],
     "why": "SQLite keeps 443 and '443' apart. Rules: 'All values are treated as case-insensitive "
            "strings'; a number in a rule equals the same number written as text."},
    {"rules": ["n is True", "n is False"],
     "why": "The backend takes 1 for true, because tables store it so. JSON has booleans."},
    {"rules": ["cidr"],
     "why": "The backend compares beginnings of text. Modifiers, cidr: 'handled as a CIDR network "
            "range specification', so 0.0.0.0/0 has no host names in it, and an IPv4-mapped address "
            "is that IPv4 address."},
    {"rules": ["week"],
     "why": "strftime %W counts from 0. Modifiers, week: 'number between 1 and 52', as ISO 8601."},
    {"rules": ["utf16le"],
     "why": "pySigma does not know the modifier. Modifiers, Encoding, lists utf16le."},
    {"rules": ["correlation in order", "correlation chain"],
     "why": "Correlations, temporal_ordered: 'the events appear in the order provided': nothing says "
            "that those of one second are not. And a match has all events of its windows; the "
            "backend names the first of each rule."},
    {"rules": ["fieldref|"],
     "why": "An empty field is the beginning, end and part of every text in SQL. Modifiers, "
            "startswith: 'The value is expected at the beginning': an empty one expects nothing."},
]


def rule_id(name):
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "sameness/" + name))


def made_rules():
    """{name: (documents, flat)}; the last document is the one that is looked at."""
    rules = {}
    for name, detection, flat in list(made.singles()) + list(made.conditions()):
        rules[name] = ([{"title": name, "id": rule_id(name), "logsource": made.LOGSOURCE,
                         "detection": detection}], flat)
    behind = {n: {"title": n, "id": rule_id("behind " + n), "name": n,
                  "logsource": made.LOGSOURCE, "detection": {"s": d, "condition": "s"}}
              for n, d in made.BEHIND.items()}
    chains = {}
    for name, section in made.correlations():
        doc = {"title": "correlation " + name, "id": rule_id("correlation " + name), "name": name,
               "correlation": section}
        chains[name] = doc
        need = []
        for ref in section["rules"]:
            if ref in behind:
                need.append(behind[ref])
            else:
                need += rules["correlation " + ref][0]
        unique = list({d["id"]: d for d in need}.values())
        rules["correlation " + name] = (unique + [doc], name not in made.ONLY_HERE)
    return rules


def pack_rules(folder):
    rules = {}
    for path in sorted(Path(folder).rglob("*.yml")) if yaml else []:
        try:
            docs = [d for d in yaml.safe_load_all(path.read_text()) if d]
        except yaml.YAMLError:
            continue
        if len(docs) == 1 and isinstance(docs[0], dict) and "detection" in docs[0] and \
                docs[0].get("logsource", {}).get("product") == "aws" and \
                docs[0].get("status") != "unsupported" and "timeframe" not in docs[0]["detection"]:
            rules[str(path)] = docs[0]
    return rules


def case_events(folder):
    lines = []
    for path in sorted(Path(folder).rglob("*.cases.jsonl")):
        for line in path.read_text().splitlines():
            event = json.loads(line)["event"] if line.strip() else {}
            if str(event.get("eventSource", "")).endswith(".amazonaws.com") and "eventName" in event:
                event["eventID"] = "case%06d" % len(lines)
                lines.append(json.dumps(event, separators=(",", ":"), ensure_ascii=False))
    return lines


# ---- the three ----

def run_faaswatch(program, work, lines):
    """{rule id: event ids}, and for correlations the ids of all events of their matches."""
    starts, at = {}, 0
    for line in lines:
        starts[at] = json.loads(line)["eventID"]
        at += len(line.encode()) + 1
    (work / "events.jsonl").write_text("".join(line + "\n" for line in lines))
    got = subprocess.run([program, "rules", "match", "--format", "jsonl", "--rules",
                          str(work / "rules"), str(work / "events.jsonl")],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if got.returncode not in (0,):
        sys.exit("faaswatch failed: " + got.stderr[-2000:])
    found = {}
    for line in got.stdout.splitlines():
        hit = json.loads(line)
        places = hit["evidence"] if "evidence" in hit else [hit]
        found.setdefault(hit["detection"], set()).update(starts[p["offset"]] for p in places)
    return found, got.stderr


def evaluate(documents, events):
    """The same by the second evaluator."""
    rules, last = {}, None
    for doc in documents:
        if "correlation" in doc:
            last = evaluator.Correlation(doc, rules)
        else:
            test = evaluator.detection(doc["detection"], made.PLACEHOLDERS)
            last = [e for e in events if test(e)]
        rules[doc.get("name", doc.get("id"))] = last
    if isinstance(last, evaluator.Correlation):
        return {e.id for e in all_evidence(last)}
    return {e.id for e in last}


def all_evidence(correlation):
    """Events in windows that hold, those of the windows of correlations below included."""
    for moment, _, evidence in correlation.matches():
        for path, event in evidence:
            below = correlation.refs[path[0]]
            if not isinstance(below, evaluator.Correlation):
                yield event
                continue
            for held_moment, _, inside in below.matches():
                if held_moment <= moment and any(e is event for _, e in inside) and \
                        evaluator.seconds(moment) - evaluator.seconds(held_moment) <= \
                        correlation.span:
                    yield from (e for _, e in inside)


def flat(value, prefix=""):
    """An event as a row of a table; arrays have no place in it."""
    for key, item in value.items():
        if isinstance(item, dict):
            yield from flat(item, prefix + key + ".")
        elif isinstance(item, bool):
            yield prefix + key, "true" if item else "false"
        elif not isinstance(item, list) and "lit" not in prefix + key:
            yield prefix + key, item


def run_pysigma(work, rules, lines, few):
    """({name: ids or error}, None), or (None, why it is not there)."""
    env = work / "venv"
    python = env / "bin" / "python"
    if not (work / "venv.ready").exists():
        for command in ([sys.executable, "-m", "venv", str(env)],
                        [str(python), "-m", "pip", "install", "--quiet", "--retries", "1",
                         "--timeout", "20", "pysigma>=2,<3", "pysigma-backend-sqlite>=2,<3"]):
            try:
                got = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                     text=True, timeout=300, check=False)
            except (OSError, subprocess.TimeoutExpired) as e:
                return None, str(e)
            if got.returncode != 0:
                return None, (got.stdout.strip().splitlines() or ["it cannot be installed"])[-1]
        (work / "venv.ready").touch()
    rows = [dict(flat(json.loads(line))) for line in lines]
    (work / "flat.json").write_text(json.dumps(rows))
    (work / "few.json").write_text(json.dumps([r for r in rows if r["eventID"] in few]))
    (work / "flat_rules.json").write_text(
        json.dumps({n: docs for n, (docs, is_flat) in rules.items() if is_flat}))
    subprocess.run([str(python), str(Path(__file__).with_name("pysigma_side.py")), str(work)],
                   check=True, timeout=1200)
    return json.loads((work / "pysigma.json").read_text()), None


# ---- comparing ----

def differ(name, who, ours, theirs, differences):
    if ours == theirs:
        return True
    some = sorted(ours - theirs)[:3], sorted(theirs - ours)[:3]
    differences.append("%s: faaswatch %d, %s %d events; only faaswatch %s, only %s %s" %
                       (name, len(ours), who, len(theirs), some[0], who, some[1]))
    return False


def main():
    count = EVENTS
    arguments = sys.argv[1:]
    if arguments[0] == "--events":  # for working on a difference: fewer are quicker
        count = int(arguments[1])
        arguments = arguments[2:]
    program, work, pack, *public = arguments
    work = Path(work)
    (work / "rules").mkdir(parents=True, exist_ok=True)
    for old in (work / "rules").iterdir():
        old.unlink()
    rules = made_rules()
    lines = made.events(count) + case_events(pack)
    documents = {d["id"]: d for docs, _ in rules.values() for d in docs}
    for doc in documents.values():
        # JSON is YAML; a rule behind a correlation is looked at by itself too.
        text = dict(doc, generate=True) if "correlation" in doc else doc
        (work / "rules" / (doc["id"] + ".yml")).write_text(json.dumps(text))
    (work / "rules" / "placeholders.yaml").write_text(
        json.dumps({"placeholders": made.PLACEHOLDERS}))
    files = {}
    for folder in [pack] + public:
        files.update(pack_rules(folder))
    for i, (path, doc) in enumerate(files.items()):
        files[path] = dict(doc, id=rule_id(path))
        (work / "rules" / ("file%04d.yml" % i)).write_text(json.dumps(files[path], default=str))

    found, said = run_faaswatch(program, work, lines)
    backwards, _ = run_faaswatch(program, work, lines[::-1])
    unlike = sorted(i for i in set(found) | set(backwards) if found.get(i) != backwards.get(i))
    events = [evaluator.Event(line) for line in lines]
    few = sorted((e for e in events if e.id.startswith("e")), key=lambda e: e.time)[:CORRELATED]
    correlated, _ = run_faaswatch(program, work, [e.raw for e in few])
    for name, (docs, _) in rules.items():
        if "correlation" in docs[-1]:
            found[docs[-1]["id"]] = correlated.get(docs[-1]["id"], set())
    differences, hits, silent = [], 0, []
    if unlike:
        differences.append("the order of records matters: %s" % unlike[:5])
    refused = [line for line in said.splitlines() if "rule not used" in line]
    for name, (docs, _) in rules.items():
        ours = found.get(docs[-1]["id"], set())
        hits += len(ours)
        silent += [name] if not ours else []
        seen = few if "correlation" in docs[-1] else events
        differ(name, "the evaluator", ours, evaluate(docs, seen), differences)
    for path, doc in files.items():
        ours = found.get(doc["id"], set())
        hits += len(ours)
        differ(path, "the evaluator", ours, evaluate([doc], events), differences)
    total = len(rules) + len(files)

    theirs, why = run_pysigma(work, rules, lines, {e.id for e in few})
    compared = 0
    for name, ids in (theirs or {}).items():
        if isinstance(ids, dict):
            differences += [] if explained(name) else ["%s: pySigma: %s" % (name, ids["error"])]
            continue
        compared += 1
        ours = found.get(rules[name][0][-1]["id"], set())
        aside = []
        if not differ(name, "pySigma", ours, set(ids), aside) and not explained(name):
            differences += aside

    for line in differences + refused:
        print("different:", line)
    if yaml is None:
        print("skipped: no python3-yaml: the pack and public rules are not compared")
    print("%d rules (%d made, %d of files), %d events, %d hits; %d made rules meet no event" %
          (total, len(rules), len(files), len(lines), hits, len(silent)))
    ok = not differences and not refused and total >= RULES_LEAST and len(lines) >= EVENTS
    if theirs is None:
        print("skipped: no pySigma: " + why)
    else:
        unused = [e["why"] for e in EXPLAINED if "used" not in e]
        print("%d rules against pySigma, %d differences explained" % (compared, len(EXPLAINED)))
        for e in unused:
            print("an explanation that explains nothing:", e)
        ok = ok and not unused and compared >= PYSIGMA_LEAST and len(EXPLAINED) <= EXPLAINED_MOST
    sys.exit(0 if ok else 1)


main()
