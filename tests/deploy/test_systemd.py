"""The systemd unit: as systemd reads it, with what the server really asks of the kernel, and what it tells systemd."""

import configparser
import re
import shutil
import socket
import subprocess
import tempfile
import unittest
from pathlib import Path

from deployed import DEPLOY, serve_faults
from running import BINARY, PATIENCE, Node, event

FOLDER = DEPLOY / "systemd"
ANALYZE = shutil.which("systemd-analyze")
EXPOSURE_MAX = 20  # of 100: the host's network, which it is there for, is 10 of these
STRACE = shutil.which("strace")


class Unit(configparser.RawConfigParser):
    """A unit in which a key may come several times."""

    class Several(dict):
        def __setitem__(self, key, value):
            if isinstance(value, list) and key in self:
                self[key].extend(value)
            else:
                super().__setitem__(key, value)

    optionxform = staticmethod(str)

    def __init__(self, path):
        super().__init__(strict=False, dict_type=Unit.Several, delimiters=("=",))
        self.read_string(path.read_text())

    def values(self, key):
        return self.get("Service", key).split("\n")


def unit_with(binary, folder):
    """The unit, with a binary that is there."""
    path = Path(folder, "weir.service")
    path.write_text((FOLDER / "weir.service").read_text().replace("/usr/bin/weir", str(binary)))
    return path


def started_by(command, folder):
    """A server that is started by a command before its own, and its commands beside it without."""
    starter = Path(folder, "weir")
    starter.write_text(f'#!/bin/sh\n{command} {BINARY} "$@"\n')
    starter.chmod(0o755)
    node = Node()
    node.weir = str(starter)
    node.start()
    node.weir = BINARY
    return node


def system_calls(group):
    """What a group such as @clock stands for."""
    lines = subprocess.run([ANALYZE, "syscall-filter", group], check=True, capture_output=True, text=True).stdout
    names = {line.strip() for line in lines.splitlines()[1:] if line.startswith(" ") and "#" not in line}
    return {call for name in names for call in (system_calls(name) if name.startswith("@") else {name})}


def allowed_calls(filters):
    """As systemd adds up several SystemCallFilter lines of which the first allows."""
    allowed = set()
    for line in filters:
        takes_away = line.startswith("~")
        for name in line.removeprefix("~").split():
            calls = system_calls(name) if name.startswith("@") else {name}
            allowed = allowed - calls if takes_away else allowed | calls
    return allowed | system_calls("@default")


@unittest.skipUnless(ANALYZE, "systemd-analyze is not installed")
class AsSystemdReadsIt(unittest.TestCase):
    def test_it_verifies(self):
        with tempfile.TemporaryDirectory(prefix="weir-deploy-") as folder:
            done = subprocess.run([ANALYZE, "verify", "--man=no", str(unit_with(BINARY, folder))], capture_output=True,
                                  text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_its_exposure_is_low(self):
        done = subprocess.run([ANALYZE, "security", "--offline=true", f"--threshold={EXPOSURE_MAX}",
                               str(FOLDER / "weir.service")], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout[-3000:] + done.stderr)

    @unittest.skipUnless(STRACE, "strace is not installed")
    def test_every_system_call_of_a_serving_node_is_allowed(self):
        with tempfile.TemporaryDirectory(prefix="weir-deploy-") as folder:
            node = started_by(f"exec {STRACE} -f -qq -e signal=none -o {folder}/calls", folder)
            self.addCleanup(node.remove)
            token = node.token("w")
            node.call("POST", "/v1/events", [event(f"c{n}", "a", n) for n in range(200)], token)
            node.call("POST", "/v1/uploads?process=p", "case_id,activity,timestamp\n1,a,2026-01-01T00:00:00Z\n", token,
                      content_type="text/csv")
            for path in ("/metrics", "/v1/processes/orders/map", "/"):
                node.call("GET", path, token=token)
            node.stop()
            trace = Path(folder, "calls").read_text()
        called = set(re.findall(r"^\d+ +(\w+)\(", trace, re.MULTILINE))
        self.assertIn("fdatasync", called)
        self.assertEqual(called - allowed_calls(Unit(FOLDER / "weir.service").values("SystemCallFilter")), set())


class AsTheProgramDoes(unittest.TestCase):
    def setUp(self):
        self.unit = Unit(FOLDER / "weir.service")

    def seconds(self, key):
        number, unit = re.fullmatch(r"(\d+)(s|min)", self.unit.get("Service", key)).groups()
        return int(number) * (60 if unit == "min" else 1)

    def test_the_program_takes_its_settings(self):
        self.assertEqual(serve_faults(dict(line.split("=", 1) for line in self.unit.values("Environment"))), "")

    def test_it_waits_until_the_server_has_drained(self):
        self.assertGreaterEqual(self.seconds("TimeoutStopSec"), 20 + 20)

    def test_the_server_says_that_it_is_ready_alive_and_stopping(self):
        self.assertEqual(self.unit.get("Service", "Type"), "notify")
        with tempfile.TemporaryDirectory(prefix="weir-deploy-") as folder, \
                socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(f"{folder}/notify")
            manager.settimeout(self.seconds("WatchdogSec") / 2)  # as systemd asks of a service
            node = started_by(f"NOTIFY_SOCKET={folder}/notify exec", folder)
            self.addCleanup(node.remove)
            heard = [manager.recv(64) for _ in range(3)]
            node.stop()
            heard.append(b"")
            while heard[-1] != b"STOPPING=1":
                heard.append(manager.recv(64))
        self.assertEqual(heard[:3], [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"])

    @unittest.skipUnless(shutil.which("systemd-sysusers"), "systemd is not installed")
    def test_it_installs_under_a_root_of_its_own(self):
        with tempfile.TemporaryDirectory(prefix="weir-deploy-") as root:
            done = subprocess.run([str(FOLDER / "install"), root, BINARY], capture_output=True, text=True,
                                  timeout=60 * PATIENCE)
            self.assertEqual(done.returncode, 0, done.stderr)
            binary = self.unit.get("Service", "ExecStart").split()[0]
            self.assertTrue(Path(root + binary).stat().st_mode & 0o111)
            self.assertTrue(Path(root, "usr/lib/systemd/system/weir.service").exists())
            self.assertIn(self.unit.get("Service", "User") + ":", Path(root, "etc/passwd").read_text())
            settings = Path(root + self.unit.get("Service", "EnvironmentFile").removeprefix("-"))
            self.assertEqual(settings.stat().st_mode & 0o777, 0o600)
