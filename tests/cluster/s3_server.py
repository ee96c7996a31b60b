"""Versity's S3 server with one bucket, on a folder of its own. deploy/versitygw makes the program."""

import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from running import ROOT, WAIT_S_MAX

PROGRAM = ROOT / "build/tools/versitygw"


class Unavailable(Exception):
    pass


class S3Server:
    def __init__(self):
        if not PROGRAM.exists():
            raise Unavailable(f"{PROGRAM} is not there; deploy/versitygw makes it")
        self.folder = Path(tempfile.mkdtemp(prefix="weir-s3-"))
        for name in ("served/bucket", "sidecar"):
            (self.folder / name).mkdir(parents=True)
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = one.getsockname()[1]
        self.process = subprocess.Popen(
            [PROGRAM, "--port", f"127.0.0.1:{self.port}", "--access", "key", "--secret", "secret", "--quiet", "posix",
             "--sidecar", self.folder / "sidecar", self.folder / "served"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._wait_ready()

    def _wait_ready(self):
        deadline = time.monotonic() + WAIT_S_MAX
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        self.remove()
        raise Unavailable("the S3 server does not listen")

    def settings(self):
        """Of a `weir` that keeps its checkpoints there."""
        return {"checkpoints": "s3://bucket/weir", "s3_endpoint": f"http://127.0.0.1:{self.port}", "s3_access_key": "key",
                "s3_secret_key": "secret"}

    def remove(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
