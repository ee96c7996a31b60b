"""`weir doctor` on a node of a group: brokers, topics, members, key and address."""

import os
import subprocess
import tempfile
from pathlib import Path

from cluster import NODES, Cluster
from running import BINARY, WAIT_S_MAX, event
from weir import environment

SUBJECTS = ("brokers", "topics", "group", "cluster key", "advertise")


class Doctor(Cluster):
    def examine(self, node, **settings):
        """With these settings of the server. -> the exit code, and the lines by subject."""
        done = subprocess.run([BINARY, "doctor", "--data", node.folder / "data"], capture_output=True, text=True,
                              timeout=2 * WAIT_S_MAX, env=environment(settings))
        lines = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
        return done.returncode, {line.split(None, 1)[1].split(":")[0]: line for line in lines}

    def settings_of(self, node):
        return {**node.settings, "shards": node.shards, "advertise": "%s:%d" % node.address}

    def test_a_node_of_a_group_is_healthy_at_work(self):
        self.settles(0)
        answer = self.call("POST", "/v1/events", [event(f"c{n}", "a", n) for n in range(20)])
        self.assertEqual(answer.status, 202, answer)
        for node in self.nodes[:2]:
            code, found = self.examine(node, **self.settings_of(node))
            self.assertEqual(code, 0, found)
            for subject in SUBJECTS:
                self.assertTrue(found[subject].startswith("ok"), found)
            self.assertIn(f"{NODES} nodes", found["group"])
            self.assertNotIn("stores", found)
            self.assertNotIn("checkpoints", found)

    def test_it_names_what_is_wrong(self):
        node = self.nodes[0]
        with tempfile.TemporaryDirectory() as folder:
            other = Path(folder) / "key"
            other.touch(mode=0o600)
            other.write_bytes(os.urandom(32))
            for subject, severity, settings in (
                    ("cluster key", "FAILURE", {"cluster_key": other}),
                    ("advertise", "FAILURE", {"advertise": "127.0.0.1:1"}),
                    ("brokers", "FAILURE", {"log": "kafka://127.0.0.1:1"}),
                    ("brokers", "FAILURE", {"kafka_prefix": "another"}),
                    ("topics", "FAILURE", {"shards": 3}),
                    ("group", "WARNING", {"group": "nobody"})):
                with self.subTest(subject, **{name: str(value) for name, value in settings.items()}):
                    code, found = self.examine(node, **{**self.settings_of(node), **settings})
                    self.assertTrue(found[subject].startswith(severity), found)
                    self.assertEqual(code, severity == "FAILURE")
                    if subject != "brokers":
                        wrong = [one for one in SUBJECTS if not found[one].startswith("ok")]
                        self.assertEqual(wrong, [subject], found)

    def test_without_the_servers_variables_it_says_that_it_did_not_look(self):
        code, found = self.examine(self.nodes[0])
        self.assertEqual(code, 0, found)
        self.assertTrue(found["brokers"].startswith("WARNING"), found)
