"""A second evaluator of Sigma 2.1, written from the specification and for being read, not for speed.

It shares no code and no design with src/rule: values are looked up in parsed JSON, patterns become
Python regular expressions, correlations are counted window by window.
"""

import base64
import datetime
import functools
import ipaddress
import itertools
import json
import re


class Number(str):
    """A JSON number, as it is written."""


ASCII_LOWER = {c: c + 32 for c in range(ord("A"), ord("Z") + 1)}


def lower(text):
    return text.translate(ASCII_LOWER)


def write(value):
    """JSON as the generator of events writes it, numbers as they were."""
    if isinstance(value, dict):
        return "{" + ",".join(json.dumps(k, ensure_ascii=False) + ":" + write(v)
                              for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(write, value)) + "]"
    if isinstance(value, Number):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def undo_escapes(raw):
    named = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
    return re.sub(r"\\(?:u([0-9a-fA-F]{4})|(.))",
                  lambda m: chr(int(m[1], 16)) if m[1] else named.get(m[2], m[2]), raw)


class Event:
    def __init__(self, line):
        self.raw = line
        self.data = json.loads(line, parse_int=Number, parse_float=Number)
        self.cache = {}
        self.time = self.data.get("eventTime")
        self.id = self.data.get("eventID")

    @functools.cached_property
    def texts(self):
        """What keywords are looked for in: the record, and the record with its escapes undone."""
        return (self.raw, undo_escapes(self.raw)) if "\\" in self.raw else (self.raw,)

    def values(self, field):
        """(is it there, its values): a literal key first, then a path; arrays element by element."""
        if field not in self.cache:
            if field in self.data:
                found = [self.data[field]]
            else:
                found = list(walk(self.data, field.split(".")))
            self.cache[field] = (bool(found), list(flatten(found)))
        return self.cache[field]


def walk(value, path):
    if not path:
        yield value
    elif isinstance(value, dict) and path[0] in value:
        yield from walk(value[path[0]], path[1:])
    elif isinstance(value, list):
        for item in value:
            yield from walk(item, path)


def flatten(values):
    for value in values:
        if isinstance(value, list):
            yield from flatten(value)
        else:
            yield value


def texts_of(value):
    if value is None:
        return ()
    if isinstance(value, bool):
        return ("true" if value else "false",)
    if isinstance(value, dict):
        raw = write(value)
        return (raw, undo_escapes(raw))
    return (str(value),)


# ---- strings ----

MANY, ONE = object(), object()


def tokens(text):
    """Sigma's escapes: \\* \\? and \\\\ are plain, any other backslash is itself."""
    out, i = [], 0
    while i < len(text):
        c = text[i]
        if c == "\\" and text[i + 1:i + 2] in ("*", "?", "\\"):
            out.append(text[i + 1])
            i += 2
            continue
        out.append(MANY if c == "*" else ONE if c == "?" else c)
        i += 1
    return out


def bytes_of(toks):
    if any(t in (MANY, ONE) for t in toks):
        raise ValueError("a wildcard cannot be encoded")
    return "".join(toks)


def encode(toks, how):
    text = bytes_of(toks)
    if how == "utf16":
        return b"\xff\xfe" + text.encode("utf-16-le")
    return text.encode({"wide": "utf-16-le", "utf16le": "utf-16-le", "utf16be": "utf-16-be"}[how])


def offsets(raw):
    """The part of base64 that does not depend on what stands around."""
    start, end = (0, 2, 3), (None, -3, -2)
    for i in range(3):
        text = base64.b64encode(i * b" " + raw).decode()
        yield text[start[i]:end[(len(raw) + i) % 3]]


DASHES = "-/–—―"


def windash(toks):
    text = "".join(t if isinstance(t, str) else "\0" for t in toks)
    at = [m.start() for m in re.finditer(r"\B[%s]\b" % DASHES, text)]
    for choice in itertools.product(DASHES, repeat=len(at)):
        form = list(toks)
        for place, dash in zip(at, choice):
            form[place] = dash
        yield form


def forms(text, steps, anywhere):
    """All forms of one value, as (tokens)."""
    now, placed = [tokens(text)], False
    raw = None  # bytes of an encoding, until base64 makes them text again
    for step in steps:
        if step in ("wide", "utf16le", "utf16be", "utf16"):
            raw = [encode(t, step) for t in now]
            now = [list(r.decode("latin-1")) for r in raw]
        elif step == "base64":
            raw = raw or [bytes_of(t).encode() for t in now]
            now, raw = [list(base64.b64encode(r).decode()) for r in raw], None
        elif step == "base64offset":
            raw = raw or [bytes_of(t).encode() for t in now]
            now, raw = [list(o) for r in raw for o in offsets(r)], None
        elif step == "windash":
            now = [f for t in now for f in windash(t)]
        else:
            placed = True
            front = [MANY] if step in ("contains", "endswith") else []
            behind = [MANY] if step in ("contains", "startswith") else []
            now = [front + t + behind for t in now]
    return [[MANY] + t + [MANY] for t in now] if anywhere and not placed else now


def pattern(toks, cased):
    body = "".join(".*" if t is MANY else "." if t is ONE else re.escape(t if cased else lower(t))
                   for t in toks)
    compiled = re.compile(body, re.DOTALL)
    known = {}

    def matches(text):
        if text not in known:
            known[text] = compiled.fullmatch(text if cased else lower(text)) is not None
        return known[text]
    return matches


def number_of(text):
    try:
        return float(text) if re.fullmatch(r"[ ]*[-+]?[0-9.]+([eE][-+]?[0-9]+)?[ ]*", text) else None
    except ValueError:
        return None


# ---- one field ----

PLACES = ("contains", "startswith", "endswith")
STEPS = PLACES + ("base64", "base64offset", "wide", "utf16le", "utf16be", "utf16", "windash")
PARTS = {"minute": lambda t: t.minute, "hour": lambda t: t.hour, "day": lambda t: t.day,
         "week": lambda t: t.isocalendar()[1], "month": lambda t: t.month, "year": lambda t: t.year}
COMPARE = {"gt": lambda a, b: a > b, "gte": lambda a, b: a >= b, "lt": lambda a, b: a < b,
           "lte": lambda a, b: a <= b, None: lambda a, b: a == b}


def time_of(text):
    try:
        return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None


def string_test(value, mods, keyword):
    steps = [m for m in mods if m in STEPS]
    plain = isinstance(value, (bool, int, float))
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    tests = [pattern(f, "cased" in mods) for f in forms(text, steps, keyword)]
    wanted = float(text) if plain and not isinstance(value, bool) and not steps else None

    def test(got):
        if any(t(got) for t in tests):
            return True
        return wanted is not None and number_of(got) == wanted
    return test


def regex_test(value, mods):
    flags = sum(getattr(re, m.upper()) for m in mods if m in ("i", "m", "s"))
    compiled = re.compile(str(value), flags)
    return functools.lru_cache(None)(lambda got: compiled.search(got) is not None)


def cidr_test(value):
    net = ipaddress.ip_network(str(value), strict=False)

    @functools.lru_cache(None)
    def test(got):
        try:
            ip = ipaddress.ip_address(got)
            return (getattr(ip, "ipv4_mapped", None) or ip) in net
        except ValueError:
            return False
    return test


def number_test(value, op, part):
    wanted = float(value)

    @functools.lru_cache(None)
    def test(got):
        if part is not None:
            when = time_of(got)
            return when is not None and COMPARE[op](PARTS[part](when), wanted)
        number = number_of(got)
        return number is not None and COMPARE[op](number, wanted)
    return test


def reference_test(other, mods):
    place = next((m for m in mods if m in PLACES), None)

    def test(event, got):
        for value in event.values(str(other))[1]:
            for text in texts_of(value):
                a, b = lower(got), lower(text)
                if (place is None and a == b) or (place and b and (
                        b in a if place == "contains" else
                        a.startswith(b) if place == "startswith" else a.endswith(b))):
                    return True
        return False
    return test


def field_test(key, values, placeholders):
    field, *mods = key.split("|")
    values = values if isinstance(values, list) else [values]
    groups = [[v] for v in values]
    if "expand" in mods:
        groups = [expand(str(v), placeholders) for v in values]
    if "exists" in mods:
        return lambda e: e.values(field)[0] == values[0]
    negate = (lambda f: lambda e: not f(e)) if "neq" in mods else (lambda f: f)
    if values[0] is None:
        return negate(lambda e: all(v is None for v in e.values(field)[1]))
    part = next((m for m in mods if m in PARTS), None)
    op = next((m for m in mods if m in ("gt", "gte", "lt", "lte")), None)

    def one(value):
        if "fieldref" in mods:
            return reference_test(value, mods)
        if "re" in mods:
            plain = regex_test(value, mods)
        elif "cidr" in mods:
            plain = cidr_test(value)
        elif part or op:
            plain = number_test(value, op, part)
        else:
            plain = string_test(value, mods, field == "")
        return lambda event, got: plain(got)

    tests = [[one(v) for v in group] for group in groups]

    def texts(event):
        if field == "":
            return event.texts
        return [t for v in event.values(field)[1] for t in texts_of(v)]

    def found(event, group):
        return any(t(event, text) for text in texts(event) for t in group)

    every = all if "all" in mods else any
    if field == "" or "fieldref" in mods:
        return negate(lambda e: every(found(e, group) for group in tests))
    known = {}  # what a test says follows from the values, and these repeat

    def test(event):
        values = event.values(field)[1]
        key = tuple(map(id, values)) if any(isinstance(v, dict) for v in values) else tuple(values)
        if key not in known:
            known[key] = every(found(event, group) for group in tests)
        return known[key]
    return negate(test)


def expand(text, placeholders):
    parts = re.split(r"(\\%|%[^%]+%)", text)
    choices = [["%"] if p == "\\%" else [str(v) for v in placeholders[p[1:-1]]]
               if re.fullmatch(r"%[^%]+%", p) else [p] for p in parts]
    return ["".join(c) for c in itertools.product(*choices)]


# ---- detections and conditions ----

def selection(node, placeholders):
    if isinstance(node, dict):
        tests = [field_test(k, v, placeholders) for k, v in node.items()]
        return lambda e: all(t(e) for t in tests)
    if isinstance(node, list):
        tests = [selection(n, placeholders) for n in node]
        return lambda e: any(t(e) for t in tests)
    return field_test("", node, placeholders)


def condition(text, selections):
    words = re.findall(r"\(|\)|[^\s()]+", text)
    at = 0

    def peek():
        return words[at].lower() if at < len(words) else None

    def take():
        nonlocal at
        at += 1
        return words[at - 1]

    def either():
        parts = [both()]
        while peek() == "or":
            take()
            parts.append(both())
        return parts[0] if len(parts) == 1 else lambda e: any(p(e) for p in parts)

    def both():
        parts = [negated()]
        while peek() == "and":
            take()
            parts.append(negated())
        return parts[0] if len(parts) == 1 else lambda e: all(p(e) for p in parts)

    def negated():
        if peek() == "not":
            take()
            inner = negated()
            return lambda e: not inner(e)
        return term()

    def term():
        if peek() == "(":
            take()
            inner = either()
            take()
            return inner
        word = take()
        if peek() == "of":
            take()
            which = take()
            if which == "them":
                chosen = [f for n, f in selections.items() if not n.startswith("_")]
            else:
                like = re.compile(re.escape(which).replace(r"\*", ".*"))
                chosen = [f for n, f in selections.items() if like.fullmatch(n)]
            every = all if word == "all" else any
            return lambda e: every(f(e) for f in chosen)
        return selections[word]

    return either()


def detection(node, placeholders):
    selections = {n: selection(v, placeholders) for n, v in node.items()
                  if n not in ("condition", "rules")}
    wanted = node["condition"]
    tests = [condition(c, selections) for c in (wanted if isinstance(wanted, list) else [wanted])]
    return lambda e: any(t(e) for t in tests)


# ---- correlations ----

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def group_value(event, field):
    there, values = event.values(field)
    values = [v for v in values if v is not None]
    if not there or not values:
        return None
    if len(values) > 1:
        return write(next(walk(event.data, field.split("."))))
    return texts_of(values[0])[0]


class Correlation:
    """Counts window by window: for each moment of a group, the entries up to a timespan before."""

    def __init__(self, doc, rules):
        c = doc["correlation"]
        self.kind = c["type"]
        self.refs = [rules[r] for r in c["rules"]]
        self.names = c["rules"]
        self.by = c.get("group-by") or []
        self.span = int(c["timespan"][:-1]) * SECONDS[c["timespan"][-1]]
        self.aliases = c.get("aliases") or {}
        self.condition = dict(c.get("condition") or {})
        fields = self.condition.pop("field", [])
        self.fields = fields if isinstance(fields, list) else [fields]
        self.percentile = self.condition.pop("percentile", None)

    def fields_along(self, path, fields):
        """Names of fields in the events at the end of a path of references."""
        slot, rest = path[0], path[1:]
        named = [self.aliases.get(f, {}).get(self.names[slot], f) for f in fields]
        target = self.refs[slot]
        return target.fields_along(rest, named) if isinstance(target, Correlation) else named

    def entries(self):
        """(time, event id, slot, group, value): hits of rules, or matches of correlations below."""
        for slot, ref in enumerate(self.refs):
            below = ref.matches() if isinstance(ref, Correlation) else (
                (e.time, e.id, [((), e)]) for e in ref)
            for time, ident, evidence in below:
                seen = set()
                for path, event in evidence:
                    names = self.fields_along((slot,) + path, self.by + self.fields)
                    values = [group_value(event, n) for n in names]
                    group = values[:len(self.by)]
                    if None in group:
                        continue
                    value = values[len(self.by):]
                    key = (tuple(map(lower, group)), None if None in value else tuple(value))
                    if key not in seen:
                        seen.add(key)
                        yield (time, ident, slot) + key + ((slot,) + path, event)

    def matches(self):
        """(end, id, evidence) of each window that holds."""
        if not hasattr(self, "held"):
            self.held = list(self.evaluate())
        return self.held

    def evaluate(self):
        groups = {}
        for entry in self.entries():
            groups.setdefault(entry[3], []).append(entry)
        for group, entries in sorted(groups.items()):
            entries.sort(key=lambda e: e[0])
            for moment in sorted({e[0] for e in entries}):
                end = seconds(moment)
                window = [e for e in entries if end - self.span <= seconds(e[0]) <= end]
                now = [e for e in window if e[0] == moment]
                if self.holds(window, now):
                    yield (moment, (id(self), group, moment),
                           [(e[5], e[6]) for e in window if self.measured(e)])

    def measured(self, entry):
        """Has the event a part in the measure?"""
        if self.kind not in ("value_sum", "value_avg") and self.percentile is None:
            return True
        return entry[4] is not None and number_of(entry[4][0]) is not None

    def holds(self, window, now):
        measure = self.measure(window, now)
        if measure is None:
            return False
        wanted = self.condition or {"gte": len(self.refs)}
        ops = dict(COMPARE, eq=lambda a, b: a == b, neq=lambda a, b: a != b)
        return all(ops[op](measure, float(v)) for op, v in wanted.items())

    def measure(self, window, now):
        kind = self.kind
        if kind == "event_count":
            return len({e[1] for e in window})
        if kind == "temporal":
            return len({e[2] for e in window})
        if kind == "temporal_ordered":
            return self.chain(window)
        with_value = {(e[1], e[4]) for e in window if e[4] is not None}
        if kind == "value_count":
            return len({tuple(map(lower, v)) for _, v in with_value})
        if kind == "value_percentile" and self.percentile is None:
            values = [tuple(map(lower, v)) for _, v in with_value]
            here = [tuple(map(lower, e[4])) for e in now if e[4] is not None]
            return min((100 * values.count(v) / len(values) for v in here), default=None)
        numbers = sorted(n for n in (number_of(v[0]) for _, v in with_value) if n is not None)
        if not numbers:
            return None
        if kind == "value_sum":
            return sum(numbers)
        if kind == "value_avg":
            return sum(numbers) / len(numbers)
        place = (len(numbers) - 1) * self.percentile / 100
        low = int(place)
        high = min(low + 1, len(numbers) - 1)
        return numbers[low] * (1 - (place - low)) + numbers[high] * (place - low)

    def chain(self, window):
        """Length of the longest chain of different events, in time not before each other, through
        slots in their order."""
        best = {}
        window = sorted(window, key=lambda e: (e[2], e[0]))
        for i, entry in enumerate(window):
            longest = 1
            for k in range(i):
                other = window[k]
                if other[2] < entry[2] and other[0] <= entry[0] and other[1] != entry[1]:
                    longest = max(longest, best[k] + 1)
            best[i] = longest
        return max(best.values(), default=0)


@functools.lru_cache(None)
def seconds(text):
    return time_of(text).timestamp()
