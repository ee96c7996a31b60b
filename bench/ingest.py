"""Events by HTTP, durable before the answer: Weir with fsync, and npm's fastify with a Kafka producer (acks=all) behind it, in
turn on the same bodies from the same client."""

import contextlib
import shutil
import statistics
import subprocess

from drain import ask
from measuring import HOUSE, Report, fsyncs_per_second, npm_packages, spread, summary

PROCESS, TOPIC, PARTITIONS = "load", "ingest", 2
#        name, events of a body, connections, of the events one in so many
PLANS = [("bodies of 500", 500, 4, 1), ("bodies of one", 1, 64, 20)]
PACKAGES = {"fastify": "5", "@platformatic/kafka": "1"}  # both want NODE
NODE = 20
# As Kafka's own start script has them; the broker of tests is made to start soon instead.
BROKER_JVM = {"KAFKA_HEAP_OPTS": "-Xmx1G -Xms1G",
              "KAFKA_JVM_PERFORMANCE_OPTS": "-server -XX:+UseG1GC -XX:MaxGCPauseMillis=20 "
                                            "-XX:InitiatingHeapOccupancyPercent=35"}


class Fastify:
    """The peer as `post` takes a server. It and its broker stay up for all rounds, so what is warm stays so."""

    def __init__(self, packages, broker):
        self.broker, self.taken_before = broker, 0
        self.process = subprocess.Popen(["node", str(HOUSE / "bench/peers/fastify_ingest.mjs"), str(packages),
                                         broker.address, TOPIC, str(PARTITIONS)], stdout=subprocess.PIPE, text=True)
        self.address = ("127.0.0.1", int(self.process.stdout.readline()))

    def token(self):
        return "none"

    def taken(self):
        """-> events that its topic has got since it was asked last."""
        partitions = [part for number in range(PARTITIONS) for part in ("-t", f"{TOPIC}:{number}:-1")]
        end = sum(int(line.split()[-1]) for line in self.broker.kcat("-Q", *partitions).splitlines())
        taken, self.taken_before = end - self.taken_before, end
        return taken

    def stop(self):
        self.process.kill()
        self.process.wait()


def has_node():
    if not shutil.which("node"):
        return False
    told = subprocess.run(["node", "--version"], check=True, capture_output=True, text=True).stdout
    return int(told.lstrip("v").split(".")[0]) >= NODE


@contextlib.contextmanager
def peer_before(make_broker, data):
    """-> the peer, or None where there is no npm, or no Node that it runs on."""
    packages = npm_packages(data, PACKAGES) if has_node() else None
    if not packages:
        yield None
        return
    broker = make_broker(BROKER_JVM)
    try:
        peer = Fastify(packages, broker.start())
        try:
            yield peer
        finally:
            peer.stop()
    finally:
        broker.remove()


def checked(told, taken):
    if told["failed_bodies"] or taken != told["events"]:
        raise RuntimeError(f"{taken} of {told['events']} events were taken, {told['failed_bodies']} bodies refused")
    return told


def post_to_weir(server, post, programs, *load):
    with server(programs) as started:
        told = post(programs, started, *load)
        return checked(told, ask(started, started.token(), f"/v1/processes/{PROCESS}/kpis")["events"])


def post_to_peer(peer, post, programs, *load):
    return checked(post(programs, peer, *load), peer.taken())


def rows_of(name, plan):
    """-> of the table: Weir's row, and the peer's with what Weir's rate is to it."""
    for title, runs in (("Weir", plan["weir"]), ("fastify, Kafka", plan["fastify_kafka"])):
        if runs:
            is_weir = title == "Weir"
            yield [f"{name}, {plan['connections']} connections: {title}",
                   spread(summary([one["accepted_per_s"] for one in runs], 0)),
                   spread(summary([one["processed_per_s"] for one in runs], 0)) if is_weir else "",
                   *(spread(summary([one["latency_ms"][what] for one in runs], 1)) for what in ("p50", "p99")),
                   "" if is_weir else f"{plan['ratio']} ×"]


def ingest(programs, options, data, server, post, make_broker):
    events = options.events or 1_000_000
    report = Report("ingest", {"events": events})
    figures, rows = {}, [["", "accepted/s", "processed/s", "p50 ms", "p99 ms", "Weir accepts"]]
    with peer_before(make_broker, data) as peer:
        for name, batch, connections, of in PLANS:
            load = (programs.workload(max(1, events // of), "ndjson"), PROCESS, batch, connections)
            plan = figures[name] = {"batch": batch, "connections": connections, "weir": [], "fastify_kafka": []}
            for _ in range(options.rounds or 3):
                plan["weir"].append(post_to_weir(server, post, programs, *load))
                if peer:
                    plan["fastify_kafka"].append(post_to_peer(peer, post, programs, *load))
            if peer:
                weir, other = (statistics.median(one["accepted_per_s"] for one in plan[of])
                               for of in ("weir", "fastify_kafka"))
                plan["ratio"] = round(weir / other, 2)
            rows += rows_of(name, plan)
    limits = {"1 MB": fsyncs_per_second(data, 1_000_000), "4 KiB": fsyncs_per_second(data, 4096)}
    figures["fsyncs_per_s"] = {name: round(rate, 1) for name, rate in limits.items()}
    told = ", ".join(f"{rate:,.0f} of {name}" for name, rate in limits.items())
    report.finish(figures, rows, "Weir answers after its fsync, the peer after acks=all of one broker, which leaves the disk to "
                  "the kernel; each has taken every event. Weir's views run beside it, the peer has none. Appends that this "
                  f"disk makes durable per second, one at a time: {told}.")
