"""Alerts are acknowledged, resolved, silenced and escalated, and who is told hears of it."""

import datetime
import time
from urllib.parse import quote

from receivers import json_of
from test_alerts import WithReceiver, policy
from test_sla import event


def later(seconds):
    now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return now.isoformat().replace("+00:00", "Z")


class Handling(WithReceiver):
    def alert(self):
        """The one that there is, with its history."""
        listed = self.wait_for_alert()
        return self.expect(200, "GET", f"/v1/alerts/{quote(listed['id'], safe='')}").body

    def wait_for_alert(self):
        self.wait_for(1, lambda: len(self.expect(200, "GET", "/v1/alerts").body["alerts"]))
        return self.expect(200, "GET", "/v1/alerts").body["alerts"][0]

    def handle(self, what, body=None, status=202):
        id = quote(self.wait_for_alert()["id"], safe="")
        answer = self.expect(status, "POST", f"/v1/alerts/{id}/{what}", body)
        return answer.body["position"]

    def steps(self, state="open"):
        def read():
            alerts = self.expect(200, "GET", f"/v1/alerts?state={state}").body["alerts"]
            id = quote(alerts[0]["id"], safe="") if alerts else None
            history = self.expect(200, "GET", f"/v1/alerts/{id}").body["history"] if id else []
            return [(one["step"], one["by"], one["note"]) for one in history]
        return read

    def test_who_acknowledges_is_named_and_told_of(self):
        self.declare()
        self.post([event("a/b c", "asked", ago_s=60)])
        self.wait_for([("sla.breached", "a/b c")], self.heard)
        position = self.handle("acknowledge", {"note": "I look at it"})
        alert = self.expect(200, "GET", f"/v1/alerts?after={position}").body["alerts"][0]
        who = alert["acknowledged"]["by"]
        self.assertEqual((alert["acknowledged"]["note"], bool(who)), ("I look at it", True))
        self.wait_for([("sla.breached", "a/b c"), ("sla.acknowledged", "a/b c")], self.heard)
        told = json_of(self.receiver.requests[1])["data"]
        self.assertEqual(told["action"], "acknowledge")
        self.assertIn(who, told["title"])
        self.assertEqual([step for step, _, _ in self.steps()()], ["breached", "acknowledged"])
        self.assertIn("alert.acknowledge", [one["action"] for one in self.expect(200, "GET", "/v1/audit").body["entries"]])

    def test_what_is_resolved_is_over_and_cannot_be_taken_on(self):
        self.declare()
        self.post([event("c", "asked", ago_s=60)])
        self.wait_for([("sla.breached", "c")], self.heard)
        id = self.wait_for_alert()["id"]
        self.handle("resolve")
        self.wait_for([], lambda: self.expect(200, "GET", "/v1/alerts").body["alerts"])
        self.wait_for([("sla.breached", "c"), ("sla.ended", "c")], self.heard)
        self.assertEqual(self.steps("ended")()[-1][0], "ended")
        self.refused("alert_over", 409, "POST", f"/v1/alerts/{quote(id, safe='')}/acknowledge")
        self.post([event("c", "answered")])
        time.sleep(0.5)
        self.assertEqual(len(self.heard()), 2)

    def test_a_rules_alert_is_up_until_it_is_resolved_and_counts_on(self):
        self.put("targets/ops", {"kind": "webhook", "url": self.receiver.url, "secrets": ["whsec_" + "QUFB" * 8]})
        self.put("rules/asks", {"on": ["asked"], "then": [{"type": "alert", "title": "asks", "notify": ["ops"]}]})
        self.post([event("c", "asked")])
        self.wait_for([("rule.fired", "c")], self.heard)
        self.handle("resolve", {"note": "answered by phone"})
        self.wait_for([("rule.fired", "c"), ("rule.ended", "c")], self.heard)
        self.post([event("c", "asked")])
        self.wait_for(2, lambda: self.wait_for_alert()["number"])

    def test_nobody_is_told_of_what_is_silenced_until_that_is_over(self):
        self.declare(policy(within="1s", warnings=()))
        made = self.expect(201, "POST", "/v1/silences", {"matchers": [{"label": "process", "value": "default"}],
                                                          "ends_at": later(600), "comment": "night"}).body
        self.assertTrue(made["document"]["created_by"])
        self.post([event("c", "asked")])
        alert = self.wait_for_alert()
        self.assertIsNotNone(alert["silenced_until"])
        time.sleep(0.5)
        self.assertEqual(self.heard(), [])
        listed = self.expect(200, "GET", "/v1/silences?state=active").body["silences"]
        self.assertEqual([one["name"] for one in listed], [made["name"]])
        self.expect(200, "DELETE", f"/v1/silences/{made['name']}")
        self.wait_for([("sla.breached", "c")], self.heard)
        self.assertIsNone(self.wait_for_alert()["silenced_until"])
        self.assertEqual(self.expect(200, "GET", "/v1/silences").body["silences"], [])

    def test_a_silence_that_passes_lets_it_be_told_by_itself(self):
        self.declare(policy(within="1s", warnings=()))
        self.expect(201, "POST", "/v1/silences", {"matchers": [{"label": "metric", "op": "=~", "value": "ans.*"}],
                                                   "ends_at": later(3)})
        self.post([event("c", "asked", ago_s=5), event("d", "asked", ago_s=5)])
        self.post([event("d", "answered")])
        self.wait_for([("sla.breached", "c")], self.heard)
        time.sleep(0.3)
        self.assertEqual(self.heard(), [("sla.breached", "c")])

    def test_a_breach_is_escalated_and_an_acknowledgement_ends_that(self):
        self.put("targets/ops", {"kind": "webhook", "url": self.receiver.url, "secrets": ["whsec_" + "QUFB" * 8]})
        self.put("escalations/p1", {"steps": [{"notify": ["ops"], "after": "1m"}, {"notify": ["ops"], "after": "1m"}]})
        self.put("sla-policies/answers", policy(notify=[], escalate="p1"))
        self.refused("document_in_use", 409, "DELETE", "/v1/escalations/p1")
        self.refused("document_in_use", 409, "DELETE", "/v1/targets/ops")
        self.post([event("c", "asked", ago_s=60)])
        self.wait_for([("sla.escalated", "c")], self.heard)
        self.assertEqual(self.wait_for_alert()["escalation"], "p1")
        self.handle("acknowledge")
        self.wait_for([("sla.escalated", "c"), ("sla.acknowledged", "c")], self.heard)

    def test_bad_calls_get_clear_answers(self):
        self.declare()
        self.refused("not_found", 404, "POST", "/v1/alerts/nothing/acknowledge")
        self.refused("not_found", 404, "POST", f"/v1/alerts/{quote('sla/p/m/1/default/c', safe='')}/resolve")
        self.refused("not_found", 404, "GET", f"/v1/alerts/{quote('rule/p/1/default/c', safe='')}")
        self.post([event("c", "asked", ago_s=60)])
        id = quote(self.wait_for_alert()["id"], safe="")
        faults = self.refused("invalid_document", 422, "POST", f"/v1/alerts/{id}/acknowledge", {"comment": 1}).body["faults"]
        self.assertEqual(len(faults), 1)
        for path in (f"/v1/alerts/{id}/acknowledge", "/v1/silences"):
            self.refused("forbidden", 403, "POST", path, {}, token=self.as_role("viewer"))
        faults = self.refused("invalid_document", 422, "POST", "/v1/silences",
                              {"matchers": [{"label": "colour", "value": "x"}, {"label": "case", "op": "=~", "value": "("}],
                               "ends_at": "tomorrow"}).body["faults"]
        self.assertEqual([fault["pointer"] for fault in faults],
                         ["/matchers/0/label", "/matchers/1/value", "/ends_at"])
        faults = self.refused("invalid_document", 422, "PUT", "/v1/sla-policies/other",
                              policy(escalate="nothing")).body["faults"]
        self.assertEqual([fault["pointer"] for fault in faults], ["/escalate"])
