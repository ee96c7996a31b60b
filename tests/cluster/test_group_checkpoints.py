"""Checkpoints of the shards of a group (reliability R8, F25): a node lost for good goes on elsewhere from what it took last,
not from the begin of the topics; what is damaged is left for an older one, and that for the topics; a former owner that
wakes up harms nothing."""

import os
import re
import shutil
import signal
import subprocess
import time
import unittest

from cluster import SHARDS, TIMEOUT_S, Cluster
from running import BINARY, WAIT_S_MAX, event
from s3_server import S3Server, Unavailable
from weir import environment

CASES = 240  # over six shards: each has some


class Checkpointed(Cluster):
    """Two nodes, so that what one loses the other gets, and nothing else moves."""

    count = 2

    @classmethod
    def more_settings(cls):
        return {"checkpoint_interval": 1, "checkpoints_kept": 2, **cls.target()}

    @classmethod
    def target(cls):
        return {"checkpoints": cls.folder / "target"}

    def setUp(self):
        super().setUp()
        self.posted = 0

    def post(self, count):
        """So many new events, which all are in checkpoints when it returns."""
        for _ in range(0, count, CASES):
            events = [event(f"c{n}", f"a{self.posted // CASES % 7}", self.posted // CASES % 1_440, id=f"e{self.posted + n}")
                      for n in range(CASES)]
            answer = self.call("POST", "/v1/events", events)
            self.assertEqual((answer.status, answer.body["accepted"]), (202, CASES), answer)
            self.posted += CASES
        self.settles(self.posted)
        wanted = self.records()
        deadline = time.monotonic() + WAIT_S_MAX
        while (kept := self.kept()) != wanted and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertEqual(kept, wanted)

    def weir(self, *arguments, status=0):
        done = subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=WAIT_S_MAX,
                              env=environment(self.target()))
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def listed(self):
        """-> (series, number, records) of each checkpoint that can be read, oldest first."""
        rows = (line.split("\t") for line in self.weir("checkpoint", "list").stdout.splitlines())
        return [(*row[0].rsplit("/", 1), int(row[4].split()[0])) for row in rows]

    def kept(self):
        """-> records of the furthest checkpoint, by shard."""
        furthest = {}
        for series, _, records in self.listed():
            shard = int(series.rsplit("/", 1)[1])
            furthest[shard] = max(records, furthest.get(shard, 0))
        return furthest

    def records(self):
        """-> offset behind the last record of all workspaces' topics, by shard."""
        names = [line.split('"')[1] for line in self.broker.kcat("-L").decode().splitlines() if 'topic "' in line]
        ends = [f"-t{name}:{shard}:-1" for name in names if name.endswith(".events") for shard in range(SHARDS)]
        found = dict.fromkeys(range(SHARDS), 0)
        for line in self.broker.kcat("-Q", *ends).decode().splitlines():
            shard, end = re.search(r"\[(\d+)\] offset (\d+)", line).groups()
            found[int(shard)] += int(end)
        return found

    def counted(self, metric):
        """-> its value over all nodes that are there."""
        total = 0
        for node in self.nodes:
            if node not in self.absent:
                lines = node.call("GET", "/metrics").body.decode().splitlines()
                total += sum(float(line.split()[-1]) for line in lines if line.startswith(metric))
        return int(total)

    def from_where(self):
        return {name: self.counted(f'weir_shard_sources_total{{from="{name}"}}') for name in ("here", "checkpoint", "log")}

    def begin_anew(self):
        """On empty disks. The first to start has had every shard then, the second only those that are its own."""
        for node in self.nodes:
            node.stop()
            shutil.rmtree(node.folder / "data")
        time.sleep(1.5 * TIMEOUT_S)  # until the group has forgotten them
        for node in self.nodes:
            node.start()
        self.token = self.nodes[0].token(self.workspace)

    def lose(self, victim):
        """Kills it and takes its disk away. -> its shards"""
        shards = [shard["shard"] for shard in self.shards_of(victim)]
        self.absent.add(victim)
        victim.kill()
        shutil.rmtree(victim.folder / "data")
        return shards

    def counts_once(self):
        """What was sent before, sent again, changes nothing; what is new counts."""
        again = [event(f"c{n}", "a0", 0, id=f"e{n}") for n in range(CASES)]
        answer = self.call("POST", "/v1/events", again)
        self.assertEqual(answer.status, 202, answer)
        self.post(CASES)


class LostNode(Checkpointed):
    def test_its_shards_go_on_elsewhere_from_their_checkpoints(self):
        self.begin_anew()
        self.post(10 * CASES)
        lost = self.lose(self.nodes[0])
        self.assertEqual(len(lost), SHARDS // 2)
        before, accepted = self.from_where(), self.counted("weir_events_accepted_total")
        self.settles(self.posted)
        after = self.from_where()
        self.assertEqual(after, {**before, "checkpoint": before["checkpoint"] + len(lost)})
        self.assertEqual(self.counted("weir_events_accepted_total"), accepted)  # nothing was taken once more
        self.counts_once()

    def test_one_that_comes_back_goes_on_from_its_own_state(self):
        self.post(5 * CASES)
        victim = self.nodes[1]
        held = len(self.shards_of(victim))
        victim.kill()
        victim.start()
        self.settles(self.posted)
        lines = victim.call("GET", "/metrics").body.decode()
        self.assertIn(f'weir_shard_sources_total{{from="here"}} {held}\n', lines)
        self.counts_once()

    def test_f25_a_damaged_checkpoint_is_left_for_an_older_one_and_that_for_the_topics(self):
        self.begin_anew()
        self.post(5 * CASES)
        self.post(5 * CASES)
        lost = self.lose(self.nodes[0])
        sources, refused = self.from_where(), self.counted("weir_checkpoints_refused_total")
        whole = {series: [] for series, *_ in self.listed()}
        for path in sorted((self.folder / "target").glob("*/*/manifests/*")):
            whole[str(path.parent.parent.relative_to(self.folder / "target"))].append(path)
        for series, manifests in whole.items():
            if (shard := int(series.rsplit("/", 1)[1])) in lost:
                self.assertEqual(len(manifests), 2, manifests)
                for path in manifests if shard == lost[0] else manifests[-1:]:
                    content = bytearray(path.read_bytes())
                    content[len(content) // 2] ^= 1
                    path.write_bytes(content)
        self.settles(self.posted)
        after = self.from_where()
        self.assertEqual(after["log"] - sources["log"], 1, after)
        self.assertEqual(after["checkpoint"] - sources["checkpoint"], len(lost) - 1, after)
        self.assertEqual(self.counted("weir_checkpoints_refused_total") - refused, len(lost) + 1)
        self.counts_once()

    def test_f12_a_former_owner_that_wakes_up_harms_no_checkpoint(self):
        self.post(3 * CASES)
        sleeper = self.nodes[0]
        self.absent.add(sleeper)
        sleeper.process.send_signal(signal.SIGSTOP)
        try:
            self.settles(self.posted)
            self.post(3 * CASES)
            kept = self.kept()
        finally:
            sleeper.process.send_signal(signal.SIGCONT)
        self.absent.clear()
        self.settles(self.posted)
        time.sleep(3)
        self.weir("checkpoint", "verify")
        for shard, records in self.kept().items():
            self.assertGreaterEqual(records, kept[shard])
        self.counts_once()
        self.weir("checkpoint", "verify")

    def test_f25_an_owner_that_was_overtaken_publishes_nothing_until_it_takes_over_again(self):
        self.post(CASES)
        before = self.kept()
        fenced = self.counted("weir_checkpoints_fenced_total")
        for shard in (self.folder / "target").glob("*/*"):
            self.overtake(shard)
        events = [event(f"c{n}", "late", 700, id=f"e{self.posted + n}") for n in range(CASES)]
        self.assertEqual(self.call("POST", "/v1/events", events).status, 202)
        self.posted += CASES
        self.becomes(SHARDS, lambda: self.counted("weir_checkpoints_fenced_total") - fenced, lambda count: count)
        self.assertEqual(self.kept(), before)
        self.post(CASES)  # which waits for them to be in checkpoints
        self.weir("checkpoint", "verify")

    def overtake(self, series):
        """Takes it over as another owner would (state/checkpoint/series.hpp), and no more."""
        newest = max(int(path.name, 16) for path in (series / "claims").iterdir())
        found = [[int(part, 16) for part in path.name.split("-")] for path in (series / "manifests").iterdir()]
        claim = b"\1" + bytes([16]) + os.urandom(16) + bytes([len(found)])
        self.assertLess(max(number for pair in found for number in pair), 128)  # one byte each
        (series / "claims" / f"{newest + 1:016x}").write_bytes(claim + b"".join(bytes(pair) for pair in found))

    def test_a_shard_makes_no_data_folder(self):
        self.post(CASES)
        refused = self.weir("restore", "--data", self.folder / "new", status=1)
        self.assertIn("bad_request", refused.stderr)
        self.assertFalse((self.folder / "new").exists())


class LostNodeInS3(Checkpointed):
    @classmethod
    def target(cls):
        return cls.server.settings()

    @classmethod
    def setUpClass(cls):
        try:
            cls.server = S3Server()
        except Unavailable as why:
            raise unittest.SkipTest(f"skipped: {why}") from why
        cls.addClassCleanup(cls.server.remove)
        super().setUpClass()

    def test_its_shards_go_on_elsewhere_from_their_checkpoints(self):
        self.post(5 * CASES)
        lost = self.lose(self.nodes[0])
        before = self.from_where()
        self.settles(self.posted)
        self.assertEqual(self.from_where(), {**before, "checkpoint": before["checkpoint"] + len(lost)})
        self.weir("checkpoint", "verify")
        self.counts_once()


del Checkpointed, Cluster  # they have no tests of their own
