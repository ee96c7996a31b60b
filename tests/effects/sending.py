"""A deliverer as a process, and what it says."""

import json
import os
import queue
import subprocess
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("TESTED_BUILD", ROOT / "build/release"))
PATIENCE = int(os.environ.get("TESTED_PATIENCE", "1"))
WAIT_S_MAX = 40 * PATIENCE
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def webhook(url, **more):
    return {"kind": "webhook", "url": url, "secrets": [SECRET], **more}


class Sender:
    """Ended by close(), or with the test. `under`: a command that starts it."""

    def __init__(self, *arguments, permit=("127.0.0.0/8",), total_ms=2000 * PATIENCE, under=()):
        command = [*under, BUILD / "effect_node", "--total-ms", str(total_ms), *arguments]
        for network in permit:
            command += ["--permit", network]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.said = queue.Queue()
        self.ends = {}  # id: what was said of each attempt
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.said.put(json.loads(line))

    def _write(self, line):
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()

    def _next(self, deadline):
        return self.said.get(timeout=max(0.0, deadline - time.monotonic()))

    def target(self, name, document):
        """-> its faults, as [pointer, detail]."""
        self._write({"target": name, "document": document})
        deadline = time.monotonic() + WAIT_S_MAX
        while "target" not in (said := self._next(deadline)):
            self._keep(said)
        return said["faults"]

    def send(self, effect, to, key=None, **more):
        self._write({"effect": effect, "to": to, "key": key or f"key-{effect}", **more})

    def _keep(self, said):
        self.ends.setdefault(said["ended"], []).append(said)

    def wait_for(self, effect, attempts=1):
        """-> what was said of its attempts, when there are so many or it is settled."""
        deadline = time.monotonic() + WAIT_S_MAX
        while not self._is_done(effect, attempts):
            self._keep(self._next(deadline))
        return self.ends[effect]

    def _is_done(self, effect, attempts):
        ends = self.ends.get(effect, [])
        return len(ends) >= attempts or (ends and ends[-1]["outcome"] != "again")

    def close(self):
        """-> what it says at its end."""
        if self.process.poll() is None:
            self.process.stdin.close()
            self.process.wait(WAIT_S_MAX)
        assert self.process.returncode == 0, self.process.returncode  # a sanitizer's finding among others
        self.reader.join()
        self.process.stdout.close()
        last = None
        while not self.said.empty():
            last = self.said.get()
        return last
