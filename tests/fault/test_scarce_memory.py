"""Memory that runs out (reliability, F21): one of so many allocations fails, or a control group has no more of it. The
server refuses, or ends; what it acknowledged is there, once, and what it answers is right."""

import os
import signal
import struct
import subprocess
import time
import unittest
from collections import Counter
from pathlib import Path

from checker import History
from faulty_node import Faults, memory_bytes, needs_preloading
from load import Reader
from running import BINARY, WAIT_S_MAX

IS_FULL = bool(os.environ.get("TESTED_FULL"))
FAILING_MALLOC = Path(BINARY).parent / "failing_malloc.so"
ONE_OF = (1_000_000, 100_000, 10_000, 1_000) * (10 if IS_FULL else 1)
LASTS_S = 20 if IS_FULL else 4
ENDLESS_EVENTS = 90_000 if IS_FULL else 50_000  # of each of four producers
MIB = 1 << 20
GROUPS = Path("/sys/fs/cgroup")
VIEW = "/v1/processes/default/kpis"


class FailingMalloc(Faults):
    def setUp(self):
        if not FAILING_MALLOC.exists():
            raise unittest.SkipTest(f"skipped: {FAILING_MALLOC} is not built")
        needs_preloading()
        self.node = self.make_node()
        self.one_of = self.node.folder / "one-of"
        self.let_fail(0)
        self.node.under = ("env", f"LD_PRELOAD={FAILING_MALLOC}", f"FAILING_MALLOC={self.one_of}")

    def let_fail(self, one_of):
        with open(self.one_of, "r+b" if self.one_of.exists() else "wb") as file:
            file.write(struct.pack("=Q", one_of))

    def ends_within(self, seconds):
        """-> the exit code, or None"""
        try:
            return self.node.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return None

    def test_f21_one_of_many_allocations_fails(self):
        history, ends = History(), Counter()
        self.node.start()
        for number, one_of in enumerate(ONE_OF):
            loads = self.start_load(self.node, 2, history, f"{number}-", per_body=20)
            reader = Reader(lambda: self.node.call("GET", VIEW, token=self.node.token("w")))
            reader.start()
            self.assertTrue(loads[0].wait_for_more(20))
            self.let_fail(one_of)
            ended = self.ends_within(LASTS_S)
            self.let_fail(0)
            ended = self.ends_within(1) if ended is None else ended  # it may be about to
            self.assertNotIn(ended, (0, -signal.SIGSEGV, -signal.SIGBUS), self.node.last_words())
            ends["went on" if ended is None else f"ended with {ended}"] += 1
            self.break_off(loads)
            if ended is not None:
                self.node.start()
            self.check(self.node, history, reader.stop())
        print(f"F21: one of {', '.join(map(str, sorted(set(ONE_OF))))} allocations failed: {dict(ends)}; "
              f"{len(history.acknowledged)} events acknowledged", flush=True)
        self.assertGreater(len(ends - Counter({"went on": len(ONE_OF)})), 0, "no allocation failed")


class MemoryGroup:
    """A control group with so much memory and no swap, of either version. Skips the test where there can be none."""

    def __init__(self, size_bytes):
        is_first = (GROUPS / "memory").is_dir()
        self.path = (GROUPS / "memory" if is_first else GROUPS) / f"weir-test-{os.getpid()}"
        self.is_made = False
        try:
            self.path.mkdir()
            self.is_made = True
            (self.path / ("memory.limit_in_bytes" if is_first else "memory.max")).write_text(str(size_bytes))
        except OSError as why:
            self.remove()
            raise unittest.SkipTest(f"skipped: {self.path}: {why}") from why

    def under(self):
        """What runs a program in it."""
        return "sh", "-c", f'echo $$ >{self.path}/cgroup.procs && exec "$@"', "sh"

    def remove(self):
        """All that ran in it must have ended."""
        if self.is_made:
            self.path.rmdir()


class Group(Faults):
    def in_group(self, size_bytes, **settings):
        node = self.make_node(**settings)
        group = MemoryGroup(size_bytes)
        self.addCleanup(group.remove)
        self.addCleanup(node.stop)
        node.under = group.under()
        return node

    @staticmethod
    def events(node):
        return node.call("GET", VIEW, token=node.token("w")).body["events"]

    def test_f21_a_group_with_what_the_settings_need_is_enough(self):
        node = self.in_group(256 * MIB, memory_bytes=64 * MIB)
        node.start()
        loads = self.start_load(node, 4, per_body=500, cases=50_000)  # of ordinary length
        time.sleep(LASTS_S)
        for load in loads:
            load.stop()
        self.check(node, loads[0].history)
        print(f"F21: {memory_bytes(node) // MIB} MiB at most in a group of 256 MiB", flush=True)

    def test_f21_it_is_enough_for_cases_without_end_as_well(self):
        # Each of the fifty grows to thousands of events, and what comes belongs all over it. The group is smaller than
        # what they took when a step held all that it touched of them: 190 MiB, 240 in the full form.
        node = self.in_group(112 * MIB, memory_bytes=64 * MIB)
        node.start()
        loads = self.start_load(node, 4, per_body=500, cases=50)
        for load in loads:
            self.assertTrue(load.wait_for_more(ENDLESS_EVENTS - load.taken), node.last_words())
        self.break_off(loads)
        history = loads[0].history
        deadline = time.monotonic() + 4 * WAIT_S_MAX
        while self.events(node) < len(history.acknowledged) and time.monotonic() < deadline:
            time.sleep(0.1)
        print(f"F21: {memory_bytes(node) // MIB} MiB at most in a group of 112 MiB, {len(history.acknowledged)} events of "
              f"cases without end", flush=True)
        node.stop()
        node.under = ()  # an export reads whole cases
        node.start()
        self.check(node, history)

    def test_f21_a_group_with_too_little_ends_the_server_and_loses_nothing(self):
        at_rest = self.make_node()
        at_rest.start()
        node = self.in_group(memory_bytes(at_rest) * 3 // 2)
        at_rest.stop()
        history = History()
        node.start()
        loads = self.start_load(node, 4, history, per_body=2_000)
        deadline = time.monotonic() + WAIT_S_MAX
        while node.process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertEqual(node.process.poll(), -signal.SIGKILL, "the kernel took it for its memory")
        self.break_off(loads)
        node.under = ()
        node.start()
        self.check(node, history)


del Faults  # it has no tests of its own
