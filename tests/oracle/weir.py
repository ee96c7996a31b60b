"""A Weir server as a process that can be killed, and a client that keeps trying. Standard library only."""

import http.client
import json
import os
import random
import re
import signal
import subprocess
import threading
import time
from urllib.parse import quote, urlencode

PATIENCE = int(os.environ.get("TESTED_PATIENCE", "1"))  # tests/run says how slow the build is
START_S_MAX = 30 * PATIENCE
REQUEST_S_MAX = 60 * PATIENCE
RETRIES_S_MAX = 60 * PATIENCE
ADDRESS = re.compile(r"(\d{1,3}(?:\.\d{1,3}){3}):(\d+)")


def environment(settings=None):
    """Of a `weir` that a test starts, with these settings."""
    return {**os.environ, **{f"WEIR_{name.upper()}": str(value) for name, value in (settings or {}).items()}}


class Server:
    """`weir serve` on a data folder of its own. Started, killed and stopped by the test; never left behind."""

    def __init__(self, weir, folder, shards, **settings):
        self.weir, self.folder, self.shards, self.settings = str(weir), folder, shards, settings
        self.process = self.address = None
        self.under = ()  # a program that runs the server, with its arguments
        self.victim = None  # the process that kill() ended last

    def start(self):
        """Returns when the server is ready."""
        command = [*self.under, self.weir, "serve", "--data", str(self.folder / "data"), "--listen", "127.0.0.1:0"]
        with open(self.folder / "stderr.log", "ab") as errors:
            self.process = subprocess.Popen(
                [*command, "--shards", str(self.shards)], stdout=subprocess.PIPE, stderr=errors, text=True,
                env=environment(self.settings),
            )
        self.address = self._read_address()
        self._wait_ready()

    def _read_address(self):
        """From the first line of stdout that names one; the rest is drained, so that no pipe fills up."""
        watchdog = threading.Timer(START_S_MAX, self.process.kill)
        watchdog.start()
        try:
            for line in self.process.stdout:
                if found := ADDRESS.search(line):
                    threading.Thread(target=self.process.stdout.read, daemon=True).start()
                    return found.group(1), int(found.group(2))
        finally:
            watchdog.cancel()
        raise RuntimeError(f"the server did not print its address; its last words:\n{self.last_words()}")

    def _wait_ready(self):
        deadline = time.monotonic() + START_S_MAX
        while time.monotonic() < deadline and self.process.poll() is None:
            connection = self.connect()
            try:
                connection.request("GET", "/readyz")
                if connection.getresponse().status == 200:
                    return
            except (OSError, http.client.HTTPException):
                pass
            finally:
                connection.close()
            time.sleep(0.02)
        raise RuntimeError(f"the server ended, or is not ready after {START_S_MAX} s:\n{self.last_words()}")

    def connect(self):
        return http.client.HTTPConnection(*self.address, timeout=REQUEST_S_MAX)

    def last_words(self):
        return (self.folder / "stderr.log").read_text(errors="replace")[-2000:]

    def kill(self):
        victim = self.victim = self.process  # a reviver may put another in its place while this one is awaited
        victim.send_signal(signal.SIGKILL)
        victim.wait()

    def revive(self):
        """Starts it again if it was killed, also when the next kill meets it while it recovers; a server that ended by
        itself is a failure of the test."""
        while self.process.poll() is not None:
            if self.process is not self.victim:
                raise RuntimeError(f"the server ended with {self.process.returncode}:\n{self.last_words()}")
            try:
                self.start()
            except RuntimeError:
                if self.process is not self.victim:
                    raise

    def stop(self):
        """A clean stop. -> its exit code."""
        if self.process is None or self.process.poll() is not None:
            return None
        self.process.terminate()
        try:
            return self.process.wait(timeout=START_S_MAX)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def token(self, workspace="oracle", role="admin"):
        command = [self.weir, "token", "--data", str(self.folder / "data"), "--workspace", workspace, "--role", role]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=START_S_MAX,
                              env=environment()).stdout.strip()


class Assassin:
    """Kills the server at random moments of the requests that it is told of, so many times in all."""

    def __init__(self, server, kills, requests, seed):
        self.server, self.draw = server, random.Random(seed)
        self.marked = set(self.draw.sample(range(requests), min(kills, requests)))
        self.typical_s = 0.02

    def watch(self, number):
        """Call before request `number`: arms the kill if it is marked. -> a timer to join, or None."""
        if number not in self.marked:
            return None
        timer = threading.Timer(self.draw.uniform(0, 1.5 * self.typical_s), self.server.kill)
        timer.start()
        return timer

    def learn(self, seconds):
        self.typical_s = 0.8 * self.typical_s + 0.2 * seconds


class Answer:
    """Status, headers and JSON body of a response."""

    def __init__(self, method, path, status, headers, body):
        self.method, self.path, self.status, self.headers = method, path, status, headers
        is_json = re.search("[/+]json", headers.get("content-type", "")) is not None
        self.body = json.loads(body) if body and is_json else body

    def __repr__(self):
        return f"{self.method} {self.path} -> {self.status} {str(self.body)[:400]}"


class Client:
    """Sends with one credential, again and again while the server is down or asks for patience. `check` sees every
    answer."""

    def __init__(self, server, token, check=lambda answer: None):
        self.server, self.token, self.check = server, token, check
        self.connection = None

    def send(self, method, path, body=None, content_type="application/json"):
        """-> the Answer, also one that refuses. Raises when the server cannot be reached for RETRIES_S_MAX."""
        deadline = time.monotonic() + RETRIES_S_MAX
        while True:
            try:
                answer = self._once(method, path, body, content_type)
                if answer.status not in (429, 503) or time.monotonic() > deadline:
                    self.check(answer)
                    return answer
                time.sleep(0.05)
            except (OSError, http.client.HTTPException):
                self._drop()
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
                self.server.revive()

    def _once(self, method, path, body, content_type):
        if self.connection is None:
            self.connection = self.server.connect()
        headers = {"Authorization": f"Bearer {self.token}"}
        if body is not None:
            headers["Content-Type"] = content_type
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        named = {name.lower(): value for name, value in response.getheaders()}
        return Answer(method, path, response.status, named, response.read())

    def _drop(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def expect(self, statuses, method, path, body=None, content_type="application/json"):
        answer = self.send(method, path, body, content_type)
        if answer.status not in statuses:
            raise RuntimeError(f"{answer}; expected {statuses}")
        return answer

    def view(self, process, name, **parameters):
        """One view of a process."""
        given = urlencode({key: value for key, value in parameters.items() if value is not None})
        return self.expect((200,), "GET", f"/v1/processes/{quote(process, safe='')}/{name}?{given}").body

    def views(self, process, after=None, **parameters):
        """The answer in the oracle's shape; variants through all their pages."""
        found = {name: self.view(process, name, after=after, **parameters) for name in ("map", "kpis", "handover")}
        page = self.view(process, "variants", after=after, limit=500, **parameters)
        found["variants"] = {**page, "variants": list(page["variants"])}
        while page.get("next"):
            page = self.view(process, "variants", limit=500, cursor=page["next"], **parameters)
            found["variants"]["variants"] += page["variants"]
        return found
