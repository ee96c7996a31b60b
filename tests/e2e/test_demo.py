"""`weir demo`: something lives within seconds, its dial works, it goes on where it stopped, and leaves nothing behind."""

import re
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from running import BINARY, WAIT_S_MAX, Node, WithNode
from weir import environment

FIRST_MAP_S_MAX = 10
DASHBOARD = re.compile(r"^dashboard http://([\d.]+):(\d+)(?:/#sign-in=(\S+))?$")
COMMAND = re.compile(r"^(token|again)     (\S+ (?:token|user link) [^(]*)")
PASSWORD = re.compile(r"^sign in   admin, with the password (\S+)$")


class Demo(Node):
    """A `weir demo`; its temporary files lie in a folder of the test's."""

    def __init__(self, *flags):
        super().__init__(shards=4)
        self.flags, self.bearer, self.password, self.link, self.commands = flags, None, None, None, {}
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir()

    def _read_address(self):
        for line in self.process.stdout:
            if found := PASSWORD.match(line):
                self.password = found.group(1)
            if found := COMMAND.match(line):
                self.commands[found.group(1)] = found.group(2).split()
            if found := DASHBOARD.match(line):
                self.link = found.group(3)
                self.bearer = self.run("token")
                return found.group(1), int(found.group(2))
        raise RuntimeError(f"no dashboard was announced; the last words:\n{self.last_words()}")

    def start(self):
        command = [BINARY, "demo", "--listen", "127.0.0.1:0", "--shards", "4", *self.flags]
        with open(self.folder / "stderr.log", "ab") as errors:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True,
                                            env={**environment(), "TMPDIR": str(self.temporary)})
        self.address = self._read_address()
        self._wait_ready()

    def run(self, name):
        """-> what the command that was printed under this name prints."""
        done = subprocess.run(self.commands[name], capture_output=True, text=True, check=True, timeout=WAIT_S_MAX,
                              env=environment())
        return done.stdout.strip()

    def ask(self, path):
        answer = self.call("GET", path, token=self.bearer)
        assert answer.status == 200, answer
        return answer.body

    def state(self):
        return self.ask("/v1/demo")

    def events(self, process="default"):
        return self.ask(f"/v1/processes/{process}/kpis")["events"]


def wait_until(condition, what, seconds=WAIT_S_MAX):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not after {seconds} s")
        time.sleep(0.05)


def log_of(rows, folder):
    """A CSV file of cases with three events each."""
    path = Path(folder, "log.csv")
    lines = (f"c{n // 3},{'abc'[n % 3]},2001-02-{1 + n // 300 % 28:02}T{n // 60 % 5:02}:{n % 60:02}:00Z" for n in range(rows))
    path.write_text("case_id,activity,timestamp\n" + "\n".join(lines) + "\n")
    return str(path)


class Company(unittest.TestCase):
    def test_a_map_within_seconds_that_grows_and_nothing_left_behind(self):
        demo = Demo()
        self.addCleanup(demo.remove)
        demo.start()
        for process in ("orders", "support", "loans"):
            wait_until(lambda: demo.ask(f"/v1/processes/{process}/map")["edges"], process, FIRST_MAP_S_MAX)
        admin = {"user": "admin", "password": demo.password}
        self.assertEqual(demo.call("POST", "/v1/session", admin).body["role"], "admin")
        link = {"link": demo.link}
        self.assertEqual(demo.call("POST", "/v1/session", link).body["role"], "admin")
        self.assertEqual(demo.call("POST", "/v1/session", link).status, 401, "good once")
        another = demo.run("again").removeprefix("/#sign-in=")
        self.assertEqual(demo.call("POST", "/v1/session", {"link": another}).status, 201)
        for secret in (demo.password, demo.link, another):
            self.assertEqual(demo.bytes_at_rest(secret.encode()), [])
        before = demo.events("orders")
        wait_until(lambda: demo.events("orders") > before, "orders grow")
        self.assertGreater(demo.ask("/v1/processes/orders/kpis")["completed"], 0)
        self.assertEqual(len(list(demo.temporary.iterdir())), 1)
        self.assertEqual(demo.stop(), 0)
        self.assertEqual(list(demo.temporary.iterdir()), [])


    def test_the_next_removes_what_a_killed_one_left(self):
        demo = Demo()
        self.addCleanup(demo.remove)
        demo.start()
        demo.kill()
        left, = demo.temporary.iterdir()
        demo.start()
        self.assertFalse(left.exists())
        self.assertEqual(len(list(demo.temporary.iterdir())), 1)


class Replay(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def demo(self, *flags):
        demo = Demo(*flags)
        self.addCleanup(demo.remove)
        demo.start()
        return demo

    def change(self, demo, body, status=200, token=None):
        answer = demo.call("PUT", "/v1/demo", body, token or demo.bearer)
        self.assertEqual(answer.status, status, answer)
        return answer.body

    def test_the_dial(self):
        demo = self.demo("--log", log_of(30_000, self.folder.name), "--process", "p")
        self.assertEqual(demo.ask("/v1/processes/p/map")["process"], "p")
        wait_until(lambda: demo.events("p") >= 3_000, "a tenth is there at once")
        self.assertEqual(demo.state()["total"], 30_000)
        paused = self.change(demo, {"paused": True})
        self.assertEqual((paused["speed"], paused["paused"]), (1, True))
        posted = demo.state()["posted"]
        time.sleep(0.5)
        self.assertEqual(demo.state()["posted"], posted)
        self.assertEqual(self.change(demo, {"paused": False, "speed": 20})["speed"], 20)
        wait_until(lambda: demo.events("p") > posted + 500, "it goes on, faster")
        for wrong in ({"speed": 0}, {"speed": 20.5}, {"speed": "1"}, {"paused": 1}, {"sped": 1}, [], {"speed": None}):
            self.assertTrue(self.change(demo, wrong, 422)["faults"], wrong)
        self.assertIn("demo.put", [entry["action"] for entry in demo.ask("/v1/audit")["entries"]])
        case = demo.ask("/v1/processes/p/cases?limit=1")["cases"][0]
        self.assertGreater(case["ended"], "2026", "as if it happened now")

    def test_it_goes_on_where_it_was_killed(self):
        data = Path(self.folder.name, "data")
        flags = ("--data", str(data), "--log", log_of(20_000, self.folder.name), "--speed", "20")
        demo = self.demo(*flags)
        wait_until(lambda: demo.events() > 2_500, "it has begun")
        demo.kill()
        demo.password = None
        demo.start()
        self.assertIsNone(demo.password, "the admin is there already")
        seen = demo.state()["posted"]
        wait_until(lambda: demo.state()["posted"] > seen + 1_000, "it goes on")
        self.change(demo, {"paused": True})
        posted = demo.state()["posted"]
        wait_until(lambda: demo.events() == posted, f"{posted} events, each once")
        self.assertEqual(demo.ask("/v1/dead-letters")["dead_letters"], [])
        self.assertEqual(demo.stop(), 0)
        self.assertTrue((data / "format").exists(), "a folder that was given stays")
        other = log_of(30, self.folder.name)
        done = subprocess.run([BINARY, "demo", "--listen", "127.0.0.1:0", "--shards", "4", "--data", str(data), "--log", other],
                              capture_output=True, text=True, timeout=WAIT_S_MAX, env=environment())
        self.assertEqual(done.returncode, 1)
        self.assertIn("another demo", done.stderr)

    def test_what_cannot_be_shown_is_refused(self):
        log = log_of(3, self.folder.name)
        for flags, code in ((("--log", "/nothing/there"), 1), (("--speed", "21"), 2), (("--log", log, "--zone", "Mars"), 1)):
            with self.subTest(flags):
                done = subprocess.run([BINARY, "demo", "--listen", "127.0.0.1:0", *flags], capture_output=True, text=True,
                                      timeout=WAIT_S_MAX, env=environment())
                self.assertEqual(done.returncode, code, done.stderr)


class NoDemo(WithNode):
    def test_a_server_says_that_it_shows_none(self):
        self.assertEqual(self.expect(200, "GET", "/v1/demo").body, {"active": False})
        self.refused("not_found", 404, "PUT", "/v1/demo", {"paused": True})
        self.refused("forbidden", 403, "PUT", "/v1/demo", {"paused": True}, token=self.as_role("viewer"))
