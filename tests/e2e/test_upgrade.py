"""Data folders of earlier versions open, answer as they did, and go on; those of later versions are refused by name."""

import json
import subprocess
import tarfile
import unittest
from pathlib import Path

from running import BINARY, ROOT, WAIT_S_MAX, Node, event
from weir import environment

GOLDEN = sorted((ROOT / "tests/data/golden").glob("*.tar.xz"))
VIEWS = ("map", "variants", "kpis", "handover")


def timeless(value):
    """Without what tells when an answer was given, or what later versions add."""
    if isinstance(value, dict):
        return {key: timeless(one) for key, one in value.items() if key != "as_of"}
    return [timeless(one) for one in value] if isinstance(value, list) else value


class Upgrade(unittest.TestCase):
    def unpack(self, archive):
        """-> a node on the folder, not started, and the answers of its former version."""
        node = Node(shards=2)
        self.addCleanup(node.remove)
        with tarfile.open(archive) as packed:
            packed.extractall(node.folder, filter="data")
        return node, json.loads((node.folder / "answers.json").read_text())

    def compare(self, node, before):
        token = node.token("acme")
        for view in VIEWS:
            answer = node.call("GET", f"/v1/processes/orders/{view}", token=token)
            self.assertEqual(timeless(answer.body), timeless(before[view]), view)
        cases = node.call("GET", "/v1/processes/orders/cases?limit=100", token=token).body
        self.assertEqual(timeless(cases)["cases"], timeless(before["cases"])["cases"])
        long = node.call("GET", "/v1/processes/orders/cases/long", token=token).body
        self.assertEqual(timeless(long), timeless(before["long"]))
        dead = node.call("GET", "/v1/dead-letters", token=token).body
        self.assertEqual(timeless(dead), timeless(before["dead"]))

    def test_every_earlier_folder_answers_as_it_did(self):
        self.assertTrue(GOLDEN)
        for archive in GOLDEN:
            with self.subTest(archive.name):
                node, before = self.unpack(archive)
                node.start()
                self.compare(node, before)
                node.kill()
                node.start()
                self.compare(node, before)

    def test_an_earlier_folder_goes_on(self):
        for archive in GOLDEN:
            with self.subTest(archive.name):
                node, before = self.unpack(archive)
                node.start()
                token = node.token("acme")
                again = {"process": "orders", **event("long", "step0", 0)}
                sent = node.call("POST", "/v1/events", [again, {"process": "orders", **event("order-3", "a", 0)}], token)
                after = node.call("GET", f"/v1/processes/orders/kpis?after={sent.body['position']}", token=token).body
                self.assertEqual(after["events"], before["kpis"]["events"] + 1)  # order-3 was erased for good
                node.stop()
                node.start()
                kept = node.call("GET", "/v1/processes/orders/kpis", token=token).body
                self.assertEqual(timeless(kept), timeless(after))

    def test_a_later_folder_is_refused_by_name(self):
        node, _ = self.unpack(GOLDEN[-1])
        (node.folder / "data/format").write_text("weir 99 shards 2\n")
        refused = subprocess.run([BINARY, "serve", "--data", str(node.folder / "data"), "--listen", "127.0.0.1:0",
                                  "--shards", "2"], capture_output=True, text=True, timeout=WAIT_S_MAX,
                                 env=environment())
        self.assertEqual(refused.returncode, 1)
        self.assertIn("state_format", refused.stderr)
        self.assertIn("another version", refused.stderr)
