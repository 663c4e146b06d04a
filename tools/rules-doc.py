#!/usr/bin/env python3
"""rules-doc.py [--check] - docs/detections: one page a detection, from what detects it.

Rules are read from content/rules (the subset of YAML that our rules use), detections in C from the
constants and the README of their folder in src/detect. --check fails when a page is not current.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "detections"
COVERAGE = "coverage.md"
PROVIDERS = {"aws": "AWS", "gcp": "Google Cloud", "cloudflare": "Cloudflare", "network": "network"}
# Rows of the playbook: the sentence that asks for it, and what of a detection puts it there.
ROWS = [
    ("indicator", "KI1", "indicators.changes"), ("indicator", "KI2", "indicators.network"),
    ("indicator", "KI3", "indicators.invocations"), ("indicator", "KI4", "indicators.permissions"),
    ("indicator", "LS", "sources.cloud"),
    ("question", "Q1", "questions.reason"), ("question", "Q2", "questions.permissions"),
    ("question", "Q3", "questions.addresses"), ("question", "Q4", "questions.traffic"),
]
# Why a cell is empty, where that is no gap.
EMPTY = {
    ("KI1", "network"): "changes are told by the clouds' logs alone",
    ("KI4", "network"): "permissions are told by the clouds' logs alone",
    ("Q2", "network"): "permissions are told by the clouds' logs alone",
    ("KI2", "aws"): "told by the network's column: a cloud's audit log has no contacts",
    ("KI2", "gcp"): "told by the network's column: a cloud's audit log has no contacts",
    ("KI2", "cloudflare"): "told by the network's column: a cloud's audit log has no contacts",
}
SEED = {"KI1": "changes and deployments", "KI2": "network patterns", "KI3": "invocation",
        "KI4": "permissions", "LS": "log-source integrity"}


def read_rule(path):
    """Top-level scalars, folded texts and lists of one of our rules."""
    rule, key = {}, None
    for line in path.read_text().splitlines():
        top = re.match(r"^([a-z_]+):\s*(.*)$", line)
        if top:
            key, value = top[1], top[2].strip()
            rule[key] = [] if value in ("", "|", ">", ">-", "|-") else [value.strip("'\"")]
        elif key and line.strip():
            rule[key].append(line.strip().removeprefix("- ").strip("'\""))
    return rule


def rule_pages():
    for path in sorted((ROOT / "content/rules").rglob("*.yml")):
        rule = read_rule(path)
        own = " ".join(rule.get("faaswatch", []))

        def field(name, own=own):
            found = re.search(rf"\b{name}:\s*([A-Za-z0-9.]+)", own)
            return found[1] if found else ""

        yield {
            "ref": field("ref"), "title": rule["title"][0], "level": rule["level"][0],
            "question": field("question").replace("none", ""), "indicator": field("indicator"),
            "attack": ", ".join(t.removeprefix("attack.") for t in rule.get("tags", [])),
            "text": " ".join(rule.get("description", [])),
            "false": rule.get("falsepositives", []), "where": str(path.relative_to(ROOT)),
            "providers": [rule_provider(rule, path)],
        }


def rule_provider(rule, path):
    """By logsource.product; a correlation has none and is of the rules it counts."""
    own = " ".join(rule.get("logsource", [])) or path.read_text()
    found = re.search(r"product:\s*(aws|gcp|cloudflare)", own)
    if not found:
        sys.exit(f"{path}: no provider is known for its logsource")
    return found[1]


def c_providers():
    lines = (ROOT / "tools/detection-providers.tsv").read_text().splitlines()
    return {n: p.split() for n, p in (line.split("\t") for line in lines if line and line[0] != "#")}


def constant(block, name):
    found = re.search(rf"\.{name}\s*=\s*(?:STR_INIT\()?\"?([^\",)\n]+)", block)
    return found[1].strip() if found else ""


def techniques(source, block):
    """Techniques of a detection in C: the array that its `.techniques` names; all of a macro's."""
    name = constant(block, "techniques")
    found = re.search(rf"\bstruct str {re.escape(name)}\[\]\s*=\s*\{{(.*?)\}};", source, re.S)
    arrays = [found[1]] if found else re.findall(r"\bstruct str techniques\w*\[\]\s*=\s*\{(.*?)\};", source, re.S)
    return ", ".join(dict.fromkeys(t.lower() for a in arrays for t in re.findall(r"\"(T\d[\d.]*)\"", a)))


def c_pages():
    providers = c_providers()
    folders = {p.name for p in (ROOT / "src/detect").iterdir() if p.is_dir()}
    if odd := sorted(folders ^ providers.keys()):
        sys.exit(f"tools/detection-providers.tsv and src/detect differ: {', '.join(odd)}")
    for folder in sorted((ROOT / "src/detect").iterdir()):
        if not folder.is_dir():
            continue
        source = "".join(p.read_text() for p in sorted(folder.glob("*.c")) if not p.name.startswith("test_"))
        readme = folder / "README.md"
        titles = re.findall(r"\] = [A-Z]+\(\"[a-z_]+\",\s*\"([^\"]+)\"", source)
        for block in re.findall(r"\.id\s*=\s*STR_INIT\(.*?(?=\.id\s*=\s*STR_INIT\(|\};)", source, re.S):
            # A macro makes several of one kind; their titles stand where it is used.
            title = constant(block, "title")
            yield {
                "ref": constant(block, "ref"), "title": "; ".join(titles) if title == "headline" else title,
                "level": constant(block, "severity").removeprefix("SEVERITY_").lower(),
                "question": constant(block, "question").replace("QUESTION_NONE", ""),
                "indicator": constant(block, "indicator").replace("INDICATOR_NONE", ""),
                "attack": techniques(source, block), "false": [], "text": "",
                "where": str(folder.relative_to(ROOT)), "readme": readme,
                "providers": providers[folder.name],
            }


def with_new_numbers(attack):
    """"t1562.008 (T1685.002 since ATT&CK 19)": content/attack/aliases.tsv."""
    rows = [line.split("\t") for line in (ROOT / "content/attack/aliases.tsv").read_text().splitlines()
            if line and line[0] != "#"]
    new = {}
    for left, right in rows:
        new.setdefault(left.lower(), right)
    return ", ".join(f"{a} ({new[a]} since ATT&CK 19)" if a in new else a for a in attack.split(", "))


def page(ref, parts):
    lines = [f"# {ref}", "", "Generated by tools/rules-doc.py; do not edit.", ""]
    readmes = []
    for p in parts:
        lines += [f"## {p['title']}", "", "| | |", "|---|---|", f"| severity | {p['level']} |",
                  f"| puts | {p['question'] or 'no question'} |",
                  f"| indicator | {p['indicator']} {SEED.get(p['indicator'], '')} |"]
        if p["attack"]:
            lines.append(f"| ATT&CK | {with_new_numbers(p['attack'])} |")
        lines += [f"| made by | `{p['where']}` |", ""]
        if p["text"]:
            lines += [p["text"], ""]
        if p["false"]:
            lines += ["False positives:", ""] + [f"- {f}" for f in p["false"]] + [""]
        if p.get("readme") and p["readme"] not in readmes:
            readmes.append(p["readme"])
    for readme in readmes:
        body = readme.read_text().strip().splitlines()
        lines += [("#" + l if l.startswith("#") else l) for l in body] + [""]
    return "\n".join(lines).rstrip() + "\n"


def index(by_ref):
    lines = ["# Detections", "", "Generated by tools/rules-doc.py; do not edit. [What the pack covers](coverage.md), by row of the playbook",
             "and provider. A refused call counts as an attempt,", "one severity lower. Indicators: " + ", ".join(f"{k} {v}" for k, v in SEED.items()) + ".", "",
             "| ref | what | severity | puts | indicator |", "|---|---|---|---|---|"]
    for ref, parts in by_ref.items():
        for p in parts:
            lines.append(f"| [{ref}]({ref}.md) | {p['title']} | {p['level']} | {p['question']} | {p['indicator']} |")
    lines += ["", "| indicator | detections |", "|---|---|"]
    for key, what in SEED.items():
        refs = [ref for ref, parts in by_ref.items() if any(p["indicator"] == key for p in parts)]
        lines.append(f"| {key} {what} | {', '.join(f'[{r}]({r}.md)' for r in refs) or 'none'} |")
    return "\n".join(lines) + "\n"


def sentence(name):
    text = (ROOT / "content/playbooks/T1584.007.yaml").read_text()
    found = re.search(rf"- id: {re.escape(name)}\n.*?text: (?:>-\n)?(.*?)(?=\n  - id:|\n\n)", text, re.S)
    return " ".join(found[1].split())


def cell(by_ref, kind, value, provider):
    refs = [ref for ref, parts in by_ref.items()
            if any(p[kind] == value and provider in p["providers"] for p in parts)]
    if refs:
        return ", ".join(f"[{r}]({r}.md)" for r in refs)
    return f"none: {EMPTY[value, provider]}" if (value, provider) in EMPTY else "**none**"


def coverage(by_ref):
    lines = ["# What the pack covers", "", "Generated by tools/rules-doc.py from the rules, the detections in C and",
             "tools/detection-providers.tsv; do not edit. A row is a sentence of the playbook, a column where the",
             "records come from, a cell the detections. **none** is a gap. What a run could not see is another matter:",
             "[coverage](../coverage.md).", "",
             "| row | the playbook says | " + " | ".join(PROVIDERS.values()) + " |", "|---|---|" + "---|" * len(PROVIDERS)]
    for kind, value, name in ROWS:
        cells = [cell(by_ref, kind, value, p) for p in PROVIDERS]
        lines.append(f"| {value} | {sentence(name)} | " + " | ".join(cells) + " |")
    lines += ["", "| provider | detections | sequences |", "|---|---|---|"]
    for provider, title in PROVIDERS.items():
        refs = [r for r, parts in by_ref.items() if any(provider in p["providers"] for p in parts)]
        count = sum(provider in p["providers"] for parts in by_ref.values() for p in parts)
        sequences = [f"[{r}]({r}.md)" for r in refs if r.startswith("SQ")]
        lines.append(f"| {title} | {count}, of {len(refs)} numbers | {', '.join(sequences) or '**none**'} |")
    return "\n".join(lines) + "\n"


def main():
    parts = [p for p in [*rule_pages(), *c_pages()]]
    by_ref = {}
    for p in parts:
        by_ref.setdefault(p["ref"] or "unnumbered", []).append(p)
    by_ref = dict(sorted(by_ref.items(), key=lambda x: (x[0][0] != "D", len(x[0]), x[0])))
    files = {f"{ref}.md": page(ref, ps) for ref, ps in by_ref.items()} | {
        "README.md": index(by_ref), COVERAGE: coverage(by_ref)}
    if "--check" in sys.argv[1:]:
        have = {p.name: p.read_text() for p in OUT.glob("*.md")}
        stale = sorted(n for n in files.keys() | have.keys() if files.get(n) != have.get(n))
        if stale:
            sys.exit(f"docs/detections is not current ({', '.join(stale)}): run tools/rules-doc.py")
        return
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.glob("*.md"):
        if old.name not in files:
            old.unlink()
    for name, text in files.items():
        (OUT / name).write_text(text)


if __name__ == "__main__":
    main()
