"""A server that is killed right before each system call that changes its files (reliability, F2): while it makes its data
folder, while it recovers, flushes, commits and takes a checkpoint, and while it opens a folder of an earlier version. After
each kill: what was acknowledged is there, once; sent again, everything is what the batch makes of it; the checkpoints that
are listed are whole. A first run tells the calls; threads take turns, so each is known by its kind (its name and path but
for numbers) and which of its kind it is. TESTED_FULL: every call, else some."""

import http.client
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import time
import unittest
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import reference
import streams
from checker import History, check_equal, check_log, report
from compare import compare, summary_of
from running import BINARY, ROOT, WAIT_S_MAX, Node
from weir import Client, environment

CRASH_AT = Path(BINARY).parent / "crash_at"
KILLED = 200  # crash_at's exit code
IS_FULL = bool(os.environ.get("TESTED_FULL"))
ROUNDS_SHORT = 8
TRIES = 5  # a call may be missing for once: two commits that became one
AT_ONCE = 2 if IS_FULL else 1
WORKSPACE, PROCESS = "w", "default"
ERASED = "c3"
MINUTE = 60_000_000
BEGAN = 1_767_225_600_000_000  # 2026-01-01
GOLDEN = sorted((ROOT / "tests/data/golden").glob("*.tar.xz"))


def events(first, count):
    """Of seven cases, in turns."""
    return [reference.Event(f"c{n % 7}", "abcd"[n * 5 % 4], BEGAN + n * MINUTE, BEGAN + n * MINUTE, id=f"e{n}")
            for n in range(first, first + count)]


def ids(some):
    return [event.id for event in some]


class Producer:
    """Sends bodies in their order, then erases a case; goes on where it was when it is started again."""

    def __init__(self, node, bodies, earlier=()):
        self.node, self.bodies, self.position, self.token = node, bodies, None, None
        self.everything = [*earlier, *(event for body in bodies for event in body)]
        self.history = History()
        self.history.invoke(ids(earlier))
        self.history.acknowledge(ids(earlier))

    def call(self, method, path, body=None):
        self.token = self.token or self.node.token(WORKSPACE)
        answer = self.node.call(method, path, body, self.token,
                                **({"content_type": "application/x-ndjson"} if body else {}))
        if answer.status not in (200, 202):
            raise OSError(f"{answer}")  # a server that is about to end
        if isinstance(answer.body, dict):
            self.position = answer.body.get("position", self.position)
        return answer.body

    def send_all(self):
        for body in self.bodies:
            self.history.invoke(ids(body))
            self.call("POST", "/v1/events", streams.ndjson(body, PROCESS))
            self.history.acknowledge(ids(body))

    def erase(self):
        gone = [event.id for event in self.everything if event.case_id == ERASED]
        self.history.invoke_erase(gone)
        self.call("DELETE", f"/v1/processes/{PROCESS}/cases/{ERASED}")
        self.history.erase(gone)

    def stored(self):
        """The ids of the events that are there."""
        self.call("GET", f"/v1/processes/{PROCESS}/map" + (f"?after={self.position}" if self.position else ""))
        text = self.call("GET", f"/v1/processes/{PROCESS}/export?format=ndjson")
        return [json.loads(line)["id"] for line in text.decode().splitlines()]


class Points(unittest.TestCase):
    """What a killed server is held to. A test says how the folder of a round begins."""

    bodies = [events(n * 5, 5) for n in range(8)]
    earlier = []  # those that are there from the beginning

    def setUp(self):
        if not CRASH_AT.exists():
            raise unittest.SkipTest(f"skipped: {CRASH_AT} is not built")

    def begin(self, node):
        """Fills the folder of a round that begins."""

    def end(self, node):
        """Right after a kill, before the folder is used again. -> findings"""
        return []

    def settings(self, node):
        return {}

    def round(self, number=0, kind="*"):
        """Kills before call `number` of the kind, or never if it is 0. -> (the calls that there were, whether it was killed)"""
        node = Node(shards=1)
        try:
            node.settings = self.settings(node)
            self.begin(node)
            calls = node.folder / "calls"
            node.under = (str(CRASH_AT), str(number), kind.replace(" ", f" {node.folder}"), str(calls),
                          f"{node.folder / 'data'}:{node.folder / 'target'}")
            producer = Producer(node, self.bodies, self.earlier)
            self.run_until_it_ends(node, producer)
            was_killed = node.process.wait(WAIT_S_MAX) == KILLED
            self.assertTrue(was_killed or node.process.returncode == 0, f"{kind} {number}: {node.last_words()}")
            findings = self.end(node) + self.recover(node, producer)
            self.assertEqual(findings, [], f"killed before {kind} {number}\n{report(findings)}\n{node.last_words()}")
            return self.kinds_of(calls.read_text().splitlines(), node), was_killed
        finally:
            node.remove()

    def is_killed_before(self, call):
        """Tries until it is."""
        return any(self.round(*call)[1] for _ in range(TRIES))

    def run_until_it_ends(self, node, producer):
        try:
            node.start()
            producer.send_all()
            producer.erase()
            producer.stored()
            self.before_stop(node)
        except (OSError, RuntimeError, http.client.HTTPException, subprocess.SubprocessError):
            if node.process.poll() is None and not self.ends_soon(node):
                raise
        node.process.terminate()

    @staticmethod
    def ends_soon(node):
        try:
            return node.process.wait(2) is not None
        except subprocess.TimeoutExpired:
            return False

    def before_stop(self, node):
        """When everything was sent."""

    def recover(self, node, producer):
        """Starts the server again. -> findings: of what is there, and after everything was sent once more"""
        node.under = ()
        node.start()
        found = check_log(producer.history, producer.stored())
        producer.send_all()
        producer.erase()
        producer.send_all()  # what was erased stays so
        found += check_log(producer.history, producer.stored())
        left = [event for event in producer.everything if event.case_id != ERASED]
        expected = reference.answer(left)
        expected["kpis"].pop("duplicates")
        views = Client(node, producer.token).views(PROCESS, after=producer.position)
        found += check_equal("views", summary_of(compare(expected, views)), "")
        node.kill()
        return found

    @staticmethod
    def kinds_of(lines, node):
        """Patterns for the calls, alike in every round: numbers, digests and what is drawn in names say nothing."""
        drawn = r"(?<=\.key\.)[^/]+(?=\.new)|[0-9a-f]{16,}|[0-9]+"
        return [re.sub(drawn, "*", line.replace(str(node.folder), "")) for line in lines]

    def every_call(self, what):
        begun = time.monotonic()
        kinds, _ = self.round()
        self.assertGreater(len(kinds), 20)
        of_kind = Counter()
        calls = []
        for kind in kinds:
            of_kind[kind] += 1
            calls.append((of_kind[kind], kind))
        chosen = calls if IS_FULL else calls[::max(1, len(calls) // ROUNDS_SHORT)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            killed = list(pool.map(self.is_killed_before, chosen))
        missed = [kind for (number, kind), was in zip(chosen, killed) if not was and number == 1]
        print(f"F2, {what}: {len(calls)} calls of {len(of_kind)} kinds; killed before {sum(killed)} of {len(chosen)} "
              f"({time.monotonic() - begun:.0f} s)", flush=True)
        self.assertEqual(missed, [])
        self.assertGreaterEqual(sum(killed), 0.9 * len(chosen))


class NewFolder(Points):
    def test_f2_a_folder_is_made_and_events_are_taken(self):
        self.every_call("a new folder, events and a clean stop")


class Checkpoint(Points):
    """A server that was killed with events in its write-ahead logs recovers, which flushes, and takes a checkpoint, after
    which it removes the one before."""

    earlier = events(1_000, 40)

    @classmethod
    def setUpClass(cls):
        cls.template = Path(tempfile.mkdtemp(prefix="weir-fault-"))
        cls.addClassCleanup(shutil.rmtree, cls.template)
        node = Node(shards=1, checkpoints=cls.template / "target", checkpoints_kept=1)
        try:
            node.start()
            cls.wait_for_manifests(cls.template, 1)
            producer = Producer(node, streams.batches(cls.earlier, 10))
            producer.send_all()
            producer.stored()
            node.kill()
            shutil.copytree(node.folder / "data", cls.template / "data", ignore=shutil.ignore_patterns("reserve"))
        finally:
            node.remove()

    @staticmethod
    def manifests(folder):
        return sorted(path.name for path in (folder / "target").rglob("manifests/*") if not path.name.startswith("."))

    @classmethod
    def wait_for_manifests(cls, folder, count, other_than=()):
        deadline = time.monotonic() + WAIT_S_MAX
        while len(set(cls.manifests(folder)) - set(other_than)) < count:
            if time.monotonic() > deadline:
                raise AssertionError("no checkpoint is taken")
            time.sleep(0.02)

    def settings(self, node):
        return {"checkpoints": node.folder / "target", "checkpoints_kept": 1}

    def begin(self, node):
        for part in ("data", "target"):
            shutil.copytree(self.template / part, node.folder / part)

    def before_stop(self, node):
        deadline = time.monotonic() + WAIT_S_MAX
        while set(self.manifests(node.folder)) & set(self.manifests(self.template)):  # it goes when the next is there
            if time.monotonic() > deadline or node.process.poll() is not None:
                raise OSError("no checkpoint is taken")
            time.sleep(0.02)

    def end(self, node):
        done = subprocess.run([BINARY, "checkpoint", "verify"], capture_output=True, text=True, timeout=WAIT_S_MAX,
                              env=environment(self.settings(node)), check=False)
        return check_equal("weir checkpoint verify", (done.returncode, done.stderr), (0, ""))

    def test_f2_f25_recovery_flush_commit_and_checkpoint(self):
        self.every_call("recovery, flush, commits and a checkpoint")


class EarlierFolder(Points):
    """Also F26: what a version before this one left is opened at once or in many tries."""

    def setUp(self):
        super().setUp()
        if not GOLDEN:
            raise unittest.SkipTest("skipped: there is no folder of an earlier version")

    def begin(self, node):
        node.shards = 2
        with tarfile.open(GOLDEN[0]) as packed:
            packed.extractall(node.folder, filter="data")

    def end(self, node):
        node.answers = json.loads((node.folder / "answers.json").read_text())
        return []

    def recover(self, node, producer):
        found = super().recover(node, producer)
        node.start()
        before = node.answers["kpis"]
        kpis = node.call("GET", "/v1/processes/orders/kpis", token=node.token("acme")).body
        return found + [finding for name in ("events", "cases", "variants")
                        for finding in check_equal(name, kpis[name], before[name])]

    def test_f2_f26_a_folder_of_an_earlier_version_is_opened(self):
        self.every_call("a folder of an earlier version")


del Points  # it has no tests of its own
