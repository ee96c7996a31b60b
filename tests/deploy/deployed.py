"""What the files of deploy/ say, and what the program says to it."""

import os
import re
import subprocess
import unittest
from pathlib import Path

import yaml
from dockerfile_parse import DockerfileParser
from running import BINARY, ROOT, WAIT_S_MAX, Node

DEPLOY = ROOT / "deploy"
IMAGE = DEPLOY / "image"
SIZES = {"Mi": 2**20, "MiB": 2**20, "Gi": 2**30, "GiB": 2**30}
MEMORY_BESIDE = 1.5  # so many times --memory-bytes is what a node is given at least


def documents(path):
    return [document for document in yaml.safe_load_all(path.read_text()) if document]


def bytes_of(text):
    """`1GiB` of Weir, `2Gi` of Kubernetes."""
    number, unit = re.fullmatch(r"(\d+)(\w+)", text).groups()
    return int(number) * SIZES[unit]


def variables_of(path):
    """A file of NAME=VALUE lines."""
    lines = (line.strip() for line in path.read_text().splitlines())
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


class Image:
    """The last stage of the Dockerfile."""

    def __init__(self):
        self.file = DockerfileParser(str(IMAGE / "Dockerfile"))
        stages = [number for number, step in enumerate(self.file.structure) if step["instruction"] == "FROM"]
        self.steps = self.file.structure[stages[-1]:]

    def values(self, instruction):
        return [step["value"] for step in self.steps if step["instruction"] == instruction]

    def value(self, instruction):
        (value,) = self.values(instruction)
        return value

    def variables(self):
        return dict(pair.split("=", 1) for value in self.values("ENV") for pair in value.split())

    def user(self):
        return tuple(map(int, self.value("USER").split(":")))


def serve_faults(variables):
    """What `weir serve` would find wrong with these variables, as the program says it; empty if nothing."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("WEIR_")}
    done = subprocess.run([BINARY, "doctor", "--data", "/nonexistent"], capture_output=True, text=True,
                          timeout=WAIT_S_MAX, env={**clean, **variables})
    if done.returncode == 2:  # a name that it does not know
        return done.stderr
    said = re.search(r"^(\S+) +configuration: (.*)", done.stdout, re.MULTILINE)
    return "" if said.group(1) == "ok" else said.group(2)


class WithServer(unittest.TestCase):
    """Tests of one class share a server."""

    @classmethod
    def setUpClass(cls):
        cls.node = Node()
        cls.addClassCleanup(cls.node.remove)
        cls.node.start()

    def metrics(self):
        return set(re.findall(r"^# TYPE (\w+)", self.node.call("GET", "/metrics").body.decode(), re.MULTILINE))

    def assert_answers(self, path):
        self.assertEqual(self.node.call("GET", path).status, 200, path)
