"""A running server and what a test asks of it."""

import http.client
import json
import os
import shutil
import ssl
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from contract import Contract
from weir import PATIENCE, Answer, Server, environment

ROOT = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("TESTED_BINARY", str(ROOT / "build/release/weir"))
WAIT_S_MAX = 30 * PATIENCE


class Node(Server):
    """A server of a test, with a data folder that goes with it."""

    def __init__(self, shards=4, **settings):
        super().__init__(BINARY, Path(tempfile.mkdtemp(prefix="weir-e2e-")), shards, **settings)
        self.contract = None

    def start(self):
        super().start()
        if self.contract is None and self.settings.get("role") != "worker":
            self.contract = Contract(self.call("GET", "/openapi.json").body)

    def connect(self):
        if "tls_cert" in self.settings:
            trusting = ssl.create_default_context(cafile=self.settings["tls_cert"])
            return http.client.HTTPSConnection(*self.address, timeout=WAIT_S_MAX, context=trusting)
        return http.client.HTTPConnection(*self.address, timeout=WAIT_S_MAX)

    def call(self, method, path, body=None, token=None, **headers):
        """One request on a connection of its own; names of headers are written with underscores. -> Answer"""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            named["authorization"] = f"Bearer {token}"
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            named.setdefault("content-type", "application/json")
        connection = self.connect()
        try:
            connection.request(method, path, body, named)
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            answer = Answer(method, path, response.status, found, response.read())
        finally:
            connection.close()
        if self.contract and path.startswith("/v1/") and answer.status not in (404, 405):
            self.contract(answer)
        return answer

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def bytes_at_rest(self, needle):
        """Files of the node, wherever it keeps them, in which the bytes stand."""
        return [str(path.relative_to(self.folder)) for path in self.folder.rglob("*")
                if path.is_file() and needle in path.read_bytes()]


class WithNode(unittest.TestCase):
    """Tests of one class share a server; each has a workspace of its own."""

    settings = {}
    node = None

    @classmethod
    def setUpClass(cls):
        cls.node = Node(**cls.settings)
        cls.addClassCleanup(cls.node.remove)
        cls.node.start()

    def setUp(self):
        self.workspace = self.id().rpartition(".")[2].lower()[:64]
        self.token = self.node.token(self.workspace)

    def as_role(self, role):
        return self.node.token(self.workspace, role)

    def call(self, method, path, body=None, token=None, **headers):
        return self.node.call(method, path, body, token or self.token, **headers)

    def expect(self, status, method, path, body=None, token=None, **headers):
        answer = self.call(method, path, body, token, **headers)
        self.assertEqual(answer.status, status, answer)
        return answer

    def refused(self, code, status, method, path, body=None, token=None, **headers):
        answer = self.expect(status, method, path, body, token, **headers)
        self.assertEqual(answer.body["code"], code, answer)
        return answer

    def post(self, events, process=None):
        """-> the position behind the events."""
        given = [{**event, **({"process": process} if process else {})} for event in events]
        return self.expect(202, "POST", "/v1/events", given).body["position"]

    def view(self, name, after=None, process="default", more=""):
        path = f"/v1/processes/{process}/{name}?{more}"
        if after:
            path += f"&after={after}" if more else f"after={after}"
        deadline = time.monotonic() + WAIT_S_MAX
        while time.monotonic() < deadline:
            answer = self.call("GET", path.rstrip("?"))
            if answer.status != 503 or answer.body.get("code") != "not_caught_up":
                break  # as the contract says: on not_caught_up, ask again
        self.assertEqual(answer.status, 200, answer)
        return answer.body

    def edges(self, after=None, process="default", more=""):
        found = self.view("map", after, process, more)
        return {(edge["from"], edge["to"]): edge["count"] for edge in found["edges"]}

    def upload(self, content, process="default", more="", state="done", **headers):
        """Sends a file and waits until it is read. -> the upload."""
        path = f"/v1/uploads?process={process}{more}"
        upload = self.expect(202, "POST", path, content, **headers).body["upload"]
        return self.wait_for_upload(upload, state)

    def wait_for_upload(self, upload, state="done"):
        deadline = time.monotonic() + WAIT_S_MAX
        while time.monotonic() < deadline:
            found = self.expect(200, "GET", f"/v1/uploads/{upload}").body
            if found["state"] == state:
                return found
            self.assertIn(found["state"], ("waiting", "reading"), found)
            time.sleep(0.05)
        self.fail(f"{found} is not {state} after {WAIT_S_MAX} s")

    def command(self, *arguments, token=None):
        """Runs `weir`. -> the finished process."""
        return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=WAIT_S_MAX,
                              env=environment({"token": token or self.token}))

    def url(self):
        return "http://%s:%d" % self.node.address


def event(case_id, activity, minute, **more):
    """An event of the 1st of January 2026."""
    return {"case_id": case_id, "activity": activity,
            "timestamp": f"2026-01-01T{minute // 60:02}:{minute % 60:02}:00Z", **more}
