"""The checker names what is wrong with histories that are, and has nothing to say about those that are not."""

import unittest

from checker import History, Read, check_equal, check_log, check_reads, check_socket


def snapshot(seq, epoch="e"):
    return {"type": "snapshot", "epoch": epoch, "seq": seq}


def delta(prev, seq):
    return {"type": "delta", "prev": prev, "seq": seq}


def heartbeat(seq):
    return {"type": "heartbeat", "seq": seq}


class Checker(unittest.TestCase):
    def setUp(self):
        self.history = History()
        self.history.invoke(["a", "b", "c", "d"])
        self.history.acknowledge(["a", "b"])
        self.history.refuse(["d"])

    def named(self, findings, *names):
        self.assertEqual([finding.name for finding in findings], list(names))

    def test_a_whole_history(self):
        self.named(check_log(self.history, ["b", "a"]))
        self.named(check_log(self.history, ["b", "a", "c"]))  # not answered: it may be there or not
        self.named(check_reads([Read(0), Read(2, 2), Read(2), Read(5, 4)]))
        self.named(check_socket([snapshot(5), heartbeat(5), delta(5, 7), delta(7, 8), heartbeat(8), snapshot(8),
                                 delta(8, 9), snapshot(1, "another"), delta(1, 2)]))
        self.named(check_equal("map", {"a": 1}, {"a": 1}))

    def test_lost(self):
        self.named(check_log(self.history, ["a", "c"]), "lost")

    def test_duplicate(self):
        self.named(check_log(self.history, ["a", "b", "b"]), "duplicate")
        self.named(check_socket([snapshot(5), delta(5, 6), delta(5, 6)]), "duplicate")

    def test_phantom(self):
        self.named(check_log(self.history, ["a", "b", "never sent"]), "phantom")
        self.named(check_log(self.history, ["a", "b", "d"]), "phantom")  # refused
        self.history.invoke_erase(["a"])
        self.named(check_log(self.history, ["b"]))
        self.named(check_log(self.history, ["a", "b"]))  # not answered yet
        self.history.erase(["a"])
        self.named(check_log(self.history, ["b"]))
        self.named(check_log(self.history, ["a", "b"]), "phantom")  # it came back

    def test_what_was_refused_and_then_taken_is_expected(self):
        self.history.acknowledge(["d"])
        self.named(check_log(self.history, ["a", "b", "d"]))
        self.named(check_log(self.history, ["a", "b"]), "lost")

    def test_stale_read(self):
        self.named(check_reads([Read(1, 2)]), "stale read")

    def test_out_of_order(self):
        self.named(check_reads([Read(2), Read(1)]), "out of order")
        self.named(check_socket([snapshot(5), delta(4, 6)]), "out of order")
        self.named(check_socket([snapshot(5), heartbeat(4)]), "out of order")
        self.named(check_socket([snapshot(5), snapshot(4)]), "out of order")

    def test_gap(self):
        self.named(check_socket([snapshot(5), delta(6, 7)]), "gap")
        self.named(check_socket([snapshot(5), heartbeat(6)]), "gap")
        self.named(check_socket([delta(0, 1)]), "gap")

    def test_diverged(self):
        self.named(check_equal("map", {"a": 1}, {"a": 2}), "diverged")

    def test_everything_at_once(self):
        self.named(check_log(self.history, ["b", "b", "x"]), "lost", "duplicate", "phantom")
