"""Evaluate rules with pySigma's SQLite backend. Runs in an environment that has it.

    pysigma_side.py WORK: reads WORK/flat.json, WORK/few.json (the events of correlations) and
    WORK/flat_rules.json, writes WORK/pysigma.json:
    {rule name: [event ids] or {"error": text}}
"""

import json
import re
import sqlite3
import sys
from pathlib import Path

from sigma.backends.sqlite import sqliteBackend
from sigma.collection import SigmaCollection


def quote(name):
    return "`" + name.replace("`", "``") + "`"


def database(events):
    columns = {"nothing": None}
    for event in events:
        for name, value in event.items():
            columns.setdefault(name, None)
    db = sqlite3.connect(":memory:")
    db.create_function("REGEXP", 2, lambda p, t: t is not None and re.search(p, str(t)) is not None,
                       deterministic=True)
    db.execute("CREATE TABLE logs (%s)" % ", ".join(map(quote, columns)))
    marks = ", ".join("?" * len(columns))
    db.executemany("INSERT INTO logs VALUES (%s)" % marks,
                   [tuple(event.get(c) for c in columns) for event in events])
    return db


def run(db, docs, name):
    backend = sqliteBackend(collate_nocase=True, timestamp_field="eventTime",
                            event_id_field="eventID")
    collection = SigmaCollection.from_dicts(docs)
    queries = backend.convert(collection)
    found = set()
    for query in queries[-1:] if "correlation" in docs[-1] else queries:
        cursor = db.execute(query)
        names = [d[0] for d in cursor.description]
        for row in cursor:
            if "correlation" in docs[-1]:
                found.update(i.split(":")[-1] for i in json.loads(row[names.index("event_ids")]))
            else:
                found.add(row[names.index("eventID")])
    return sorted(found)


def main(work):
    events = json.loads((work / "flat.json").read_text())
    rules = json.loads((work / "flat_rules.json").read_text())
    db = database(events)
    few = database(json.loads((work / "few.json").read_text()))
    out = {}
    for name, docs in rules.items():
        try:
            out[name] = run(few if "correlation" in docs[-1] else db, docs, name)
        except Exception as e:  # a rule that pySigma refuses is a result too
            out[name] = {"error": "%s: %s" % (type(e).__name__, e)}
    (work / "pysigma.json").write_text(json.dumps(out))


main(Path(sys.argv[1]))
