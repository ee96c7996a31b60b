"""Several nodes that share the shards of one log (reliability R7, R9), and what may befall them: one that is killed, one
that stands still for longer than the group waits, nodes that come and go. Whatever was answered with 202 is counted,
once, by the one node that owns its shard in the end."""

import itertools
import os
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from load import Load
from running import BINARY, WAIT_S_MAX, Node, event
from weir import environment
from with_broker import start_broker

SHARDS = 6
TIMEOUT_S = 2  # of the group
NODES = 3


class Group(unittest.TestCase):
    """Nodes and a broker of the class; a workspace of each test."""

    @classmethod
    def setUpClass(cls):
        cls.broker = start_broker(cls)
        folder = tempfile.TemporaryDirectory(prefix="weir-cluster-")
        cls.addClassCleanup(folder.cleanup)
        key = Path(folder.name) / "key"
        key.touch(mode=0o600)
        key.write_bytes(os.urandom(32))
        cls.settings = {"log": f"kafka://{cls.broker.address}", "kafka_prefix": "weir", "group": "weir",
                        "group_timeout": TIMEOUT_S, "cluster_key": key}
        cls.nodes = []
        for _ in range(NODES):
            node = Node(SHARDS, **cls.settings)
            cls.addClassCleanup(node.remove)
            cls.nodes.append(node)
            node.start()

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
        among = NODES - len(self.absent) if among is None else among
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

    def knows(self, node, user):
        answer = node.call("GET", "/v1/users", token=self.token)
        self.assertEqual(answer.status, 200, answer)
        return user in [one["user"] for one in answer.body["users"]]

    def beside(self, node, *arguments, **settings):
        """`weir user` on the node's data folder, while the node runs."""
        return subprocess.run([BINARY, "user", *arguments, "--data", node.folder / "data"], capture_output=True,
                              text=True, timeout=WAIT_S_MAX, env=environment(settings))

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

    # ---- tests

    def test_shards_are_shared_and_each_event_is_counted_by_its_owner(self):
        self.settles(0)
        for minute in range(60):
            answer = self.call("POST", "/v1/events", [event(f"c{minute}", "a", minute)])
            self.assertEqual(answer.status, 202, answer)
        found = self.settles(60)
        self.assertGreater(min(held for _, _, held, _ in found), 0)

    def test_a_query_says_that_a_part_is_elsewhere(self):
        self.settles(0)
        answer = self.call("GET", "/v1/processes/default/map")
        self.assertEqual((answer.status, answer.body["code"]), (503, "shard_elsewhere"), answer)
        self.assertIn("retry-after", answer.headers)

    def test_f1_a_node_is_killed_and_comes_back(self):
        victim = self.nodes[1]

        def fault():
            self.absent.add(victim)
            before = self.shards_of(victim)
            victim.kill()
            deadline = time.monotonic() + WAIT_S_MAX
            while len(self.owners()) < SHARDS and time.monotonic() < deadline:
                time.sleep(0.1)
            self.assertEqual([shard for shard, *_ in self.owners()], list(range(SHARDS)))
            victim.start()
            return before

        self.assertTrue(self.under_load(fault))

    def test_f1_a_node_that_comes_back_in_time_disturbs_nobody(self):
        before = [(shard, node) for shard, node, *_ in self.settles(0)]

        def fault():
            self.absent.add(self.nodes[2])
            self.nodes[2].kill()
            self.nodes[2].start()

        self.under_load(fault)
        self.assertEqual([(shard, node) for shard, node, *_ in self.owners()], before)

    def test_f12_a_node_stands_still_longer_than_the_group_waits(self):
        sleeper = self.nodes[0]

        def fault():
            self.absent.add(sleeper)
            sleeper.process.send_signal(signal.SIGSTOP)
            deadline = time.monotonic() + WAIT_S_MAX
            while len(self.owners()) < SHARDS and time.monotonic() < deadline:
                time.sleep(0.1)
            self.assertEqual([shard for shard, *_ in self.owners()], list(range(SHARDS)))
            time.sleep(1)
            sleeper.process.send_signal(signal.SIGCONT)

        self.under_load(fault)

    def test_nodes_come_and_go_and_nothing_is_lost_or_doubled(self):
        def fault():
            for round_ in range(3):
                going = self.nodes[round_ % NODES]
                self.absent.add(going)
                self.assertEqual(going.stop(), 0, going.last_words())
                time.sleep(TIMEOUT_S * 1.5)
                going.start()
                self.absent.remove(going)

        self.under_load(fault)

    def test_a_token_made_on_one_node_is_valid_on_all_and_revoked_on_one_it_is_refused_on_all(self):
        for maker, revoker in ((0, 1), (2, 0)):
            made = self.nodes[maker].call("POST", "/v1/tokens", {"name": f"of {maker}", "role": "viewer"}, self.token)
            self.assertEqual(made.status, 201, made)
            token, identity = made.body["token"], made.body["id"]
            for node in self.nodes:
                self.assertEqual(node.call("GET", "/v1/shards", token=token).status, 200)
            revoked = self.nodes[revoker].call("DELETE", f"/v1/tokens/{identity}", token=self.token)
            self.assertEqual(revoked.status, 204, revoked)
            self.assertEqual(self.nodes[revoker].call("GET", "/v1/shards", token=token).status, 401)
            for node in self.nodes:
                self.becomes(401, lambda: node.call("GET", "/v1/shards", token=token))

    def test_a_user_made_beside_one_node_signs_in_on_all_and_is_gone_from_all(self):
        user, password = self.workspace[:40], "correct horse battery"
        made = self.beside(self.nodes[0], "add", user, "--workspace", self.workspace, "--role", "viewer",
                           password=password)
        self.assertEqual(made.returncode, 0, made.stderr)
        sessions = {}
        for node in self.nodes:
            self.becomes(True, lambda: self.knows(node, user), lambda known: known)
            answer = node.call("POST", "/v1/session", {"user": user, "password": password})
            self.assertEqual(answer.status, 201, answer)
            sessions[node] = answer.headers["set-cookie"].split(";")[0]
            self.assertEqual(node.call("GET", "/v1/session", cookie=sessions[node]).status, 200)
        removed = self.nodes[1].call("DELETE", f"/v1/users/{user}", token=self.token)
        self.assertIn(removed.status, (200, 204), removed)
        for node in self.nodes:
            self.becomes(401, lambda: node.call("GET", "/v1/session", cookie=sessions[node]))

    def test_a_node_for_the_api_has_no_shards_and_a_worker_answers_probes_alone(self):
        self.settles(0)
        started = []
        for role in ("api", "worker"):
            node = Node(SHARDS, **self.settings, role=role)
            self.addCleanup(node.remove)
            node.contract = lambda answer: None  # a worker has no contract to show
            node.start()
            started.append(node)
        api, worker = started
        self.assertEqual(self.shards_of(api), [])
        self.assertEqual(api.call("POST", "/v1/events", [event("c", "a", 1)], self.token).status, 202)
        self.assertEqual(worker.call("GET", "/healthz").status, 200)
        self.assertEqual(worker.call("POST", "/v1/events", [event("c", "a", 2)], self.token).status, 404)
        deadline = time.monotonic() + WAIT_S_MAX
        while not self.here(worker) and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertGreater(self.here(worker), 0)
        for node in started:
            node.stop()
        self.settles(1)

    @staticmethod
    def here(node):
        lines = node.call("GET", "/metrics").body.decode().splitlines()
        return next(float(line.split()[-1]) for line in lines if line.startswith("weir_shards_here "))
