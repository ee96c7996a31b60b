"""Ten thousand rules: what an event costs, beside npm's `json-rules-engine` on the same rules."""

import json
import subprocess

from measuring import Report, npm_package, spread, summary

RULES = 10_000
PEER_EVENTS = 100  # a fifth of a second each


def told(command):
    return json.loads(subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout)


def rules(programs, options, data, house):
    events, cost = options.events or 400_000, programs.rule_cost
    report = Report("rules", {"rules": RULES, "events": events, "peer_events": PEER_EVENTS})
    package = npm_package(data, "json-rules-engine")
    facts = data / "rules.json"
    subprocess.run([str(cost), "--rules", str(RULES), "--events", str(PEER_EVENTS), "--write", str(facts)], check=True)
    figures = {"plain": [], "mixed": [], "a_hundred": [], "json_rules_engine": []}
    for _ in range(options.rounds or 3):
        for name, count, kind in (("plain", RULES, "plain"), ("mixed", RULES, "mixed"), ("a_hundred", 100, "plain")):
            figures[name].append(told([cost, "--rules", count, "--events", events, "--kind", kind]))
        if package:
            figures["json_rules_engine"].append(told(["node", house / "bench/peers/json_rules_engine.mjs", package, facts]))
    if package:
        same = told([cost, "--rules", RULES, "--events", PEER_EVENTS, "--threads", 1])
        if any(one["fired"] != same["fired"] for one in figures["json_rules_engine"]):
            raise RuntimeError("the peer fires something else")
    rows = [["", "events/s", "CPU µs", "p50 µs", "p99 µs", "cases judged whole, events/s"]]
    for name, title in (("plain", "10,000 rules over fields"), ("mixed", "a tenth of them windows, sequences, absences"),
                        ("a_hundred", "100 rules")):
        rows.append([title, *(spread(summary([one[what] for one in figures[name]], digits))
                              for what, digits in (("events_per_s", 0), ("cpu_us", 1), ("p50_us", 1),
                                                   ("p99_us", 1), ("whole_events_per_s", 0)))])
    if package:
        peer = figures["json_rules_engine"]
        rows.append(["json-rules-engine, 10,000 rules (one thread)",
                     spread(summary([one["events"] / one["seconds"] for one in peer], 1)), "",
                     *(spread(summary([one[what] for one in peer], 0)) for what in ("p50_us", "p99_us")), ""])
    report.finish(figures, rows, "Two threads, 20,000 cases. The peer fires the same of the events that both were given.")
