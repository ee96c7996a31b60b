"""An Apache Kafka broker of a test: deploy/broker/up and down, and what can befall one. Standard library only."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2] / "deploy" / "broker"


class Unavailable(Exception):
    """No broker can be had on this machine; says why."""


class Broker:
    """Started and stopped by the test; its data go with it. `jvm`: variables of deploy/broker/up."""

    def __init__(self, jvm=None):
        self.environment = {**os.environ, **(jvm or {})}
        self.folder = Path(tempfile.mkdtemp(prefix="weir-broker-"))
        self.address = None

    def start(self, *settings):
        """Also again, after a stop or a kill: with its data, on its port."""
        run = subprocess.run([SCRIPTS / "up", self.folder, *settings], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             text=True, check=False, env=self.environment)
        if run.returncode != 0:
            raise Unavailable(run.stderr.strip()[-300:])
        self.address = run.stdout.strip()
        return self

    def stop(self, *how):
        subprocess.run([SCRIPTS / "down", self.folder, *how], check=True)

    def kill(self):
        self.stop("--kill")

    def freeze(self):
        os.kill(self._pid(), signal.SIGSTOP)

    def thaw(self):
        os.kill(self._pid(), signal.SIGCONT)

    def lose_data(self):
        """As when it comes back with an empty disk. It must be stopped."""
        shutil.rmtree(self.folder / "data")

    def remove(self):
        self.stop("--kill")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _pid(self):
        return int((self.folder / "pid").read_text())

    # ---- its own tools

    def kcat(self, *arguments, given=None):
        """-> what Debian's kcat prints."""
        return subprocess.run(["kcat", "-b", self.address, *arguments], input=given, capture_output=True, check=True,
                              timeout=60).stdout

    def java_producer(self, topic, lines):
        """Sends (key, value) pairs by Apache Kafka's own console producer: the Java client and its partitioner."""
        text = "".join(f"{key}\t{value}\n" for key, value in lines)
        jars = SCRIPTS.parents[1] / "build" / "broker" / "jars"
        subprocess.run(["java", "-cp", f"{jars}/*", "org.apache.kafka.tools.ConsoleProducer", "--bootstrap-server",
                        self.address, "--topic", topic, "--property", "parse.key=true", "--property", "key.separator=\t"],
                       input=text.encode(), capture_output=True, check=True, timeout=120)
