"""Draining a loaded Kafka topic: Weir, and other people's stream processors doing the plain job (edges, starts, ends, the
last activity of each case) with RocksDB, in turn on the same topic; and what reading it costs at all."""

import json
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from jvm import Jvm
from measuring import Report, spread, summary

PARTITIONS = 2
WORKSPACE, PROCESS = "oracle", "load"
TOPIC = f"weir.{WORKSPACE}.events"
WAIT_S_MAX = 300
CASE = re.compile(rb'"case_id":"([^"]*)"')

PEERS = {"Kafka Streams, exactly once": ("StreamsPeer", "exactly_once_v2"),
         "Kafka Streams, at least once": ("StreamsPeer", "at_least_once"),
         "Flink": ("FlinkPeer", "exactly_once")}


class Topic:
    """Made by Weir, so as it wants it; loaded by Debian's kcat, so by anybody's producer."""

    def __init__(self, make, broker, folder):
        self.make, self.broker, self.folder, self.made = make, broker, folder, None

    def node(self):
        """As the one that made the topic was, not started: it has the first event, and the key of its seal."""
        place = Path(tempfile.mkdtemp(prefix="node-", dir=self.folder))
        if self.made:
            shutil.copytree(self.made, place, dirs_exist_ok=True)
        return self.make(place, {"log": f"kafka://{self.broker.address}", "kafka_prefix": "weir"})

    def load(self, events):
        """Keyed by case, as Weir's own events are. The first one is posted: it makes the topic."""
        keyed = self.folder / "keyed"
        with open(events, "rb") as lines, open(keyed, "wb") as out:
            self.post(next(lines))
            out.writelines(b"%s\0%s\t%s" % (PROCESS.encode(), CASE.search(line)[1], line) for line in lines)
        subprocess.run(["kcat", "-b", self.broker.address, "-P", "-t", TOPIC, "-K", "\t", "-X", "acks=all", "-X",
                        "partitioner=murmur2_random", "-X", "linger.ms=50", "-l", keyed], check=True)
        keyed.unlink()

    def post(self, event):
        node = self.node()
        node.start()
        try:
            connection = node.connect()
            connection.request("POST", "/v1/events", event, {"authorization": f"Bearer {node.token(WORKSPACE)}",
                                                             "content-type": "application/json"})
            answer = connection.getresponse()
            position = json.loads(answer.read())["position"]
            connection.close()
            ask(node, node.token(WORKSPACE), f"/v1/processes/{PROCESS}/kpis?after={position}")
        finally:
            node.stop()
        self.made = node.folder


def ask(node, token, path):
    connection = node.connect()
    try:
        connection.request("GET", path, headers={"authorization": f"Bearer {token}"})
        found = connection.getresponse()
        body = found.read()
        return json.loads(body) if found.status == 200 and path.startswith("/v1/") else body.decode()
    finally:
        connection.close()


def committed(node, token):
    return sum(float(line.rsplit(" ", 1)[1]) for line in ask(node, token, "/metrics").splitlines()
               if line.startswith("weir_events_accepted_total{"))


def peak_mib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def drain_by_weir(topic, events):
    """From the start of the process to the commit of the last event: all operators, with every view."""
    node = topic.node()
    begin = time.monotonic()
    node.start()
    try:
        token = node.token(WORKSPACE)
        while committed(node, token) < events - 1:  # the first one it has
            if time.monotonic() > begin + WAIT_S_MAX:
                raise RuntimeError("the topic was not drained")
            time.sleep(0.02)
        seconds = time.monotonic() - begin
        found = ask(node, token, f"/v1/processes/{PROCESS}/map")
        answer = {"edges": {f"{one['from']}\t{one['to']}": one["count"] for one in found["edges"]},
                  "starts": {one["name"]: one["count"] for one in found["start"]},
                  "ends": {one["name"]: one["count"] for one in found["end"]}}
        return {"seconds": seconds, "peak_mib": peak_mib(node.process.pid), "answer": answer}
    finally:
        node.stop()
        shutil.rmtree(node.folder)


def drain_by_peer(jvm, peer, guarantee, topic, events):
    place = Path(tempfile.mkdtemp(prefix="peer-", dir=topic.folder))
    told, peak = jvm.run(peer, topic.broker.address, TOPIC, guarantee, events, place)
    shutil.rmtree(place, ignore_errors=True)
    return {"seconds": told["seconds"], "peak_mib": peak, "answer": {what: told[what] for what in ("edges", "starts", "ends")}}


def drain(programs, options, data, make, broker):
    events = options.events or 1_000_000
    report = Report("drain", {"events": events, "partitions": PARTITIONS})
    folder = Path(tempfile.mkdtemp(prefix="drain-", dir=data))
    jvm = Jvm.ready(data)
    runs = {"Weir": [], **({name: [] for name in PEERS} if jvm else {})}
    bare = []
    try:
        topic = Topic(make, broker, folder)
        topic.load(programs.workload(events, "ndjson", "--late", "0"))
        for _ in range(options.rounds or 5):
            for name, kept in runs.items():
                kept.append(drain_by_weir(topic, events) if name == "Weir" else
                            drain_by_peer(jvm, *PEERS[name], topic, events))
            consumed = subprocess.run([str(programs.limit_consume), broker.address, TOPIC, str(PARTITIONS), str(events)],
                                      check=True, capture_output=True, text=True)
            bare.append(json.loads(consumed.stdout)["seconds"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    answers = [one.pop("answer") for kept in runs.values() for one in kept]
    if any(answer != answers[0] for answer in answers):
        raise RuntimeError("they do not answer the same")
    median = {name: statistics.median(one["seconds"] for one in kept) for name, kept in runs.items()}
    rows = [["", "events/s", "peak MiB", "Weir is"]]
    for name, kept in runs.items():
        rows.append([name, spread(summary([events / one["seconds"] for one in kept], 0)),
                     spread(summary([one["peak_mib"] for one in kept], 0)),
                     "" if name == "Weir" else f"{median[name] / median['Weir']:.1f} × as fast"])
    rows.append(["librdkafka alone, one thread", spread(summary([events / one for one in bare], 0)), "",
                 f"{statistics.median(bare) / median['Weir']:.2f} of it"])
    ratios = {name: round(seconds / median["Weir"], 2) for name, seconds in median.items()}
    report.finish({"runs": runs, "consume_s": bare, "ratios": ratios}, rows,
                  f"{events:,} events, {PARTITIONS} partitions; all gave the same edges, starts and ends. Weir from the start of "
                  "its process and with all its views, the others from their first event and with these counts alone.")
