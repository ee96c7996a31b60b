"""Several nodes that share the shards of one log (reliability R7, R9), and what may befall them: one that is killed, one
that stands still for longer than the group waits, nodes that come and go. Whatever was answered with 202 is counted,
once, by the one node that owns its shard in the end."""

import signal
import subprocess
import time

from cluster import NODES, SHARDS, TIMEOUT_S, Cluster
from running import BINARY, WAIT_S_MAX, event
from weir import environment


class Group(Cluster):
    def knows(self, node, user):
        answer = node.call("GET", "/v1/users", token=self.token)
        self.assertEqual(answer.status, 200, answer)
        return user in [one["user"] for one in answer.body["users"]]

    def beside(self, node, *arguments, **settings):
        """`weir user` on the node's data folder, while the node runs."""
        return subprocess.run([BINARY, "user", *arguments, "--data", node.folder / "data"], capture_output=True,
                              text=True, timeout=WAIT_S_MAX, env=environment(settings))

    # ---- tests

    def test_shards_are_shared_and_each_event_is_counted_by_its_owner(self):
        self.settles(0)
        for minute in range(60):
            answer = self.call("POST", "/v1/events", [event(f"c{minute}", "a", minute)])
            self.assertEqual(answer.status, 202, answer)
        found = self.settles(60)
        self.assertGreater(min(held for _, _, held, _ in found), 0)

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

