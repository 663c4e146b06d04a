#!/usr/bin/env python3
"""check.py FAASWATCH WORK - a Worker runs for real, is attacked, and what it logged is triaged.

Miniflare runs worker.mjs on a free port of this machine, with a tail Worker that keeps its trace
events. The attack: a login that is guessed at, a path that throws, text that is meant for whoever
reads the log. Then the events, with an audit log of how the Worker came to be, go through triage,
and no report may carry any of that text as it came. WORK is a folder of the build.
"""
import datetime
import http.client
import json
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

import fetch

ACCOUNT = "4bb334f7c94c4a29a045f03944f072e5"
HOST = "checkout-edge.acme.workers.dev"
LISTED, CUSTOMER = "203.0.113.66", "198.51.100.23"
AGENTS = [
    b"<script>alert(1)</script><img src=x onerror=alert(2)>",
    b"a\x1b[2J\x1b]0;owned\x07b",  # clears the screen, renames the window
    b"=HYPERLINK(\"http://evil.example\")",
    "\u202etxt.exe \u2066isolated".encode(),
    b"Mozilla/5.0",
]


class Worker:
    """Started and stopped by its own process, nothing else."""

    def __init__(self, node, work, traces):
        self.traces = traces
        self.child = subprocess.Popen(node + ["run.mjs", str(traces)], cwd=work, stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.child.stdout.readline()
        if not line:
            sys.exit(f"the Worker did not start: exit {self.child.wait(10)}")
        self.port = urllib.parse.urlsplit(json.loads(line)["url"]).port

    def stop(self):
        self.child.stdin.close()
        try:
            self.child.wait(20)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait(10)

    def ask(self, address, path, agent, body=None, ray=0):
        """One request, byte for byte as given; the status of the answer."""
        head = b"%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nCF-Connecting-IP: %s\r\n" % (
            b"GET" if body is None else b"POST", path, HOST.encode(), address.encode())
        head += b"CF-Ray: 8e9b1c60ef9e%04x-FRA\r\nUser-Agent: %s\r\n" % (ray, agent)
        head += b"" if body is None else b"Content-Length: %d\r\n" % len(body)
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as s:
            s.sendall(head + b"\r\n" + (body or b""))
            answer = http.client.HTTPResponse(s)
            answer.begin()
            answer.read()
            return answer.status

    def wait_for(self, count):
        until = time.monotonic() + 30
        while time.monotonic() < until:
            lines = self.traces.read_text().splitlines() if self.traces.exists() else []
            if len(lines) >= count:
                return lines
            time.sleep(0.1)
        sys.exit(f"only {len(lines)} of {count} trace events came")


def attack(worker):
    """How many requests the Worker ran."""
    ran = 0
    for n in range(40):
        worker.ask(LISTED, b"/login", AGENTS[n % 2 * 4], b"user=ana&password=%d" % n, ray=n)
        ran += 1
    for n, agent in enumerate(AGENTS):
        # The server itself may refuse a header like that: then nothing ran.
        say = urllib.parse.quote(b"\x1b[31mred\x1b[0m <b>bold</b>").encode()
        ran += worker.ask(CUSTOMER, b"/?say=" + say, agent, ray=100 + n) == 200
    worker.ask(LISTED, b"/throw?what=" + urllib.parse.quote(b"\x1b[5m</script>").encode(), b"curl", ray=200)
    return ran + 1


def record(n, minutes, method, uri, request, response, mail, context, address, token=None):
    when = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=minutes)
    actor = {"email": mail, "context": context, "ip_address": address, "type": "user"}
    if token:
        actor["token_id"] = token
    return {"id": f"5a1e{n:04}", "account": {"id": ACCOUNT}, "actor": actor,
            "action": {"type": "update", "result": "success", "time": when.strftime("%Y-%m-%dT%H:%M:%SZ")},
            "raw": {"method": method, "uri": uri, "status_code": 200, "user_agent": "x"},
            "resource": {"product": "workers", "type": "script", "request": request, "response": response}}


def audit():
    script = f"/accounts/{ACCOUNT}/workers/scripts/checkout-edge"
    from_ci = ("ci@acme.example", "api_token", "192.0.2.40", "a2b4c6d8")
    by_hand = ("farid.h@acme.example", "dash", "198.51.100.77")
    return [
        record(1, 3000, "PUT", script, {}, {"etag": "aa", "last_deployed_from": "wrangler"}, *from_ci),
        record(2, 10, "PUT", script, {}, {"etag": "bb", "last_deployed_from": "quick_editor"}, *by_hand),
        record(3, 9, "POST", script + "/subdomain", {"enabled": True, "previews_enabled": True}, {}, *by_hand),
    ]


def triage(program, root, form):
    out = root / f"result.{form}"
    command = [program, "triage", "-q", "logs", "--intel", "feed.csv", "-C", "-o", out.name]
    done = subprocess.run(command, cwd=root, capture_output=True, check=False)
    if done.returncode != 0:
        sys.exit(f"triage to {form}: exit {done.returncode}\n{done.stderr.decode()}")
    return out.read_bytes()


def check_result(result, ran):
    faults = []
    sources = {s["source"]: s for s in result["inputs"]["sources"] if not s.get("account")}
    trace = sources.get("cloudflare.trace", {"records": 0})
    if trace["records"] != ran:
        faults.append(f"{trace['records']} runs were read, not {ran}")
    if result["inputs"]["skipped"] or result["inputs"]["unrecognised"]:
        faults.append("something was skipped or not recognised")
    listed = [f for f in result["findings"] if f["ref"] == "D50"]
    if not listed or listed[0]["addresses"] != [LISTED] or listed[0]["count"] != 41:
        faults.append(f"the listed caller's 41 calls: {listed}")
    elif "checkout-edge" not in json.dumps(listed[0]["function"]) or ACCOUNT not in json.dumps(listed[0]):
        faults.append(f"the call does not name the Worker and its account: {listed[0]}")
    refs = {f["ref"] for f in result["findings"]}
    if not {"D42", "D101", "D103"} <= refs:
        faults.append(f"findings about the change: {sorted(refs)}")
    cases = [c for c in result["cases"] if "checkout-edge" in json.dumps(c["functions"])]
    if len(cases) != 1 or not cases[0]["decision"]["escalate"]:
        faults.append(f"not one escalated case: {[(c['title'], c['decision']['row']) for c in result['cases']]}")
    return faults


def check_text(name, text):
    """Nothing that a terminal, a browser or a spreadsheet would act on."""
    faults = []
    for bad in (b"\x1b", b"\x07", b"\xc2\x9b", "\u202e".encode(), "\u2066".encode()):
        if bad in text:
            faults.append(f"{name}: holds {bad!r}")
    if name == "html" and (b"<script>alert" in text or b"<img src=x" in text or b"<b>bold" in text):
        faults.append("html: holds markup from the log")
    if name == "csv" and (b"\n=HYPER" in text or b",=HYPER" in text or b'"=HYPER' in text):
        faults.append("csv: a cell begins a formula")
    return faults


def main():
    program, work = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    try:
        node = fetch.miniflare(work)
    except fetch.Unreachable as why:
        print(f"skipped: miniflare cannot be fetched: {why}")
        return
    with tempfile.TemporaryDirectory() as tmp:
        root = pathlib.Path(tmp)
        (root / "logs").mkdir()
        worker = Worker(node, work, root / "logs" / "tail.jsonl")
        try:
            ran = attack(worker)
            worker.wait_for(ran)
        finally:
            worker.stop()
        (root / "logs" / "audit.json").write_text(json.dumps({"success": True, "result": audit()}))
        (root / "feed.csv").write_text("indicator,class,confidence,valid_from,valid_until,note\n"
                                       f"{LISTED},malware,90,2020-01-01,,made up\n")
        faults = check_result(json.loads(triage(program, root, "json")), ran)
        for form in ("json", "html", "md", "csv", "ocsf.jsonl"):
            faults += check_text(form, triage(program, root, form))
        shown = subprocess.run([program, "triage", "-q", "--color", "never", "logs"], cwd=root,
                               capture_output=True, check=True).stdout
        faults += check_text("terminal", shown)
    for fault in faults:
        print(fault)
    print(f"{ran} runs of a real Worker, {len(faults)} faults")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
