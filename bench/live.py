"""The live views: through many WebSockets beside npm's `ws` and Go's gorilla/websocket, at a rate of events, and through
connections that break."""

import json
import os
import statistics
import subprocess

from measuring import Report, go_program, npm_package, spread, summary

PROCESS = "watched"
CLIENTS = 5_000


def watch(programs, port, token, **options):
    """-> what live_clients measured; a client that was told anything wrong fails the run."""
    command = [programs.live_clients, "--port", port, "--token", token, "--process", PROCESS]
    for name, value in options.items():
        command += [f"--{name.replace('_', '-')}", value]
    ended = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if ended.returncode != 0:
        raise RuntimeError(ended.stderr.strip())
    return json.loads(ended.stdout)


def watch_weir(server, programs, **options):
    with server(programs) as started:
        return watch(programs, started.address[1], started.token(), pid=started.process.pid, **options)


def watch_peer(command, programs, **options):
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True)
    try:
        return watch(programs, int(process.stdout.readline()), "none", pid=process.pid, **options)
    finally:
        process.kill()
        process.wait()


def row_of(name, runs, since):
    quantiles = [spread(summary([one[since][what] for one in runs], 1)) for what in ("p50", "p99", "max")]
    return [name, *quantiles, spread(summary([one["kib_per_client_after"] for one in runs], 1))]


def fan_out_peers(data, house):
    """-> name -> the command that starts it, of those that this machine can run."""
    package, program = npm_package(data, "ws"), go_program(data, house / "bench/peers/gorilla")
    return {**({"npm_ws": ["node", house / "bench/peers/ws_fan_out.mjs", package]} if package else {}),
            **({"gorilla": [program]} if program else {})}


def to_weir(peer, weir):
    """-> how many times Weir's the peer's figures are, by their medians."""
    figures = {"p50": lambda one: one["since_sent_ms"]["p50"], "p99": lambda one: one["since_sent_ms"]["p99"],
               "kib_per_client": lambda one: one["kib_per_client_after"]}
    return {name: round(statistics.median(map(figure, peer)) / statistics.median(map(figure, weir)), 2)
            for name, figure in figures.items()}


def fan_out(programs, options, server, data, house):
    """5,000 clients on one map that changes every 100 ms."""
    updates = options.events or (300 if options.full else 150)
    asked = {"clients": CLIENTS, "updates": updates, "interval_ms": 100}
    report = Report("fan-out", asked)
    peers = fan_out_peers(data, house)
    runs = {"weir": [], **{name: [] for name in peers}}
    for _ in range(options.rounds or 3):
        runs["weir"].append(watch_weir(server, programs, **asked))
        for name, command in peers.items():
            runs[name].append(watch_peer(command, programs, **asked))
    rows = [["", "p50 ms", "p99 ms", "max ms", "KiB per client", "p50, p99, memory to Weir's"]]
    ratios = {name: to_weir(kept, runs["weir"]) for name, kept in runs.items() if name != "weir"}
    rows += [[*row_of(name, kept, "since_sent_ms"), ", ".join(f"{ratio} ×" for ratio in ratios.get(name, {}).values())]
             for name, kept in runs.items()]
    report.finish({**runs, "ratios": ratios}, rows,
                  f"{CLIENTS:,} clients, {updates} updates 100 ms apart; from the sending of an event to its delta at a "
                  "client. Weir makes each event durable and computes the map in between; the peers count. No client saw "
                  "a gap, and each was told of every event.")


def live_latency(programs, options, server):
    """5,000 events a second; one client each on KPIs and map."""
    batch, interval_ms = 50, 10
    updates = (options.events or 100_000) // batch
    report = Report("live-latency", {"events_per_s": batch * 1_000 // interval_ms, "updates": updates})
    figures, rows = {}, [["channel", "since accepted: p50 ms", "p99 ms", "since sent: p50 ms", "p99 ms", "accepted/s"]]
    for channel in ("kpis", "map"):
        runs = [watch_weir(server, programs, clients=1, channel=channel, batch=batch, interval_ms=interval_ms,
                           updates=updates) for _ in range(options.rounds or 3)]
        figures[channel] = runs
        rows.append([channel, *(spread(summary([one[since][what] for one in runs], 1))
                                for since in ("since_accepted_ms", "since_sent_ms") for what in ("p50", "p99")),
                     spread(summary([one["accepted_per_s"] for one in runs], 0))])
    report.finish(figures, rows, "An event is accepted when its 202 is read; a delta tells of all events up to it.")


def in_browser(part, programs, house):
    """-> what the dashboard's measures in headless Chromium tell of this part."""
    ended = subprocess.run([house / "tests/browser/run", "--measure", part], capture_output=True, text=True,
                           env={**os.environ, "TESTED_BINARY": str(programs.weir)})
    if ended.returncode != 0:
        raise RuntimeError(ended.stderr.strip())
    return json.loads(ended.stdout.splitlines()[-1])


def million_rows(programs, options, house):
    """A file of a million rows, chosen on the page."""
    report = Report("million-rows", {"rows": 1_000_000})
    runs = [in_browser("million-rows", programs, house) for _ in range(options.rounds or 3)]
    rows = [["first map ms", "all rows taken ms", "longest task of the page ms", "of that work ms"],
            [spread(summary([one[what] for one in runs], 0)) for what in
             ("first_map_ms", "all_taken_ms", "longest_task_ms", "longest_task_work_ms")]]
    report.finish(runs, rows, "Since the button was pressed; server and browser share the machine.")


def event_to_pixel(programs, options, house):
    """5,000 events a second; the dashboard in a browser, all of its overview live."""
    report = Report("event-to-pixel", {"events_per_s": 5_000})
    runs = [in_browser("event-to-pixel", programs, house) for _ in range(options.rounds or 3)]
    rows = [["since accepted", "p50 ms", "p99 ms", "max ms"]]
    for name, what in (("delta in the browser", "accepted_to_delta_ms"), ("changed pixel", "accepted_to_pixel_ms")):
        rows.append([name, *(spread(summary([one[what][of] for one in runs], 0)) for of in ("p50", "p99", "max"))])
    report.finish(runs, rows, "Of each posted body: from its 202, read by another thread, to the message, and to the frame "
                  "after the one that shows it. Server, producer and browser share the machine.")


def reconnects(programs, options, server):
    """1,000 clients that break off and resume, a thousand times each, while what they watch changes all along."""
    rounds = options.events or (1_000 if options.full else 50)
    asked = {"clients": 1_000, "reconnects": rounds, "updates": 20 * rounds, "interval_ms": 20, "channel": "kpis"}
    report = Report("reconnects", asked)
    told = watch_weir(server, programs, **asked)
    per_s = round(asked["clients"] * rounds / told["seconds"])
    report.finish({"weir": told, "reconnects_per_s": per_s},
                  [["clients", "reconnects each", "per second", "resumed", "told anew"],
                   ["1,000", f"{rounds:,}", f"{per_s:,}", f"{told['recovered']:,}", f"{told['snapshots']:,}"]],
                  "Every history was ordered, unique, without a gap and complete; else the run fails.")
