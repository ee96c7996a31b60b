"""Rules as documents: what they say of cases, to whom, once; and what they would say."""

import time

from test_alerts import WithReceiver, details_of
from receivers import json_of
from test_sla import event

ASKED = {"path": "activity", "op": "eq", "value": "asked"}


def rule(when=ASKED, **more):
    action = {"type": "alert", "severity": "error", "title": "{case.id} asks", "text": "By {resource}.", "notify": ["ops"]}
    return {"when": when, "then": [action], **more}


class Rules(WithReceiver):
    def setUp(self):
        super().setUp()
        self.put("targets/ops", {"kind": "webhook", "url": self.receiver.url, "secrets": ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]})

    def alerts(self, more=""):
        return self.expect(200, "GET", f"/v1/alerts?process=default{more}").body["alerts"]

    def test_a_rule_fires_once_for_its_event(self):
        self.put("rules/asks", rule())
        self.post([event("c", "asked"), event("d", "answered")])
        self.wait_for([("rule.fired", "c")], self.heard)
        told = json_of(self.receiver.requests[0])["data"]
        self.assertEqual((told["title"], told["severity"], told["action"]), ("default c: c asks", "error", "trigger"))
        self.assertEqual(told["details"]["rule"], "asks")
        [alert] = self.alerts()
        self.assertEqual((alert["source"], alert["name"], alert["title"], alert["severity"], alert["state"]),
                         ("rule", "asks", "c asks", "error", "firing"))
        self.assertEqual(self.alerts("&rule=other"), [])
        time.sleep(0.3)
        self.assertEqual(len(self.receiver.requests), 1)

    def test_what_does_not_happen_fires_by_time_alone(self):
        self.put("rules/silence", rule({"all": [ASKED, {"absent": {"event": "answered", "for": "1s"}}]}, keep_firing_for="1s"))
        self.post([event("c", "asked"), event("d", "asked")])
        self.post([event("d", "answered")])
        self.wait_for([("rule.fired", "c"), ("rule.ended", "c")], self.heard)
        self.assertEqual(self.alerts(), [])
        self.assertEqual([one["case"] for one in self.alerts("&state=ended")], ["c"])

    def test_a_late_event_takes_back_what_was_said(self):
        self.put("rules/silence", rule({"all": [ASKED, {"absent": {"event": "answered", "for": "1s"}}]}))
        self.post([event("c", "asked")])
        asked = time.time()
        self.wait_for([("rule.fired", "c")], self.heard)
        self.post([event("c", "answered", ago_s=time.time() - asked - 0.2)])
        self.wait_for([("rule.fired", "c"), ("rule.corrected", "c")], self.heard)
        self.assertEqual(details_of(self.receiver.requests[1])["corrects"], self.receiver.requests[0].id)
        self.wait_for([], self.alerts)

    def test_a_rule_is_tried_before_it_counts(self):
        self.post([event(f"c{n}", "asked" if n % 2 else "answered", ago_s=60 - n) for n in range(6)])
        self.wait_for(6, lambda: self.view("kpis")["cases"])
        tried = self.expect(200, "POST", "/v1/rules/asks/test?process=default", rule()).body
        self.assertEqual((tried["cases"], tried["all_cases"], tried["fired"], tried["same"]), (6, True, 3, 0))
        self.assertEqual(sorted(one["case"] for one in tried["added"]), ["c1", "c3", "c5"])
        self.assertEqual(tried["added"][0]["why"]["result"], True)
        self.assertEqual(tried["added"][0]["deeds"][0]["notify"], ["ops"])
        self.put("rules/asks", rule())
        other = rule({"all": [ASKED, {"path": "case.id", "op": "ne", "value": "c3"}]})
        tried = self.expect(200, "POST", "/v1/rules/asks/test?process=default&limit=1", other).body
        self.assertEqual((tried["fired"], tried["same"], [one["case"] for one in tried["gone"]]), (2, 2, ["c3"]))
        self.assertEqual(self.expect(200, "POST", "/v1/rules/asks/test?process=default").body["same"], 3)
        self.refused("bad_query", 400, "POST", "/v1/rules/asks/test")
        self.refused("not_found", 404, "POST", "/v1/rules/none/test?process=default")
        self.refused("invalid_document", 422, "POST", "/v1/rules/asks/test?process=default", {"then": []})
        self.assertEqual(self.heard(), [])  # a trial tells nobody, and what is over is not judged by what came later

    def test_all_that_is_wrong_is_told_at_once(self):
        wrong = rule({"path": "nothing", "op": "eq", "value": 1}, cooldown="soon", more=1)
        wrong["then"][0]["notify"] = ["nobody"]
        faults = self.refused("invalid_document", 422, "PUT", "/v1/rules/asks", wrong).body["faults"]
        self.assertGreaterEqual({fault["pointer"] for fault in faults}, {"/when/path", "/cooldown", ""})
        fine_but_for_names = rule()
        fine_but_for_names["then"][0]["notify"] = ["nobody"]
        [fault] = self.refused("invalid_document", 422, "PUT", "/v1/rules/asks", fine_but_for_names).body["faults"]
        self.assertIn("nobody", fault["detail"])
        self.put("rules/asks", rule())
        self.refused("document_in_use", 409, "DELETE", "/v1/targets/ops")
        self.assertEqual([one["name"] for one in self.expect(200, "GET", "/v1/rules").body["documents"]], ["asks"])
