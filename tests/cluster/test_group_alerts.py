"""Alerts in a group: whoever owns a case tells of it, once, also when a node dies or stands still beyond the group's time-out
and comes back with what it believed to own."""

import signal
import sys
import time
from collections import defaultdict
from datetime import datetime, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "effects"))

from cluster import NODES, TIMEOUT_S, Cluster  # noqa: E402
from receivers import Receiver, json_of, says  # noqa: E402
from running import WAIT_S_MAX  # noqa: E402

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
CASES = 120
POLICY = {"metrics": {"answer": {"start": {"path": "activity", "op": "eq", "value": "asked"},
                                 "stop": {"path": "activity", "op": "eq", "value": "answered"}}},
          "notify": ["ops"], "targets": [{"name": "all", "promises": {"answer": "4s"}}]}


def event(case):
    return {"case_id": case, "activity": "asked", "timestamp": datetime.now(timezone.utc).isoformat()}


class Telling(Cluster):
    """A group with a target, and what documents it is to tell of."""

    documents = {}

    @classmethod
    def more_settings(cls):
        return {"private_networks": "127.0.0.0/8"}

    def setUp(self):
        super().setUp()
        self.receiver = Receiver(says(200))
        self.addCleanup(self.receiver.close)
        self.settles(0)
        target = {"kind": "webhook", "url": self.receiver.url, "secrets": [SECRET]}
        for path, document in {"targets/ops": target, **self.documents}.items():
            self.wait_until(lambda path=path, document=document: self.ask(self.nodes[1], "PUT", f"/v1/{path}", document) == 200)
        for path in self.documents:
            for node in self.nodes:
                self.wait_until(lambda node=node, path=path: self.ask(node, "GET", f"/v1/{path}") == 200)
        time.sleep(1)  # in force, from a tick on

    def ask(self, node, method, path, body=None):
        return node.call(method, path, body, self.token).status

    def wait_until(self, is_so):
        deadline = time.monotonic() + 2 * WAIT_S_MAX
        while not is_so():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)

    def alerts(self, node):
        answer = node.call("GET", "/v1/alerts?limit=1000", token=self.token)
        return answer.body["alerts"] if answer.status == 200 else []

    def told(self, of):
        """By what it is of, the ids under which it was told."""
        ids = defaultdict(set)
        for request in list(self.receiver.requests):
            ids[json_of(request)["data"]["details"][of]].add(request.id)
        return ids


class Alerts(Telling):
    documents = {"sla-policies/answers": POLICY}

    def post_cases(self):
        cases = [f"c{n}" for n in range(CASES)]
        for first in range(0, CASES, 20):
            self.assertEqual(self.ask(self.nodes[0], "POST", "/v1/events", [event(case) for case in cases[first:first + 20]]), 202)
            time.sleep(0.25)
        return set(cases)

    def judge(self, cases):
        self.wait_until(lambda: set(self.told("case")) == cases)
        time.sleep(2 * TIMEOUT_S)  # whoever comes back has had its chance
        found = self.told("case")
        self.assertEqual({case: ids for case, ids in found.items() if len(ids) > 1}, {}, "told as two")
        print(f"{CASES} breaches told; {len(self.receiver.requests) - CASES} came again under their id", flush=True)
        for node in self.nodes:
            self.wait_until(lambda node=node: len(self.alerts(node)) == CASES)

    def test_every_breach_is_told_once_although_a_node_dies(self):
        cases = self.post_cases()
        self.wait_until(lambda: len(self.told("case")) > CASES // 6)
        self.nodes[NODES - 1].kill()
        self.wait_until(lambda: set(self.told("case")) == cases)
        self.nodes[NODES - 1].start()
        self.judge(cases)

    def test_who_stood_still_for_too_long_tells_nothing_twice(self):
        cases = self.post_cases()
        self.wait_until(lambda: len(self.told("case")) > CASES // 6)
        frozen = self.nodes[NODES - 1].process
        frozen.send_signal(signal.SIGSTOP)
        try:
            self.wait_until(lambda: set(self.told("case")) == cases)
        finally:
            frozen.send_signal(signal.SIGCONT)
        self.judge(cases)
