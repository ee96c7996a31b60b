"""Several nodes that share the shards of one log, for tests of what may befall them."""

import itertools
import os
import tempfile
import time
import unittest
from pathlib import Path

from load import Load
from running import WAIT_S_MAX, Node
from with_broker import start_broker

SHARDS = 6
TIMEOUT_S = 2  # of the group
NODES = 3


class Cluster(unittest.TestCase):
    """Nodes and a broker of the class; a workspace of each test."""

    count = NODES

    @classmethod
    def setUpClass(cls):
        cls.broker = start_broker(cls)
        folder = tempfile.TemporaryDirectory(prefix="weir-cluster-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        key = cls.folder / "key"
        key.touch(mode=0o600)
        key.write_bytes(os.urandom(32))
        cls.settings = {"log": f"kafka://{cls.broker.address}", "kafka_prefix": "weir", "group": "weir",
                        "group_timeout": TIMEOUT_S, "cluster_key": key}
        cls.nodes = []
        for _ in range(cls.count):
            node = Node(SHARDS, **cls.settings, **cls.more_settings())
            cls.addClassCleanup(node.remove)
            cls.nodes.append(node)
            node.start()

    @classmethod
    def more_settings(cls):
        """Of the next node, besides those of the cluster."""
        return {}

    def setUp(self):
        self.workspace = self.id().rpartition(".")[2].lower()[:64]
        self.token = self.nodes[0].token(self.workspace)
        self.turn = itertools.cycle(self.nodes)
        self.absent = set()

    def tearDown(self):
        for node in self.nodes:
            if node.process.poll() is not None:
                node.start()

    # ---- asking

    def call(self, method, path, body=None):
        """To each node in turn, but those that a test took away."""
        node = next(node for node in self.turn if node not in self.absent)
        return node.call(method, path, body, self.token)

    def shards_of(self, node):
        answer = node.call("GET", "/v1/shards", token=self.token)
        self.assertEqual(answer.status, 200, answer)
        return answer.body["shards"]

    def owners(self):
        """-> (shard, node's number, events, lag) of every shard that some node says is its own."""
        return sorted((shard["shard"], number, shard["events"], shard["lag"])
                      for number, node in enumerate(self.nodes) if node not in self.absent
                      for shard in self.shards_of(node))

    def settles(self, events, among=None):
        """Waits until each shard is owned once, by so many nodes, and all together hold so many events."""
        among = self.count - len(self.absent) if among is None else among
        deadline = time.monotonic() + 2 * WAIT_S_MAX
        while time.monotonic() < deadline:
            found = self.owners()
            whole = [shard for shard, *_ in found] == list(range(SHARDS))
            if whole and len({node for _, node, *_ in found}) == among and not any(lag for *_, lag in found):
                if sum(held for _, _, held, _ in found) == events:
                    break
            time.sleep(0.1)
        self.assertEqual([shard for shard, *_ in found], list(range(SHARDS)), found)
        self.assertEqual(sum(held for _, _, held, _ in found), events, found)
        self.assertEqual(len({node for _, node, *_ in found}), among, found)
        return found

    def becomes(self, expected, ask, what=lambda answer: answer.status):
        """Asks until the answer is as expected."""
        deadline = time.monotonic() + WAIT_S_MAX
        while what(answer := ask()) != expected and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertEqual(what(answer), expected, answer)

    def under_load(self, fault):
        """-> what the fault returned."""
        load = Load(lambda events: self.call("POST", "/v1/events", events))
        load.start()
        time.sleep(1)
        told = fault()
        taken = load.stop()
        self.absent.clear()
        self.assertGreater(taken, 0)
        self.settles(taken)
        return told


class BesideOneAlone(Cluster):
    """A cluster, and a node that is alone to compare it with."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alone = Node(2)
        cls.addClassCleanup(cls.alone.remove)
        cls.alone.start()
