"""SLA clocks that wait, and those that fall due: how far behind their time breaches are found, and what waiting takes."""

import json
import statistics
import time
from datetime import datetime, timedelta, timezone

from measuring import Report

PROMISED_S = 86_400
RATE = 20_000  # due per second
SAMPLE_S = 0.05


def policy():
    def is_activity(name):
        return {"path": "activity", "op": "eq", "value": name}
    return {"metrics": {"answer": {"start": is_activity("asked"), "stop": is_activity("answered")}},
            "targets": [{"name": "all", "promises": {"answer": f"{PROMISED_S}s"}}]}


def write_cases(path, waiting, due, first_due):
    """Cases that wait for a day, and others of which so many fall due each second from then on."""
    def stamp(due_at):
        return (datetime.fromtimestamp(due_at, timezone.utc) - timedelta(seconds=PROMISED_S)).isoformat()
    far = stamp(time.time() + PROMISED_S - 600)
    with path.open("w") as out:
        out.write("case_id,activity,timestamp\n")
        out.writelines(f"w{n},asked,{far}\n" for n in range(waiting))
        out.writelines(f"d{n},asked,{stamp(first_due + n / RATE)}\n" for n in range(due))


def resident_mib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


def timers(programs, options, server, data):
    waiting = options.events or (5_000_000 if options.full else 1_000_000)
    due = RATE * 20
    report = Report("timers", {"waiting": waiting, "due": due, "due_per_s": RATE})
    with server(programs) as node:
        token = node.token()

        def call(method, path, body=None, **headers):
            connection = node.connect()
            try:
                connection.request(method, path, body, {"authorization": f"Bearer {token}", **headers})
                answer = connection.getresponse()
                return json.loads(answer.read())
            finally:
                connection.close()

        call("PUT", "/v1/sla-policies/answers", json.dumps(policy()), **{"content-type": "application/json"})
        path = data / "timers.csv"
        first_due = time.time() + 60 + (waiting + due) / 30_000
        write_cases(path, waiting, due, first_due)
        began = time.monotonic()
        with path.open("rb") as file:
            upload = call("POST", "/v1/uploads?process=load", file, **{"content-type": "text/csv"})["upload"]
        while call("GET", f"/v1/uploads/{upload}")["state"] != "done":
            time.sleep(0.5)
        path.unlink()

        def tally():
            metric = call("GET", "/v1/processes/load/sla")["policies"][0]["metrics"][0]["targets"][0]
            return metric["running"] + metric["breached"], metric["breached"]

        while tally()[0] < waiting + due:
            time.sleep(0.5)
        loaded_s = time.monotonic() - began
        if time.time() > first_due:
            raise SystemExit("they were loaded too late: nothing could be measured")
        lags = []
        while time.time() < first_due + due / RATE:
            time.sleep(SAMPLE_S)
            now = time.time()
            if now > first_due + 1:
                lags.append(now - first_due - tally()[1] / RATE)
        lags.sort()
        memory = resident_mib(node.process.pid)
        node.kill()
        again = time.monotonic()
        node.start()
        call("POST", "/v1/events", json.dumps([{"process": "load", "case_id": "late", "activity": "asked", "timestamp":
             (datetime.now(timezone.utc) - timedelta(seconds=PROMISED_S)).isoformat()}]), **{"content-type": "application/json"})
        while tally()[1] <= due:
            time.sleep(0.02)
        first_s = time.monotonic() - again
    figures = {"loaded_s": loaded_s, "lag_p50_s": statistics.median(lags), "lag_p99_s": lags[len(lags) * 99 // 100],
               "lag_max_s": lags[-1], "samples": len(lags), "resident_mib": memory, "first_breach_after_kill_s": first_s}
    report.finish(figures, [["clocks waiting", "due per second", "lag p50", "p99", "resident", "kill to first breach"],
                            [f"{waiting:,}", f"{RATE:,}", f"{figures['lag_p50_s'] * 1000:.0f} ms",
                             f"{figures['lag_p99_s'] * 1000:.0f} ms", f"{memory:.0f} MiB", f"{first_s:.1f} s"]],
                  "The lag is what a query sees: its own time and the commit's are in it.")
