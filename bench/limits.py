"""What this machine can do at all: each step of Weir's work alone, by a bare library or a system call."""

import json
import shutil
import statistics
import subprocess

from measuring import Report, fsyncs_per_second, spread, summary

CLIENTS, FRAME_BYTES, SEND_S = 1_000, 400, 3
APPEND_BYTES = 4_096


def told(command):
    return json.loads(subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout)


def once(programs, path, data):
    """-> how often a second each step can be done"""
    parsed = told([programs.limit_parse, path])
    folder = data / "limit-write"
    shutil.rmtree(folder, ignore_errors=True)
    written = told([programs.limit_write, path, folder])
    shutil.rmtree(folder)
    rates = {"parse": parsed["events"] / parsed["parse_s"], "parse and count": parsed["events"] / parsed["count_s"],
             "write to RocksDB": written["events"] / written["seconds"], "fsync": fsyncs_per_second(data, APPEND_BYTES)}
    for frames in (1, 16):
        sent = told([programs.limit_send, CLIENTS, FRAME_BYTES, frames, SEND_S])
        rates[f"send, {frames} a write"] = sent["frames"] / sent["seconds"]
    return rates


TITLES = {
    "parse": "events parsed (simdjson on demand, three members)",
    "parse and count": "the same, with cases and edges counted in memory",
    "write to RocksDB": "events written unread in sorted batches of 10,000, each synced",
    "fsync": f"appends of {APPEND_BYTES:,} bytes made durable one by one",
    "send, 1 a write": f"WebSocket frames of {FRAME_BYTES} bytes to {CLIENTS:,} sockets here, a write each",
    "send, 16 a write": "the same, 16 to a write",
}


def limits(programs, options, data):
    events = options.events or 1_000_000
    path = programs.workload(events, "ndjson")
    report = Report("limits", {"events": events, "bytes": path.stat().st_size})
    runs = [once(programs, path, data) for _ in range(options.rounds or 5)]
    rows = [["one thread", "a second"]]
    rows += [[title, spread(summary([one[name] for one in runs], 0))] for name, title in TITLES.items()]
    report.finish({"runs": runs, "median": {name: round(statistics.median(one[name] for one in runs)) for name in TITLES}},
                  rows, f"{events:,} events of {path.stat().st_size // events} bytes.")
