"""Made rules, one feature or combination each, and made events that they can meet."""

import base64
import json
import random

LOGSOURCE = {"product": "aws", "service": "cloudtrail"}

WORDS = ["alpha", "Alpha", "ALPHABET", "beta-gamma", "a*b", "a?b", "axb", "a\\b", "C:\\Windows\\cmd.exe",
         "100%", "under_score", "it's", "say \"hi\"", "tab\there", "Привет", "ПРИВЕТ", "naïve", "a€c",
         "cmd.exe /c -enc AAAA", "cmd.exe -c /enc AAAA", "cmd.exe –c —enc AAAA", "x", "xx", "", " ",
         "443", "443.0", "0x1bb", "true", "null", "line one\nline two", "adm_bob", "root", "guest",
         "10.1.2.3", "\\\\server\\share", "trailing\\", "[x]", "a.b", "(y)", "^start", "end$"]
SECRETS = ["whoami", "net user", "curl http://x"]
IPS = ["10.1.2.3", "10.255.0.1", "192.168.0.7", "192.168.1.200", "203.0.113.9", "2001:db8::1",
       "2001:db8:ffff::2", "fe80::1", "::ffff:10.1.2.3", "lambda.amazonaws.com", ""]
TIMES = ["2026-01-04T23:59:59Z", "2026-01-05T00:00:00Z", "2025-12-31T12:30:00Z",
         "2024-02-29T06:07:08Z", "not a time"]
NUMBERS = [0, 1, -1, 3, 3.5, 10, 443, 1000000, 0.1]
NAMES = ["CreateFunction20150331", "UpdateFunctionCode20150331v2", "ConsoleLogin", "AssumeRole",
         "ListBuckets", "PutObject"]
SERVICES = ["lambda.amazonaws.com", "iam.amazonaws.com", "s3.amazonaws.com", "signin.amazonaws.com"]
USERS = ["ann", "Bob", "bob", "carol", "dave", "erin"]


def encoded(rng):
    text = rng.choice(SECRETS)
    raw = text.encode("utf-16-le") if rng.random() < 0.5 else text.encode()
    return base64.b64encode(b" " * rng.randrange(3) + raw + b"!" * rng.randrange(3)).decode()


def event(rng, i, stamp):
    e = {"eventVersion": "1.08", "eventID": "e%06d" % i, "eventTime": stamp,
         "eventSource": rng.choice(SERVICES), "eventName": rng.choice(NAMES),
         "awsRegion": "eu-west-1", "recipientAccountId": "111122223333"}
    def some(p):
        return rng.random() < p
    for name in ("s", "t", "name with space", "hy-phen"):
        if some(0.8):
            e[name] = None if some(0.05) else rng.choice(WORDS)
    if some(0.3):
        e["b64"] = encoded(rng)
    if some(0.8):
        e["n"] = rng.choice(NUMBERS)
        e["mixed"] = e["n"] if some(0.5) else str(e["n"])
    if some(0.5):
        e["flag"] = some(0.5)
    if some(0.8):
        e["ip"] = rng.choice(IPS)
    if some(0.8):
        e["when"] = rng.choice(TIMES)
    if some(0.7):
        e["userIdentity"] = {"type": rng.choice(["IAMUser", "Root", "AssumedRole"]),
                             "userName": rng.choice(USERS)}
    if some(0.5):
        e["p"] = {"q": rng.choice(WORDS), "r": {"s": rng.choice(NUMBERS), "t": None}}
    if some(0.3):
        e["list"] = [rng.choice(WORDS) for _ in range(rng.randrange(4))]
    if some(0.3):
        e["objects"] = [{"k": rng.choice(WORDS), "v": rng.choice(NUMBERS)}
                        for _ in range(rng.randrange(3))]
    if some(0.1):
        e["lit.eral"] = rng.choice(WORDS)
    if some(0.1):
        e["lit"] = {"eral": rng.choice(WORDS)}
    return e


def events(count, seed=7):
    rng = random.Random(seed)
    lines = []
    second = 0
    for i in range(count):
        second += rng.choice([0, 0, 1, 1, 2, 30])
        day, rest = divmod(second, 86400)
        stamp = "2026-02-%02dT%02d:%02d:%02dZ" % (day + 1, rest // 3600, rest // 60 % 60, rest % 60)
        lines.append(json.dumps(event(rng, i, stamp), separators=(",", ":"), ensure_ascii=False))
    rng.shuffle(lines)
    return lines


def singles():
    """(name, detection, flat): flat rules look at no array and no nested null, as a table has them."""
    def one(name, sel, flat=True):
        return (name, {"s": sel, "condition": "s"}, flat)

    for i, w in enumerate(WORDS):
        escaped = w.replace("\\", "\\\\").replace("*", "\\*").replace("?", "\\?")
        yield one("equal " + w, {"s": escaped})
        if w.strip():
            place = ("contains", "startswith", "endswith", "cased")[i % 4]
            part = escaped[:2] if place == "startswith" and "\\" not in escaped[:3] else escaped
            yield one(place + " " + w, {"t|" + place: part})
    for v in ("a*b", "a?b", "a\\*b", "a\\?b", "*", "?", "*a", "a*", "a\\b", "a\\\\b", "*\\\\cmd.exe",
              "C:\\Windows\\*", "\\\\\\\\server\\\\share", "trailing\\", "??", "*a*", "under_sc?re",
              "100\\%", "*?*", "**"):
        yield one("wildcard " + v, {"s": v})
        yield one("cased wildcard " + v, {"s|cased": v})
        yield one("contains wildcard " + v, {"t|contains": v})
    for v in (443, 443.0, 3.5, "443", 0, -1, True, False, "true", "0x1bb"):
        for f in ("n", "flag", "s", "mixed"):
            yield one("%s is %r" % (f, v), {f: v})
    for op in ("gt", "gte", "lt", "lte"):
        for v in (0, 3.5, 10):
            yield one("%s %s" % (op, v), {"n|" + op: v})
        yield one("mixed " + op, {"mixed|" + op: 3})
    for v in ("10.0.0.0/8", "192.168.0.0/23", "203.0.113.9/32", "0.0.0.0/0", "2001:db8::/32",
              "fe80::/10"):
        yield one("cidr " + v, {"ip|cidr": v})
    yield one("cidr list", {"ip|cidr": ["10.0.0.0/8", "2001:db8::/33"]})
    for part, v in (("minute", 59), ("minute", 30), ("hour", 0), ("hour", 6), ("day", 29), ("day", 4),
                    ("month", 12), ("month", 1), ("year", 2024), ("year", 2026)):
        yield one("%s %d" % (part, v), {"when|" + part: v})
        yield one("%s gt %d" % (part, v), {"when|%s|gte" % part: v})
    for v in (1, 2, 9, 53):
        yield one("week %d" % v, {"when|week": v})
    for v in ("^a.*b$", "[0-9]{3}", "a|x", "(ab|al)ph", "end\\$", "\\.exe", "^$", "x{2}", "Win"):
        yield one("re " + v, {"s|re": v})
        yield one("re i " + v, {"s|re|i": v})
    yield one("re m", {"s|re|m": "^line two$"})
    yield one("re s", {"s|re|s": "one.line"})
    yield one("re no s", {"s|re": "one.line"})
    yield one("re i list", {"s|re|i": ["^ALPHA$", "GAMMA$"]})
    yield one("re all", {"s|re|all": ["a", "b"]})
    for v in SECRETS:
        for chain in ("base64offset|contains", "wide|base64offset|contains",
                      "utf16le|base64offset|contains", "utf16be|base64offset|contains",
                      "utf16|base64offset|contains", "base64|contains", "wide|base64|contains"):
            yield one(chain + " " + v, {"b64|" + chain: v})
    for v in ("-c ", "/enc AAAA", " -c /enc"):
        yield one("windash " + v, {"s|windash|contains": v})
        yield one("windash behind " + v, {"s|contains|windash": v})
    yield one("windash all", {"s|windash|contains|all": [" -c", " -enc"]})
    for f in ("s", "n", "p.q", "p.r.s", "nothing"):
        yield one("null " + f, {f: None})
        yield one("exists " + f, {f + "|exists": True}, f != "s")
        yield one("exists not " + f, {f + "|exists": False}, f != "s")
        yield one("any value " + f, {f: "*"})
        yield one("contains star " + f, {f + "|contains": "*"})
    yield one("empty", {"s": ""})
    yield one("neq", {"s|neq": "alpha"})
    yield one("neq list", {"s|neq": ["alpha", "beta-gamma"]})
    yield one("neq null", {"s|neq": None})
    yield one("neq contains", {"s|contains|neq": "a"})
    yield one("neq number", {"n|neq": 443})
    for chain in ("fieldref", "fieldref|startswith", "fieldref|endswith", "fieldref|contains",
                  "fieldref|neq"):
        yield one(chain, {"s|" + chain: "t"})
    yield one("contains all", {"s|contains|all": ["a", "l"]})
    yield one("startswith list", {"s|startswith": ["al", "be"]})
    yield one("contains cased", {"s|contains|cased": "ALPHA"})
    yield one("all cased", {"s|contains|cased|all": ["A", "B"]})
    yield one("space in a name", {"name with space": "alpha"})
    yield one("hyphen in a name", {"hy-phen": "alpha"})
    yield one("nested", {"p.q": "alpha"})
    yield one("nested number", {"p.r.s|gt": 1})
    yield one("literal or path", {"lit.eral": "alpha"}, False)
    yield one("array", {"list": "alpha"}, False)
    yield one("array contains all", {"list|contains|all": ["alpha", "x"]}, False)
    yield one("array of objects", {"objects.k": "alpha"}, False)
    yield one("array of objects, number", {"objects.v|gte": 10}, False)
    yield one("array exists", {"objects.k|exists": True}, False)
    yield one("array null", {"objects.k": None}, False)
    yield one("array neq", {"list|neq": "alpha"}, False)
    yield one("object as text", {"p|contains": "\"q\":\"alpha\""}, False)
    yield one("two fields", {"eventName": "ConsoleLogin", "eventSource": "signin.amazonaws.com"})
    yield one("list of maps", [{"s": "alpha"}, {"t": "root", "n|gt": 0}])
    yield one("keyword", ["alpha"], False)
    yield one("keywords", ["Привет", "say \"hi\""], False)
    yield one("keyword wildcard", ["adm_*userIdentity"], False)
    yield one("keywords all", {"|all": ["alpha", "root"]}, False)
    yield one("keyword re", {"|re": "\"s\":\"al[a-z]+\""}, False)
    yield one("expand", {"s|expand": "%admins%"}, False)
    yield one("expand contains", {"s|contains|expand": "%parts%"}, False)


PLACEHOLDERS = {"admins": ["adm_*", "root"], "parts": ["pha", "mma"]}


def conditions():
    sels = {"a": {"s|contains": "a"}, "b": {"t|contains": "a"}, "sel_1": {"n|gt": 0},
            "sel_2": {"flag": True}, "_h": {"eventName": "ConsoleLogin"}, "gone": {"nothing": "x"}}
    for c in ("a and b", "a or b", "not a", "a and not b", "not (a and b)", "not a and not b",
              "a or b and sel_1", "(a or b) and sel_1", "not a or b", "1 of sel_*", "all of sel_*",
              "1 of them", "all of them", "not 1 of sel_*", "1 of *_1", "a and 1 of sel_* and not b",
              "all of sel_* or a", "not not a", "a and (b or (sel_1 and not sel_2))", "_h and a",
              "1 of _*", "a and not gone", "not gone", "gone or a"):
        yield ("condition " + c, dict(sels, condition=c), True)
    yield ("condition list", dict(sels, condition=["a and b", "_h"]), True)


def correlations():
    """(name, the section, which rules behind it)."""
    def c(name, kind, rules, span, **rest):
        section = {"type": kind, "rules": rules, "timespan": span}
        section.update({k.replace("_", "-"): v for k, v in rest.items()})
        return (name, section)

    by = ["userIdentity.userName"]
    yield c("count", "event_count", ["login"], "10m", condition={"gte": 40})
    yield c("count by user", "event_count", ["login"], "10m", group_by=by, condition={"gte": 8})
    yield c("count of two", "event_count", ["login", "role"], "5m", group_by=by, condition={"gt": 8})
    yield c("count of three", "event_count", ["login", "role", "code"], "2m", group_by=by,
            condition={"gte": 5})
    yield c("count eq", "event_count", ["login"], "1m", group_by=by, condition={"eq": 3})
    yield c("count lt", "event_count", ["rare"], "1h", group_by=by, condition={"lt": 2})
    yield c("values", "value_count", ["login"], "10m", group_by=by,
            condition={"field": "s", "gte": 7})
    yield c("values of numbers", "value_count", ["role"], "1h", group_by=["eventSource"],
            condition={"field": "n", "gte": 9})
    yield c("sum", "value_sum", ["code"], "30m", group_by=by, condition={"field": "n", "gt": 4000000})
    yield c("average", "value_avg", ["code"], "30m", group_by=by,
            condition={"field": "n", "gt": 300000})
    yield c("percentile", "value_percentile", ["code"], "30m", group_by=by,
            condition={"field": "n", "percentile": 90, "gt": 500000})
    yield c("median", "value_percentile", ["role"], "20m", group_by=by,
            condition={"field": "n", "percentile": 50, "gte": 10})
    yield c("together", "temporal", ["rare", "odd"], "10m", group_by=by)
    yield c("together two of three", "temporal", ["rare", "odd", "code"], "1m", group_by=by,
            condition={"gte": 2})
    yield c("in order", "temporal_ordered", ["rare", "odd"], "10m", group_by=by)
    yield c("in order of three", "temporal_ordered", ["rare", "odd", "root"], "30m", group_by=by)
    yield c("alias", "temporal", ["rare", "odd"], "5m", group_by=["text"],
            aliases={"text": {"rare": "s", "odd": "t"}})
    yield c("chain", "temporal_ordered", ["count by user", "rare"], "10m", group_by=by)
    yield c("count of a chain", "event_count", ["together"], "1h", group_by=by, condition={"gte": 6})
    # What only the second evaluator has.
    yield c("range", "event_count", ["login"], "10m", group_by=by, condition={"gt": 8, "lte": 10})
    yield c("share", "value_percentile", ["login"], "10m", condition={"field": "s", "lte": 3})
    yield c("values of two", "value_count", ["login"], "5m", group_by=by,
            condition={"field": ["s", "t"], "gte": 7})


ONLY_HERE = {"range", "share", "values of two"}

BEHIND = {
    "login": {"eventName": "ConsoleLogin"},
    "role": {"eventName": "AssumeRole"},
    "code": {"eventName|startswith": ["UpdateFunctionCode", "CreateFunction"]},
    "rare": {"s": "guest", "n|gt": 0},
    "odd": {"t": "root", "eventSource|contains": "iam"},
    "root": {"userIdentity.type": "Root", "s|contains": "a"},
}
