"""What tests of faults share: a node under load, and what is held against what is there at the end."""

import re
import unittest
from pathlib import Path

from checker import History
from load import Load, findings
from running import BINARY, WAIT_S_MAX, Node


def memory_bytes(node, what="VmHWM"):
    """Of the server's /proc/PID/status: VmHWM, the most that it ever had, or VmPeak, the most address space."""
    for line in Path(f"/proc/{node.process.pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith(what + ":"):
            return int(line.split()[1]) << 10
    raise AssertionError(f"no {what}")


def needs_preloading():
    """Skips the test where a library cannot be put before all others."""
    if re.search(rb"__[at]san_init", Path(BINARY).read_bytes()):
        raise unittest.SkipTest("skipped: a sanitizer's library must be the first")


class Faults(unittest.TestCase):
    """A node of the test, whose data may lie on a disk of the test."""

    def make_node(self, disk=None, **settings):
        node = Node(shards=2, **settings)
        self.addCleanup(node.remove)
        if disk is not None:
            self.addCleanup(disk.remove)
            self.addCleanup(node.stop)
            (node.folder / "data").symlink_to(disk.path / "data")
            (disk.path / "data").mkdir()
        return node

    def start_load(self, node, producers=2, history=None, name="", per_body=1, cases=50):
        """-> the producers at work, on one history"""
        history = history or History()
        token = node.token("w")
        loads = [Load(lambda events: node.call("POST", "/v1/events", events, token), f"{name}{n}-", per_body, history,
                      cases)
                 for n in range(producers)]
        for load in loads:
            load.start()
        self.addCleanup(lambda: [load.ended.set() for load in loads])
        return loads

    @staticmethod
    def break_off(loads):
        for load in loads:
            load.ended.set()
        for load in loads:
            load.join()

    def wait_for_end(self, node):
        """-> the exit code of a server that ends by itself"""
        return node.process.wait(timeout=WAIT_S_MAX)

    def check(self, node, history, reads=()):
        self.assertEqual(findings(node, node.token("w"), history, reads), [], node.last_words())
        self.assertGreater(len(history.acknowledged), 0)
