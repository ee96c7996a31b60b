"""Alerts, live, and what those hear who are to be told: once, in order, whatever dies on the way."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "effects"))

from live_view import LiveView  # noqa: E402
from receivers import Receiver, is_signed, json_of, respond, says  # noqa: E402
from running import PATIENCE, WAIT_S_MAX  # noqa: E402
from test_sla import ANSWERED, ASKED, WithPolicies, event  # noqa: E402
from web_socket import WebSocket  # noqa: E402

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def policy(within="2s", notify=("ops",), warnings=({"percent": 50},), **more):
    return {"metrics": {"answer": {"start": ASKED, "stop": ANSWERED}}, "notify": list(notify),
            "targets": [{"name": "all", "promises": {"answer": within}, "warnings": list(warnings)}], **more}


def details_of(request):
    return json_of(request)["data"]["details"]


class WithReceiver(WithPolicies):
    settings = {"private_networks": "127.0.0.0/8"}

    def setUp(self):
        super().setUp()
        self.receiver = Receiver(says(200))
        self.addCleanup(self.receiver.close)

    def declare(self, document=None, receiver=None):
        receiver = receiver or self.receiver
        self.put("targets/ops", {"kind": "webhook", "url": receiver.url, "secrets": [SECRET]})
        return self.put("sla-policies/answers", document or policy()).body["position"]

    def heard(self, receiver=None):
        """[(type, case)] in the order in which they came, each id once."""
        seen, found = set(), []
        for request in list((receiver or self.receiver).requests):
            if request.id not in seen:
                seen.add(request.id)
                found.append((json_of(request)["type"], details_of(request)["case"]))
        return found

    def deliveries(self, more=""):
        return self.expect(200, "GET", f"/v1/deliveries{more}").body


class Alerts(WithReceiver):
    def test_a_silent_case_is_told_of_once_and_at_once(self):
        self.declare()
        self.post([event("c", "asked")])
        asked = time.monotonic()
        self.wait_for([("sla.warning", "c"), ("sla.breached", "c")], self.heard)
        warned, breached = (request.at - asked for request in self.receiver.requests[:2])
        print(f"told {warned - 1:.3f} s and {breached - 2:.3f} s after it was so", flush=True)
        self.assertLess(breached - 2, 1 * PATIENCE)
        self.post([event("c", "answered")])
        self.wait_for([("sla.warning", "c"), ("sla.breached", "c"), ("sla.ended", "c")], self.heard)
        time.sleep(0.3)
        self.assertEqual(len(self.receiver.requests), 3)
        told = self.deliveries()["deliveries"]
        self.assertEqual([(one["type"], one["outcome"], one["status"]) for one in told],
                         [(kind, "delivered", 200) for kind in ("sla.ended", "sla.breached", "sla.warning")])
        self.assertEqual(self.deliveries("?state=waiting")["waiting"], [])

    def test_what_they_hear_is_signed_and_names_the_fact(self):
        self.declare()
        self.post([event("c", "asked", ago_s=10)])
        self.wait_for([("sla.breached", "c")], self.heard)
        one = self.receiver.requests[0]
        self.assertTrue(is_signed(one, SECRET))
        data = details_of(one)
        self.assertEqual({name: data[name] for name in ("process", "case", "policy", "metric", "cycle", "promise", "step",
                                                        "stands", "revision")},
                         {"process": "default", "case": "c", "policy": "answers", "metric": "answer", "cycle": 1,
                          "promise": "all", "step": "breached", "stands": True, "revision": 0})

    def test_a_late_event_is_followed_by_a_correction(self):
        self.declare()
        self.post([event("c", "asked", ago_s=60)])
        self.wait_for([("sla.breached", "c")], self.heard)
        self.post([event("c", "answered", ago_s=59.5)])
        self.wait_for([("sla.breached", "c"), ("sla.corrected", "c")], self.heard)
        first, correction = self.receiver.requests
        told = details_of(correction)
        self.assertEqual((told["corrects"], told["revision"], told["stands"]), (first.id, 1, False))
        self.assertEqual(json_of(correction)["data"]["key"], json_of(first)["data"]["key"])

    def test_a_withdrawn_target_or_policy_is_not_missed(self):
        self.declare()
        answered = self.refused("document_in_use", 409, "DELETE", "/v1/targets/ops")
        self.assertIn("answers", answered.body["detail"])
        faults = self.refused("invalid_document", 422, "PUT", "/v1/sla-policies/other",
                              policy(notify=["nobody"])).body["faults"]
        self.assertEqual([fault["pointer"] for fault in faults], ["/notify/0"])

    def test_alerts_are_listed_and_live(self):
        self.declare(policy(within="1s"))
        socket, live = WebSocket(self.node.address, token=self.token), LiveView("alerts")
        self.addCleanup(socket.close)
        socket.send({"op": "subscribe", "ref": 1, "channel": "alerts", "process": "default"})
        self.post([event("c", "asked"), event("d", "asked", ago_s=30)])
        deadline = time.monotonic() + WAIT_S_MAX
        while not live.held or [one["severity"] for one in live.held["alerts"]] != ["critical", "critical"]:
            self.assertLess(time.monotonic(), deadline)
            message = socket.receive()
            if message.get("ref") == 1:
                live.take(message)
        listed = self.expect(200, "GET", "/v1/alerts?process=default").body["alerts"]
        self.assertEqual(live.held["alerts"], listed)
        self.assertEqual([one["case"] for one in listed], ["c", "d"])
        self.assertEqual(self.expect(200, "GET", "/v1/alerts?severity=warning").body["alerts"], [])
        self.post([event("c", "answered")])
        self.wait_for(["c"], lambda: [one["case"] for one in self.expect(200, "GET", "/v1/alerts?state=ended").body["alerts"]])
        first = self.expect(200, "GET", "/v1/alerts?limit=1").body
        self.assertEqual(([one["case"] for one in first["alerts"]], first["next"]), (["d"], None))
        self.refused("bad_query", 400, "GET", "/v1/alerts?state=other")

    def test_what_an_upload_brings_of_old_is_not_told(self):
        self.declare()
        rows = "case,activity,time\n" + "".join(f"old{n},asked,2026-01-0{n}T00:00:00Z\n" for n in range(1, 6))
        self.upload(rows, content_type="text/csv")
        self.wait_for(5, lambda: len(self.expect(200, "GET", "/v1/alerts").body["alerts"]))
        self.post([event("new", "asked", ago_s=60)])
        self.wait_for([("sla.breached", "new")], self.heard)
        time.sleep(0.3)
        self.assertEqual(len(self.heard()), 1)

    def test_an_erased_case_leaves_nothing_of_what_was_told(self):
        self.declare()
        self.post([event("secret-case", "asked", ago_s=60)])
        self.wait_for(1, lambda: len(self.deliveries()["deliveries"]))
        self.expect(202, "DELETE", "/v1/processes/default/cases/secret-case")
        self.wait_for([], lambda: self.deliveries()["deliveries"])
        self.assertEqual(self.expect(200, "GET", "/v1/alerts").body["alerts"], [])
        self.assertEqual(len(self.heard()), 1)

    def test_a_target_that_is_gone_is_disabled_and_can_be_enabled(self):
        gone = Receiver(says(410))
        self.addCleanup(gone.close)
        self.declare(receiver=gone)
        self.post([event("c", "asked", ago_s=60)])
        self.wait_for(True, lambda: "410" in self.expect(200, "GET", "/v1/targets/ops").body["document"].get("disabled", ""))
        self.wait_for(["refused"], lambda: [one["outcome"] for one in self.deliveries()["deliveries"]])
        self.assertEqual(len(gone.requests), 1)
        self.declare()
        self.post([event("d", "asked", ago_s=60)])
        self.wait_for([("sla.breached", "d")], self.heard)

    def test_a_receiver_that_is_slow_holds_nobody_up(self):
        slow = Receiver(lambda connection, request: (time.sleep(3), respond(connection, 200)))
        self.addCleanup(slow.close)
        for name, receiver in (("a-slow", slow), ("fast", self.receiver)):
            self.put(f"targets/{name}", {"kind": "webhook", "url": receiver.url, "secrets": [SECRET]})
        self.put("sla-policies/answers", policy(notify=["a-slow", "fast"]))
        began = time.monotonic()
        self.post([event("c", "asked", ago_s=60)])
        self.wait_for([("sla.breached", "c")], self.heard)
        self.assertLess(time.monotonic() - began, 3)
        self.wait_for([("sla.breached", "c")], lambda: self.heard(slow))

    def test_what_fails_is_tried_again_and_shown(self):
        failing = Receiver(says(500))
        self.addCleanup(failing.close)
        self.declare(receiver=failing)
        self.post([event("c", "asked", ago_s=60)])
        self.wait_for([("again", 500)], lambda: [(one["outcome"], one["status"]) for one in self.deliveries()["deliveries"]])
        waiting = self.deliveries("?state=waiting")["waiting"]
        self.assertEqual([(one["case"], one["type"], one["attempts"]) for one in waiting], [("c", "sla.breached", 1)])

