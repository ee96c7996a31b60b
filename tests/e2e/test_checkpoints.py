"""Checkpoints, backup and restore: what is restored is a whole, and equals the batch answer over its own events."""

import json
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

from running import BINARY, WAIT_S_MAX, Node, event
from test_upgrade import timeless
from weir import environment

VIEWS = ("map", "variants")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def weir(*arguments, **settings):
    return subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, timeout=WAIT_S_MAX,
                          env=environment(settings))


class Producer:
    """Posts events of its own, one body after the other, until it is stopped."""

    def __init__(self, node):
        self.node, self.token, self.acknowledged, self.sent = node, node.token("w"), 0, 0
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self):
        while not self.stopping.is_set():
            batch = [event(f"c{n % 977}", f"a{n * 7 % 11}", n % 1_440, id=f"e{n}", resource=f"r{n % 5}")
                     for n in range(self.sent, self.sent + 200)]
            self.sent += len(batch)
            try:
                answer = self.node.call("POST", "/v1/events", batch, self.token)
            except OSError:
                continue  # it was killed: sent again by nobody, acknowledged by nobody
            if answer.status == 202:
                self.acknowledged += len(batch)

    def wait_for(self, count):
        deadline = time.monotonic() + WAIT_S_MAX
        while self.acknowledged < count and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.acknowledged

    def stop(self):
        self.stopping.set()
        self.thread.join()


class WithTarget(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="weir-e2e-")
        self.addCleanup(folder.cleanup)
        self.target = Path(folder.name, "target")

    def start(self, **settings):
        node = Node(**settings)
        self.addCleanup(node.remove)
        node.start()
        return node

    def weir(self, *arguments, status=0):
        done = weir(*arguments, checkpoints=self.target)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def listed(self):
        """Names of the checkpoints, oldest first."""
        return [line.split("\t")[0] for line in self.weir("checkpoint", "list").stdout.splitlines()]

    def wait_for_checkpoints(self, count):
        deadline = time.monotonic() + WAIT_S_MAX
        while len(names := self.listed()) < count:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)
        return names

    def restored(self, *which):
        """A running node on what was restored."""
        node = Node()
        self.addCleanup(node.remove)
        self.weir("restore", "--data", node.folder / "data", *which)
        node.start()
        return node

    def check_against_batch(self, node):
        """Every view is what `weir discover` makes of the node's own events. -> events"""
        token = node.token("w")
        node.stop()
        exported = node.folder / "exported.csv"
        done = weir("export", "--data", node.folder / "data", "--workspace", "w", "--output", exported)
        self.assertEqual(done.returncode, 0, done.stderr)
        batch = json.loads(weir("discover", exported, "--zone", "UTC").stdout)
        node.start()
        for view in VIEWS:
            live = timeless(node.call("GET", f"/v1/processes/default/{view}?limit=10000", token=token).body)
            wanted = timeless(batch[view])
            for key in wanted.keys() & live.keys() - {"process", "next", "variants"}:
                self.assertEqual(live[key], wanted[key], f"{view} {key}")
        return node.call("GET", "/v1/processes/default/kpis", token=token).body["events"]


class Backup(WithTarget):
    def test_of_a_running_node_is_one_moment_of_it(self):
        node = self.start()
        producer = Producer(node)
        self.addCleanup(producer.stop)
        before = producer.wait_for(3_000)
        self.weir("backup", "--data", node.folder / "data")
        after = producer.sent
        producer.stop()
        self.assertEqual(list((node.folder / "data/copies").iterdir()), [])
        restored = self.restored()
        events = self.check_against_batch(restored)
        self.assertGreaterEqual(events, before)
        self.assertLessEqual(events, after)
        # The same events again: what is there counts once.
        answer = restored.call("POST", "/v1/events", [event("c0", "a0", 0, id="e0", resource="r0")], restored.token("w"))
        kpis = restored.call("GET", f"/v1/processes/default/kpis?after={answer.body['position']}",
                             token=restored.token("w")).body
        self.assertEqual(kpis["events"], events)

    def test_of_a_folder_that_nobody_holds(self):
        node = self.start()
        token = node.token("w")
        node.call("POST", "/v1/events", [event(f"c{n}", "a", n) for n in range(500)], token)
        node.kill()
        self.weir("backup", "--data", node.folder / "data")
        restored = self.restored()
        self.assertEqual(self.check_against_batch(restored), 500)
        # Tokens of the node are good on the copy, and the node itself goes on.
        self.assertEqual(restored.call("GET", "/v1/processes", token=token).status, 200)
        node.start()
        self.assertEqual(self.check_against_batch(node), 500)

    def test_an_upload_under_way_goes_on_in_the_copy(self):
        node = self.start()
        token = node.token("w")
        rows = "".join(f"c{n % 5000},a{n % 7},2026-01-01T00:00:{n % 60:02}Z,{n}\n" for n in range(300_000))
        upload = node.call("POST", "/v1/uploads?process=default", "case_id,activity,timestamp,n\n" + rows, token)
        self.weir("backup", "--data", node.folder / "data")
        restored = self.restored()
        deadline = time.monotonic() + WAIT_S_MAX
        path = f"/v1/uploads/{upload.body['upload']}"
        while (found := restored.call("GET", path, token=token).body)["state"] != "done":
            self.assertLess(time.monotonic(), deadline, found)
            time.sleep(0.1)
        self.assertEqual((found["accepted"], found["rejected"]), (300_000, 0))

    def test_what_is_no_data_folder_is_refused(self):
        done = self.weir("backup", "--data", self.target / "none", status=1)
        self.assertIn("not_found", done.stderr)
        self.assertIn("not_found", self.weir("restore", "--data", self.target / "new", status=1).stderr)


class Checkpoints(WithTarget):
    def test_are_taken_under_load_and_each_restores(self):
        node = self.start(checkpoints=self.target, checkpoint_interval=1, checkpoints_kept=2)
        producer = Producer(node)
        self.addCleanup(producer.stop)
        producer.wait_for(2_000)
        first = self.wait_for_checkpoints(2)
        deadline = time.monotonic() + WAIT_S_MAX
        while first[0] in self.listed():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)
        producer.stop()
        node.kill()
        names = self.listed()
        self.assertLessEqual(len(names), 3)  # one may have been put and the oldest not yet be gone
        for name in names:
            self.weir("checkpoint", "verify", "--checkpoint", name)
            self.assertGreater(self.check_against_batch(self.restored("--checkpoint", name)), 0)
        # The node itself, whose log begins behind the oldest of them by now.
        node.start()
        self.assertGreaterEqual(self.check_against_batch(node), producer.acknowledged)

    def test_survive_a_kill_at_any_moment(self):
        node = self.start(checkpoints=self.target, checkpoint_interval=1, checkpoints_kept=1)
        producer = Producer(node)
        self.addCleanup(producer.stop)
        for n in range(6):
            self.wait_for_checkpoints(1)
            time.sleep(0.17 * n)
            node.kill()
            for name in self.listed():
                self.weir("checkpoint", "verify", "--checkpoint", name)
            node.start()
        producer.wait_for(1)
        known = self.listed()
        deadline = time.monotonic() + WAIT_S_MAX
        while set(self.listed()) <= set(known):  # one that holds something
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)
        producer.stop()
        self.assertGreater(self.check_against_batch(self.restored()), 0)
        self.assertGreaterEqual(self.check_against_batch(node), producer.acknowledged)

    def test_damage_is_told_and_nothing_is_made_of_it(self):
        node = self.start()
        node.call("POST", "/v1/events", [event(f"c{n}", "a", n) for n in range(500)], node.token("w"))
        self.weir("backup", "--data", node.folder / "data")
        largest = max((self.target / "backup/files").iterdir(), key=lambda path: path.stat().st_size)
        content = bytearray(largest.read_bytes())
        content[len(content) // 2] ^= 1
        largest.write_bytes(content)
        self.assertIn("checkpoint_damaged", self.weir("checkpoint", "verify", status=1).stderr)
        self.assertIn("checkpoint_damaged", self.weir("restore", "--data", self.target / "new", status=1).stderr)
        self.assertFalse((self.target / "new").exists())
        self.assertIn("not_found", self.weir("checkpoint", "verify", "--checkpoint", "node/9-9", status=1).stderr)

    def test_a_folder_with_something_in_it_stays_as_it_is(self):
        node = self.start()
        self.weir("backup", "--data", node.folder / "data")
        self.assertIn("name_taken", self.weir("restore", "--data", node.folder / "data", status=1).stderr)


class Damage(WithTarget):
    """A shard's state is damaged while the server is down, or found to be at work: it is made again, exactly."""

    def posted(self, **settings):
        node = self.start(shards=2, **settings)
        node.call("POST", "/v1/events", [event(f"c{n % 300}", f"a{n % 7}", n % 1_440, id=f"e{n}") for n in range(3_000)],
                  node.token("w"))
        self.assertEqual(self.check_against_batch(node), 3_000)
        return node

    def flip(self, path):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0x10
        path.write_bytes(content)

    def rebuilt(self, node):
        found = node.call("GET", "/metrics").body.decode()
        return next(line.split()[-1] for line in found.splitlines() if line.startswith("weir_shards_rebuilt "))

    def test_a_state_that_does_not_open_comes_from_the_log(self):
        node = self.posted()
        node.stop()
        self.flip(next((node.folder / "data/shards/1").glob("MANIFEST*")))
        node.start()
        self.assertEqual(self.rebuilt(node), "1")
        self.assertEqual(self.check_against_batch(node), 3_000)
        self.assertEqual(self.rebuilt(node), "0")
        self.assertTrue((node.folder / "data/damaged/1").is_dir())

    def test_a_state_whose_log_was_dropped_comes_from_a_checkpoint(self):
        node = self.posted(checkpoints=self.target, checkpoint_interval=1, checkpoints_kept=1)
        self.wait_for_checkpoints(1)
        newest = self.listed()[-1]
        while newest in self.listed():  # then the log was dropped below the next
            time.sleep(0.1)
        node.stop()
        self.flip(next((node.folder / "data/shards/0").glob("MANIFEST*")))
        node.start()
        self.assertEqual(self.rebuilt(node), "1")
        self.assertEqual(self.check_against_batch(node), 3_000)
        node.stop()
        self.flip(next((node.folder / "data/shards/0").glob("MANIFEST*")))
        self.target.rename(self.target.with_name("gone"))
        refused = subprocess.run([BINARY, "serve", "--data", str(node.folder / "data"), "--listen", "127.0.0.1:0",
                                  "--shards", "2"], capture_output=True, text=True, timeout=WAIT_S_MAX,
                                 env=environment())
        self.assertEqual(refused.returncode, 1)
        self.assertIn("state_damaged", refused.stderr)
        self.assertIn("no longer goes back to its beginning", refused.stderr)

    def test_a_table_found_damaged_at_work_ends_the_process_and_is_mended_by_the_next(self):
        node = self.posted()
        self.weir("backup", "--data", node.folder / "data")
        node.stop()
        (node.folder / "data").rename(node.folder / "former")
        self.weir("restore", "--data", node.folder / "data")  # its states lie in tables
        for table in (node.folder / "data/shards/1").glob("*.sst"):
            self.flip(table)
        try:
            node.start()
            late = [event(f"c{n}", "late", 7, id="late") for n in range(300)]
            node.call("POST", "/v1/events", late, node.token("w"))
            node.process.wait(timeout=WAIT_S_MAX)
        except (OSError, RuntimeError):
            pass  # it may end before it answers, or before it is ready
        node.process.wait(timeout=WAIT_S_MAX)
        self.assertTrue((node.folder / "data/shards/1.damaged").exists(), node.last_words())
        node.start()
        self.assertEqual(self.rebuilt(node), "1")
        self.assertGreaterEqual(self.check_against_batch(node), 3_000)


class Doctor(WithTarget):
    def examine(self, node, *more, **settings):
        """-> the exit code, and what it says by subject."""
        done = weir("doctor", "--data", node.folder / "data", *more, **settings)
        found = {}
        for line in done.stdout.splitlines():
            if not line.startswith(" "):
                severity, _, rest = line.partition(" ")
                found[rest.strip().split(":")[0]] = (severity, line)
        return done.returncode, found

    def test_finds_a_healthy_node_healthy_also_while_it_serves(self):
        node = self.start(shards=2)
        node.call("POST", "/v1/events", [event(f"c{n}", "a", n) for n in range(500)], node.token("w"))
        self.weir("backup", "--data", node.folder / "data")
        for _ in range(2):
            code, found = self.examine(node, "--thorough", checkpoints=self.target)
            self.assertEqual(code, 0, found)
            for subject in ("log", "state of shard 0", "state of shard 1", "checkpoints of backup", "configuration"):
                self.assertEqual(found[subject][0], "ok", found)
            node.stop()
        self.assertEqual(list((node.folder / "data/copies").iterdir()), [])

    def test_names_what_is_damaged(self):
        node = self.start(shards=2)
        node.call("POST", "/v1/events", [event(f"c{n}", "a", n) for n in range(2_000)], node.token("w"))
        self.weir("backup", "--data", node.folder / "data")
        node.stop()
        self.weir("restore", "--data", node.folder / "copy")  # whose states lie in tables
        (node.folder / "data").rename(node.folder / "former")
        (node.folder / "copy").rename(node.folder / "data")
        table = max((node.folder / "data/shards/1").glob("*.sst"), key=lambda path: path.stat().st_size)
        content = bytearray(table.read_bytes())
        content[len(content) // 2] ^= 1
        table.write_bytes(content)
        code, found = self.examine(node, "--thorough")
        self.assertEqual(code, 1)
        self.assertEqual(found["state of shard 1"][0], "FAILURE", found)
        self.assertEqual(found["state of shard 0"][0], "ok", found)
        self.assertEqual(found["checkpoints"][0], "WARNING", found)

    def test_names_documents_whose_secrets_do_not_open(self):
        node = self.start(shards=2)
        token, secret = node.token("w"), {"kind": "webhook", "url": "https://ops.example/hook", "secrets": [SECRET]}
        for name in ("ops", "lead"):
            position = node.call("PUT", f"/v1/targets/{name}", secret, token).body["position"]
        node.call("GET", f"/v1/targets?after={position}", token=token)
        node.stop()
        self.assertEqual(self.examine(node)[1]["secrets of w"][0], "ok")
        key = node.folder / "data/documents.key"
        kept = key.read_bytes()
        for lost in (bytes(32), None):
            with self.subTest(lost=lost):
                key.unlink()
                if lost:
                    key.touch(mode=0o600)
                    key.write_bytes(lost)
                code, found = self.examine(node)
                self.assertEqual((code, found["secrets of w"][0]), (1, "FAILURE"), found)
                self.assertIn("targets/lead targets/ops", found["secrets of w"][1])
                self.assertEqual(key.exists(), lost is not None, "a doctor changes nothing")
                key.touch(mode=0o600)
        key.write_bytes(kept)
        self.assertEqual(self.examine(node)[1]["secrets of w"][0], "ok")

    def test_names_wrong_settings_and_missing_folders(self):
        node = Node()
        self.addCleanup(node.remove)
        code, found = self.examine(node, listen="nowhere")
        self.assertEqual(code, 1)
        self.assertEqual(found["configuration"][0], "FAILURE")
        self.assertEqual(found["data folder"][0], "FAILURE")
