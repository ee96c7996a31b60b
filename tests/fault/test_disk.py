"""Disks that lose their power, fail, fill up, or are slow (reliability, F3, F5 to F8, F11), under load with unique values.
TESTED_FULL: a hundred losses of power."""

import os
import shutil
import signal
import subprocess
import time
import unittest
from pathlib import Path

from checker import History
from disk_image import DiskImage
from faulty_node import Faults, memory_bytes
from running import WAIT_S_MAX


IS_FULL = bool(os.environ.get("TESTED_FULL"))
POWER_LOSSES = 100 if IS_FULL else 3
MIB = 1 << 20


class PowerLoss(Faults):
    def test_f3_what_was_acknowledged_outlives_the_power(self):
        disk = DiskImage()
        node = self.make_node(disk)
        history = History()
        for number in range(POWER_LOSSES):
            node.start()
            if number:
                self.check(node, history)
            loads = self.start_load(node, 2, history, f"{number}-")
            self.assertTrue(loads[0].wait_for_more(3 + number % 7))
            disk.lose_power(node.process)
            node.kill()
            self.break_off(loads)
            disk.unmount()
            disk.mount()
        node.start()
        self.check(node, history)
        print(f"F3: {POWER_LOSSES} losses of power, {len(history.acknowledged)} events acknowledged, of "
              f"{len(history.sent)} sent", flush=True)


class Failing(Faults):
    """System calls that fail, by strace."""

    def under_strace(self, *injected, **settings):
        if shutil.which("strace") is None:
            raise unittest.SkipTest("skipped: there is no strace")
        node = self.make_node(**settings)
        node.start()  # the folder is made in peace
        node.kill()
        options = [word for one in injected for word in ("-e", f"inject={one}")]
        names = ",".join(one.partition(":")[0] for one in injected)
        node.under = ("strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={names}", *options)
        return node

    def ends_and_recovers(self, *injected):
        node = self.under_strace(*injected)
        node.start()
        loads = self.start_load(node)
        self.assertNotEqual(self.wait_for_end(node), 0)
        self.assertIn("storage_failed", node.last_words())
        self.break_off(loads)
        node.under = ()
        node.start()
        self.check(node, loads[0].history)
        again = self.start_load(node, 1, loads[0].history, "again-")
        self.assertGreater(again[0].stop(), 0)
        self.check(node, loads[0].history)

    def test_f5_a_sync_fails(self):
        self.ends_and_recovers("fdatasync:error=EIO:when=20+")

    def test_f5_a_sync_fails_once_and_is_not_tried_again(self):
        self.ends_and_recovers("fdatasync:error=EIO:when=20")

    def test_f11_a_slow_disk_holds_producers_up_and_nothing_grows(self):
        node = self.under_strace("fdatasync:delay_exit=200000", memory_bytes=64 * MIB)
        node.start()
        loads = self.start_load(node, 8, per_body=500)
        time.sleep(5)
        peak = memory_bytes(node)
        for load in loads:
            load.stop()
        self.check(node, loads[0].history)
        print(f"F11: peak {peak // MIB} MiB of a server with 64 MiB for what grows, slowest answer "
              f"{max(load.slowest_s for load in loads):.1f} s", flush=True)
        self.assertLess(peak, 400 * MIB)


class FullDisk(Faults):
    def become(self, what, wanted):
        deadline = time.monotonic() + WAIT_S_MAX
        while what() != wanted:
            self.assertLess(time.monotonic(), deadline, f"{what()} does not become {wanted}")
            time.sleep(0.1)

    def test_f6_a_disk_that_fills_up_refuses_and_recovers_without_a_hand(self):
        disk = DiskImage()
        node = self.make_node(disk)
        node.start()
        loads = self.start_load(node)
        self.assertTrue(loads[0].wait_for_more(20))
        total = os.statvfs(disk.path).f_blocks * os.statvfs(disk.path).f_frsize
        disk.fill(total * 5 // 100)
        self.become(lambda: loads[0].last_answer.status, 503)
        self.assertEqual(loads[0].last_answer.body["code"], "storage_full")
        self.assertGreater(node.call("GET", "/v1/processes/default/kpis", token=node.token("w")).body["events"], 0)
        disk.make_room()
        for load in loads:
            load.stop()
        self.check(node, loads[0].history)

    def test_f6_a_disk_without_a_byte_left_ends_the_server_and_loses_nothing(self):
        disk = DiskImage()
        node = self.make_node(disk)
        node.start()
        loads = self.start_load(node, per_body=200)
        self.assertTrue(loads[0].wait_for_more(400))
        disk.fill(0)
        self.assertNotEqual(self.wait_for_end(node), -signal.SIGABRT)
        self.break_off(loads)
        disk.make_room()
        node.start()
        self.check(node, loads[0].history)

    def test_f7_no_inode_is_left(self):
        disk = DiskImage("1G", "-N", "512")
        node = self.make_node(disk)
        node.start()
        loads = self.start_load(node)
        self.assertTrue(loads[0].wait_for_more(20))
        taken = []
        while True:
            try:
                path = disk.path / f"inode{len(taken)}"
                path.touch()
                taken.append(path)
            except OSError:
                break
        self.assertTrue(loads[0].wait_for_more(20))  # the log is a file that is there
        node.kill()
        with self.assertRaises(RuntimeError):
            node.start()
        self.assertIn("No space left", node.last_words())
        self.break_off(loads)
        for path in taken:
            path.unlink()
        node.start()
        self.check(node, loads[0].history)

    def test_f8_the_file_system_becomes_read_only(self):
        disk = DiskImage("1G", "-e", "remount-ro")
        node = self.make_node(disk)
        node.start()
        loads = self.start_load(node)
        self.assertTrue(loads[0].wait_for_more(20))
        device = Path(subprocess.run(["findmnt", "-no", "SOURCE", disk.path], capture_output=True, text=True,
                                     check=True).stdout.strip()).name
        trigger = Path(f"/sys/fs/ext4/{device}/trigger_fs_error")
        try:
            trigger.write_text("a test\n")
        except OSError as why:
            raise unittest.SkipTest(f"skipped: {trigger}: {why}") from why
        self.assertNotEqual(self.wait_for_end(node), 0)
        self.assertIn("storage_failed", node.last_words())
        self.break_off(loads)
        disk.unmount()
        subprocess.run(["e2fsck", "-fy", disk.image], check=False, capture_output=True)
        disk.mount()
        node.start()
        self.check(node, loads[0].history)


class Limits(Faults):
    def test_f7_more_connections_than_descriptors(self):
        node = self.make_node()
        node.under = ("prlimit", "--nofile=96:96")
        node.start()
        loads = self.start_load(node, 1)
        self.assertTrue(loads[0].wait_for_more(5))
        idle = []
        for _ in range(150):
            connection = node.connect()
            try:
                connection.connect()
            except OSError:
                break
            idle.append(connection)
        time.sleep(0.5)
        self.assertIsNone(node.process.poll(), node.last_words())
        for connection in idle:
            connection.close()
        self.assertGreater(loads[0].stop(), 5)
        self.check(node, loads[0].history)

    def test_f7_files_may_not_grow(self):
        node = self.make_node()
        node.start()
        node.kill()
        node.under = ("prlimit", f"--fsize={256 << 10}")
        try:
            node.start()
            loads = self.start_load(node, per_body=200)
            self.assertNotEqual(self.wait_for_end(node), 0)
        finally:
            node.under = ()
        self.break_off(loads)
        node.start()
        self.check(node, loads[0].history)


del Faults  # it has no tests of its own
