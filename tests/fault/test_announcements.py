"""A server that is killed again and again while clocks fall due (reliability, F1 and F24 of the whole server): a webhook, a
chat and an organisation of Salesforce each hear of every breach once, not too early, in time. TESTED_FULL: a thousand kills
over a hundred thousand clocks."""

import os
import random
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "effects"))

from organisation import Organisation, keys  # noqa: E402
from receivers import Receiver, json_of, says  # noqa: E402
from running import WAIT_S_MAX, WithNode  # noqa: E402
from weir import PATIENCE  # noqa: E402

IS_FULL = bool(os.environ.get("TESTED_FULL"))
CLOCKS = 100_000 if IS_FULL else 600
KILLS = 1_000 if IS_FULL else 8
PROMISED_S = 3600
LEAD_S = 5 + CLOCKS / 4_000  # to post them all
PER_KILL_S = 1.2
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def is_activity(name):
    return {"path": "activity", "op": "eq", "value": name}


class Announcements(WithNode):
    settings = {"private_networks": "127.0.0.0/8"}

    def setUp(self):
        super().setUp()
        private, public = keys(self.enterContext(tempfile.TemporaryDirectory()))
        self.hook, self.chat, self.crm = Receiver(says(200)), Receiver(says(200, b"ok")), Organisation(public)
        for server in (self.hook, self.chat, self.crm):
            self.addCleanup(server.close)
        for name, target in {
                "hook": {"kind": "webhook", "url": self.hook.url, "secrets": [SECRET]},
                "chat": {"kind": "slack", "url": self.chat.url},
                "crm": {"kind": "salesforce_case", "login_url": self.crm.url, "client_id": "client", "user": "user@x",
                        "private_key": private.read_text(), "version": "v62.0", "external_id": "Escalation_Key__c",
                        "fields": {"Case__c": {"field": "Case"}}}}.items():
            self.expect(200, "PUT", f"/v1/targets/{name}", target)
        position = self.expect(200, "PUT", "/v1/sla-policies/answers", {
            "metrics": {"answer": {"start": is_activity("asked"), "stop": is_activity("answered")}},
            "notify": ["hook", "chat", "crm"],
            "targets": [{"name": "all", "promises": {"answer": f"{PROMISED_S}s"}}]}).body["position"]
        self.view("sla", position)

    def test_f1_f24_each_breach_is_told_once_at_each_receiver(self):
        began = time.time()
        span = KILLS * PER_KILL_S
        due = {f"c{n}": began + LEAD_S + span * n / CLOCKS for n in range(CLOCKS)}
        cases = list(due)
        random.Random(1).shuffle(cases)
        for first in range(0, CLOCKS, 500):
            self.post([{"case_id": case, "activity": "asked", "timestamp": self.asked_at(due[case])}
                       for case in cases[first:first + 500]])
        self.assertLess(time.time(), began + LEAD_S + span)
        time.sleep(max(0.0, began + LEAD_S - time.time()))
        kills = 0
        while time.time() < began + LEAD_S + span:
            time.sleep(random.uniform(0.1, PER_KILL_S))
            self.node.kill()
            self.node.start()
            kills += 1
        self.wait_until_all_heard()
        self.judge(due, kills)

    @staticmethod
    def asked_at(due):
        return (datetime.fromtimestamp(due, timezone.utc) - timedelta(seconds=PROMISED_S)).isoformat()

    def wait_until_all_heard(self):
        deadline = time.monotonic() + WAIT_S_MAX + CLOCKS / 200
        while time.monotonic() < deadline:
            if len(self.crm.cases) == CLOCKS and min(len(self.hook.requests), len(self.chat.requests)) >= CLOCKS:
                if not self.expect(200, "GET", "/v1/deliveries?state=waiting").body["waiting"]:
                    return
            time.sleep(0.2)
        waiting = self.expect(200, "GET", "/v1/deliveries?state=waiting").body["waiting"]
        self.fail(f"after so long these wait: {waiting[:10]}; {len(self.crm.cases)} Cases, {len(self.hook.requests)} and "
                  f"{len(self.chat.requests)} requests of {CLOCKS}")

    def judge(self, due, kills):
        offset = time.time() - time.monotonic()
        ids, told = defaultdict(set), {"hook": Counter(), "chat": Counter(), "crm": Counter()}
        early, lags = [], []
        for request in self.hook.requests:
            case = json_of(request)["data"]["details"]["case"]
            ids[case].add(request.id)
            told["hook"][case] += 1
            if told["hook"][case] == 1:
                lags.append(request.at + offset - due[case])
                if lags[-1] < 0:
                    early.append(case)
        for request in self.chat.requests:
            told["chat"][re.search(r"\bc[0-9]+\b", json_of(request)["text"])[0]] += 1
        for request in self.crm.upserts:
            told["crm"][json_of(request)["Case__c"]] += 1
        again = {name: sum(count.values()) - CLOCKS for name, count in told.items()}
        lags.sort()
        print(f"{CLOCKS} clocks, {kills} kills; told after p50 {lags[len(lags) // 2]:.3f} s, p99 "
              f"{lags[len(lags) * 99 // 100]:.3f} s; came again under their id, or to the same Case: {again}", flush=True)
        self.assertEqual(early, [])
        for name, count in told.items():
            self.assertEqual(set(due) - set(count), set(), f"{name} did not hear of them")
        self.assertEqual({case: found for case, found in ids.items() if len(found) > 1}, {}, "told as two")
        self.assertEqual((len(self.crm.cases), self.crm.created), (CLOCKS, CLOCKS))
        self.assertLessEqual(max(again.values()), 8 * kills * PATIENCE)  # those that were under way
