"""A disk of a test: an ext4 file system in a file, that can lose its power, fill up, or fail. Needs root and loop devices."""

import fcntl
import os
import shutil
import signal
import struct
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

SHUTDOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN
NO_LOG_FLUSH = 2  # what the journal has not written yet is lost, as when the power goes


def run(*command):
    """Skips the test where the machine does not permit the command."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise unittest.SkipTest(f"skipped: {' '.join(map(str, command))}: {done.stderr.strip()[-200:]}")


def stand_still(process):
    """From its return on, no thread of the process runs, but for the system call that it is in."""
    process.send_signal(signal.SIGSTOP)
    while Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] not in "TZ":
        time.sleep(0.001)


class DiskImage:
    """Mounted at `path` from the beginning."""

    def __init__(self, size="1G", *options):
        self.folder = Path(tempfile.mkdtemp(prefix="weir-disk-"))
        self.image, self.path = self.folder / "image", self.folder / "mounted"
        self.path.mkdir()
        try:
            run("truncate", "-s", size, self.image)
            run("mkfs.ext4", "-q", "-F", *options, self.image)
            self.mount()
        except unittest.SkipTest:
            self.remove()
            raise

    def mount(self, *options):
        run("mount", "-o", ",".join(("loop", *options)), self.image, self.path)

    def unmount(self):
        subprocess.run(["umount", self.path], check=True, capture_output=True)

    def lose_power(self, process):
        """From now on every write fails, and what was not flushed is gone after the next mount. The process, which writes
        there, loses its power before: what the kernel tells it of a sync that is under way may be a lie (on Linux 6.18 each
        fourth time, of a program that does nothing else), and it must not tell it on."""
        stand_still(process)
        folder = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.ioctl(folder, SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
        except OSError as why:
            raise unittest.SkipTest(f"skipped: EXT4_IOC_SHUTDOWN: {why}") from why
        finally:
            os.close(folder)

    def fill(self, left_bytes):
        """Puts a file that leaves so much."""
        disk = os.statvfs(self.path)
        filler = os.open(self.path / "filler", os.O_CREAT | os.O_WRONLY)
        try:
            os.posix_fallocate(filler, 0, max(disk.f_bavail * disk.f_frsize - left_bytes, 4096))
        finally:
            os.close(filler)

    def make_room(self):
        (self.path / "filler").unlink()

    def remove(self):
        subprocess.run(["umount", "-l", self.path], check=False, capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)
