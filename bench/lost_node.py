"""A node of a group that is lost for good: until another one answers for its shards too, from their checkpoints; and,
beside that, how long a node without anything takes to have its half, from checkpoints and from the topics' begin."""

import http.client
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from measuring import Report

PROCESS = "load"
CHECKPOINT_INTERVAL_S = 30
WAIT_S_MAX = 1_200
QUERIES = ("map", "kpis", "variants?limit=1000", "handover")


class Group:
    """Two nodes on a broker, with checkpoints in a folder beside theirs."""

    def __init__(self, make, folder, broker):
        self.make, self.folder, self.target = make, folder, folder / "checkpoints"
        key = folder / "key"
        key.touch(mode=0o600)
        key.write_bytes(os.urandom(32))
        self.settings = {"log": f"kafka://{broker.address}", "group": "weir", "cluster_key": key}
        self.nodes = [self.add(), self.add()]
        self.token = self.nodes[0].token()

    def add(self, with_checkpoints=True):
        """A node on an empty folder."""
        target = {"checkpoints": self.target, "checkpoint_interval": CHECKPOINT_INTERVAL_S} if with_checkpoints else {}
        node = self.make(Path(tempfile.mkdtemp(prefix="node-", dir=self.folder)), {**self.settings, **target})
        node.start()
        return node

    def lose(self, node):
        node.kill()
        shutil.rmtree(node.folder)
        self.nodes.remove(node)

    def stop(self):
        for node in self.nodes:
            node.stop()

    def forget_others(self, node):
        """What lies in the node's folder of shards that it had before a rebalance: it is to have nothing to begin with."""
        own = {one["shard"] for one in self.ask(node, "/v1/shards")["shards"]}
        for place in (node.folder / "data/shards").iterdir():
            if place.name.isdigit() and int(place.name) not in own:
                shutil.rmtree(place)

    # ---- asking

    def ask(self, node, path):
        """-> what is answered, but for its time; nothing where it is refused, as while a shard is nowhere."""
        connection = node.connect()
        try:
            connection.request("GET", path, headers={"authorization": f"Bearer {self.token}"})
            answer = connection.getresponse()
            found = answer.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
        if answer.status != 200:
            return None
        return {**json.loads(found), "as_of": None} if path.startswith("/v1/") else found.decode()

    def answers(self, node):
        return {query: self.ask(node, f"/v1/processes/{PROCESS}/{query}") for query in QUERIES}

    def held(self, node):
        """-> (shards that the node has, events in them, records they lack)"""
        told = (self.ask(node, "/v1/shards") or {"shards": []})["shards"]
        return len(told), sum(one["events"] for one in told), sum(one["lag"] for one in told)

    def metric(self, node, name):
        return sum(float(line.split()[-1]) for line in self.ask(node, "/metrics").splitlines() if line.startswith(name))


def until(condition, what):
    """-> seconds until it holds."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > WAIT_S_MAX:
            raise RuntimeError(f"after {WAIT_S_MAX} s still not: {what}")
        time.sleep(0.05)
    return time.monotonic() - began


def checkpointed(programs, target):
    """-> records in the furthest checkpoint of each shard, all together"""
    command = [programs.weir, "checkpoint", "list", "--checkpoints", target]
    told = subprocess.run(command, capture_output=True, text=True).stdout
    furthest = {}
    for name, _, _, _, records, _ in (line.split("\t") for line in told.splitlines()):
        shard = name.rpartition("/")[0]
        furthest[shard] = max(furthest.get(shard, 0), int(records.split()[0]))
    return sum(furthest.values())


def lost_node(programs, options, make, broker, folder, post):
    """`make(folder, settings)`: a node that is not started. `post(node, file, process)`: sends a file's events."""
    events = options.events or (10_000_000 if options.full else 1_000_000)
    group = Group(make, folder, broker)
    shards = group.nodes[0].shards
    report = Report("lost-node", {"shards": shards, "events": events, "nodes": 2,
                                  "checkpoint_interval_s": CHECKPOINT_INTERVAL_S})
    figures = {}

    def whole(node):
        """It alone has every shard and every event, and so tells of cases too."""
        return (group.held(node) == (shards, events, 0)
                and group.ask(node, f"/v1/processes/{PROCESS}/cases?limit=1") is not None)

    def joins(with_checkpoints):
        """-> seconds until a node on an empty folder has taken its half over, from its start"""
        began = time.monotonic()
        node = group.add(with_checkpoints)
        until(lambda: group.held(node)[0] == shards // 2
              and [sum(one) for one in zip(*map(group.held, group.nodes + [node]))] == [shards, events, 0], "its half")
        group.nodes.append(node)
        return time.monotonic() - began

    try:
        stays, goes = group.nodes
        until(lambda: [group.held(node)[0] for node in group.nodes] == [shards // 2] * 2, "shards shared out")
        figures["posted"] = post(stays, programs.workload(events, "ndjson"), PROCESS)
        figures["checkpointed_s"] = until(lambda: checkpointed(programs, group.target) >= events, "checkpoints of all")
        kept = sum(path.stat().st_size for path in group.target.rglob("*") if path.is_file())
        figures["checkpoints_mib"] = kept >> 20
        expected = group.answers(stays)
        fetched = group.metric(stays, 'weir_shard_sources_total{from="checkpoint"}')
        group.forget_others(stays)
        group.lose(goes)
        figures["served_s"] = until(lambda: whole(stays), "all shards on the other node")
        figures["from_checkpoints"] = group.metric(stays, 'weir_shard_sources_total{from="checkpoint"}') - fetched
        told = group.answers(stays)
        figures["differing_answers"] = [query for query in QUERIES if told[query] != expected[query]]
        figures["joins_by_checkpoints_s"] = joins(True)
        group.lose(group.nodes[1])
        until(lambda: whole(stays), "all shards on the other node")
        figures["joins_by_topics_s"] = joins(False)
    finally:
        group.stop()
    rows = [["", "seconds"], ["lost for good, until the other node has all its shards", f"{figures['served_s']:.1f}"],
            ["a new node has its half, from checkpoints", f"{figures['joins_by_checkpoints_s']:.1f}"],
            ["a new node has its half, from the topics' begin", f"{figures['joins_by_topics_s']:.1f}"]]
    report.finish(figures, rows, f"{events:,} events; 10 s of the first row are the group's time-out. Answers that differ"
                                 f" from those before: {', '.join(figures['differing_answers']) or 'none'}.")
