"""SLA policies and calendars as documents, and the clocks of cases under them, live."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

from live_view import LiveView, Messages
from running import WAIT_S_MAX, WithNode
from web_socket import WebSocket

ASKED = {"path": "activity", "op": "eq", "value": "asked"}
ANSWERED = {"path": "activity", "op": "eq", "value": "answered"}
WAITS = {"path": "case.attr.status", "op": "eq", "value": "waiting"}
ALWAYS = {"zone": "UTC", "week": {day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}}
FAR = "400d"


def policy(within=FAR, calendar="always", **more):
    return {"metrics": {"answer": {"start": ASKED, "stop": ANSWERED, "pause": WAITS}},
            "targets": [{"name": "gold", "when": {"path": "case.attr.tier", "op": "eq", "value": "gold"},
                         "promises": {"answer": "1s"}, "warnings": [{"percent": 50}]},
                        {"name": "others", "calendar": calendar, "promises": {"answer": within}}], **more}


def event(case_id, activity, ago_s=0.0, **attributes):
    at = datetime.now(timezone.utc) - timedelta(seconds=ago_s)
    return {"case_id": case_id, "activity": activity, "timestamp": at.isoformat(), "attributes": attributes}


class WithPolicies(WithNode):
    def put(self, path, document, status=200, **headers):
        return self.expect(status, "PUT", f"/v1/{path}", document, **headers)

    def tallies(self, after=None, process="default"):
        """By policy, metric and target; without those that count nothing."""
        found = self.view("sla", after, process)
        return {(policy["name"], metric["name"], target["name"]):
                {name: count for name, count in target.items() if count and name not in ("name", "cycles", "met_share")}
                for policy in found["policies"] for metric in policy["metrics"] for target in metric["targets"]
                if target["cycles"]}

    def clocks(self, after=None, more=""):
        return self.view("clocks", after, more=more)["clocks"]

    def wait_for(self, wanted, look):
        deadline = time.monotonic() + WAIT_S_MAX
        while (found := look()) != wanted and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertEqual(found, wanted)


class Documents(WithPolicies):
    def add_holidays(self, text, status=200, name="office", kind="text/calendar; charset=utf-8", **headers):
        return self.expect(status, "POST", f"/v1/calendars/{name}/holidays", text.encode(), content_type=kind, **headers)

    def test_holidays_are_taken_from_an_icalendar_file(self):
        self.put("calendars/office", {**ALWAYS, "zone": "Europe/Berlin", "holidays": ["2026-12-25"]})
        file = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VEVENT", "SUMMARY:Weihnachten",
                            "DTSTART;VALUE=DATE:20261225", "DTEND;VALUE=DATE:20261227", "END:VEVENT", "BEGIN:VEVENT",
                            "SUMMARY:Feier", "DTSTART:20261210T180000Z", "DTEND:20261210T210000Z", "END:VEVENT",
                            "BEGIN:VEVENT", "SUMMARY:Tag der Arbeit", "DTSTART;VALUE=DATE:20260501",
                            "RRULE:FREQ=YEARLY;UNTIL=20280501", "END:VEVENT", "END:VCALENDAR", ""])
        answer = self.add_holidays(file)
        self.assertEqual(answer.body["document"]["holidays"],
                         ["2026-05-01", "2026-12-25", "2026-12-26", "2027-05-01", "2028-05-01"])
        self.assertEqual(answer.body["document"]["week"], ALWAYS["week"])
        self.assertEqual((answer.body["added"], answer.body["known"]), (4, 1))
        self.assertEqual(answer.body["left_out"],
                         [{"line": 8, "summary": "Feier", "why": "it covers no whole day of 1970 to 2069"}])
        self.expect(200, "GET", f"/v1/calendars/office?after={answer.body['position']}")
        again = self.add_holidays(file).body
        self.assertEqual((again["position"], again["added"], again["effective_at"]),
                         (None, 0, answer.body["effective_at"]))
        self.add_holidays(file, 412, if_match='"other"')
        self.add_holidays(file, 404, "nowhere")
        self.add_holidays(file, 415, kind="application/json")
        faults = self.add_holidays("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", 422).body["faults"]
        self.assertEqual(faults, [{"pointer": "", "detail": "there is no event in it"}])
        self.assertIn("no iCalendar", self.add_holidays("<html>", 422).body["faults"][0]["detail"])

    def test_a_document_is_put_listed_shown_and_withdrawn(self):
        first = self.put("calendars/office", ALWAYS).body
        self.assertEqual(first["document"], ALWAYS)
        self.expect(200, "GET", f"/v1/calendars/office?after={first['position']}")
        again = self.put("calendars/office", ALWAYS).body
        self.assertEqual((again["position"], again["effective_at"]), (None, first["effective_at"]))
        second = self.put("calendars/office", {**ALWAYS, "holidays": ["2026-12-25"]}).body
        self.assertGreater(second["effective_at"], first["effective_at"])
        shown = self.expect(200, "GET", f"/v1/calendars/office?after={second['position']}").body
        self.assertEqual(shown["document"]["holidays"], ["2026-12-25"])
        self.assertEqual([one["effective_at"] for one in shown["versions"]],
                         [first["effective_at"], second["effective_at"]])
        self.put("calendars/another", {})
        listed = self.expect(200, "GET", "/v1/calendars?limit=1").body
        self.assertEqual([one["name"] for one in listed["documents"]], ["another"])
        listed = self.expect(200, "GET", f"/v1/calendars?limit=1&cursor={listed['next']}").body
        self.assertEqual([(one["name"], one["versions"]) for one in listed["documents"]], [("office", 2)])
        self.assertIsNone(listed["next"])
        gone = self.expect(200, "DELETE", "/v1/calendars/office").body
        self.assertIsNone(gone["document"])
        self.refused("not_found", 404, "GET", f"/v1/calendars/office?after={gone['position']}")
        self.refused("not_found", 404, "DELETE", "/v1/calendars/office")

    def test_yaml_is_taken_too(self):
        text = "zone: Europe/Berlin\nweek:\n  mon: [09:00-17:00]\n"
        stored = self.put("calendars/office", text, content_type="application/yaml").body
        self.assertEqual(stored["document"], {"zone": "Europe/Berlin", "week": {"mon": ["09:00-17:00"]}})
        self.put("calendars/office", "a: &b 1", 422, content_type="application/yaml")
        self.put("calendars/office", text, 415, content_type="text/plain")

    def test_every_fault_is_told_at_once(self):
        wrong = policy(calendar="nowhere", on_change="maybe", more=1)
        wrong["metrics"]["answer"]["start"] = {"path": "activty", "op": "eq", "value": "a"}
        faults = self.refused("invalid_document", 422, "PUT", "/v1/sla-policies/p", wrong).body["faults"]
        self.assertLessEqual({"/on_change", "/metrics/answer/start/path"}, {fault["pointer"] for fault in faults})
        unknown = self.refused("invalid_document", 422, "PUT", "/v1/sla-policies/p", policy(calendar="nowhere"))
        self.assertEqual([fault["pointer"] for fault in unknown.body["faults"]], ["/targets/1/calendar"])
        self.refused("malformed_json", 400, "PUT", "/v1/sla-policies/p", "{", content_type="application/json")
        self.refused("not_found", 404, "PUT", "/v1/sla-policies/Not-plain", policy())
        self.refused("body_too_large", 413, "PUT", "/v1/calendars/c", json.dumps({"zone": "x" * 300_000}),
                     content_type="application/json")

    def test_what_is_named_stays(self):
        self.put("calendars/office", ALWAYS)
        self.put("sla-policies/p", policy(calendar="office"))
        self.refused("document_in_use", 409, "DELETE", "/v1/calendars/office")
        self.expect(200, "DELETE", "/v1/sla-policies/p")
        self.expect(200, "DELETE", "/v1/calendars/office")

    def test_of_two_writers_who_saw_the_same_one_is_told(self):
        tag = self.put("sla-policies/p", policy()).headers["etag"]
        with ThreadPoolExecutor(2) as pool:
            codes = list(pool.map(lambda n: self.call("PUT", "/v1/sla-policies/p", policy(f"{n}h"), if_match=tag).status,
                                  (1, 2)))
        self.assertEqual(sorted(codes), [200, 412])
        self.put("sla-policies/p", policy("3h"), 412, if_match=tag)
        self.put("sla-policies/new", policy(), 412, if_match="*")

    def test_roles_and_workspaces(self):
        self.put("sla-policies/p", policy())
        self.expect(403, "PUT", "/v1/sla-policies/p", policy(), self.as_role("viewer"))
        self.expect(403, "DELETE", "/v1/sla-policies/p", token=self.as_role("viewer"))
        self.expect(403, "GET", "/v1/sla-policies", token=self.as_role("producer"))
        self.expect(200, "GET", "/v1/sla-policies/p", token=self.as_role("viewer"))
        other = self.node.token("another-workspace")
        self.refused("not_found", 404, "GET", "/v1/sla-policies/p", token=other)
        self.assertEqual(self.expect(200, "GET", "/v1/sla-policies", token=other).body["documents"], [])


class Clocks(WithPolicies):
    def test_a_silent_case_is_breached(self):
        self.put("sla-policies/p", policy())
        self.post([event("1", "asked", tier="gold"), event("2", "asked")])
        gold, others = ("p", "answer", "gold"), ("p", "answer", "others")
        self.wait_for({gold: {"running": 1, "breached": 1}, others: {"running": 1}}, self.tallies)
        self.assertEqual([(one["case"], one["breached"]) for one in self.clocks()], [("1", True), ("2", False)])
        self.assertEqual([one["case"] for one in self.clocks(more="state=breached")], ["1"])
        cycle = self.view("cases/1/sla")["policies"][0]["cycles"][0]
        self.assertEqual((cycle["state"], cycle["breach"]["at"], len(cycle["warned"])), ("running", cycle["due"], 1))
        self.assertEqual(self.tallies(self.post([event("1", "answered")]))[gold], {"met_late": 1, "breached": 1})
        self.assertEqual([one["case"] for one in self.clocks()], ["2"])

    def test_a_breach_is_pushed_although_nothing_happens(self):
        self.put("sla-policies/p", policy())
        messages = Messages(self.call("GET", "/asyncapi.json").body, self.call("GET", "/openapi.json").body)
        view, socket = LiveView("sla"), WebSocket(self.node.address, token=self.token)
        self.addCleanup(socket.close)
        socket.send({"op": "subscribe", "ref": 1, "channel": "sla", "process": "default"})
        self.post([event("1", "asked", tier="gold"), event("2", "asked")])
        deadline = time.monotonic() + WAIT_S_MAX
        while time.monotonic() < deadline:
            message = socket.receive()
            messages.check(message, "sla")
            if message.get("ref") == 1:
                view.take(message)
            if view.held and [clock["breached"] for clock in view.held["overdue"]] == [True]:
                break
        told = time.time()
        [late], [_] = view.held["overdue"], view.held["clocks"]
        self.assertLess(told - datetime.fromisoformat(late["due"]).timestamp(), 10)
        held = {name: value for name, value in view.held.items() if name != "as_of"}
        self.assertEqual(held, {name: value for name, value in self.view("sla").items() if name != "as_of"})

    def test_late_events_change_the_verdict(self):
        self.put("sla-policies/p", policy())
        asked = event("1", "asked", tier="gold")
        in_time = event("1", "answered", -0.5)
        self.post([asked])
        key = ("p", "answer", "gold")
        self.wait_for({key: {"running": 1, "breached": 1}}, self.tallies)
        self.assertEqual(self.tallies(self.post([in_time])), {key: {"met": 1}})

    def test_a_pause_takes_the_due_time_away(self):
        self.put("sla-policies/p", policy("2h"))
        position = self.post([event("1", "asked", 3600), event("1", "noted", 1800, status="waiting")])
        [clock] = self.clocks(position)
        self.assertEqual((clock["state"], clock["due"]), ("paused", None))
        self.assertAlmostEqual(clock["passed_s"], 1800, delta=1)
        [clock] = self.clocks(self.post([event("1", "noted", 0, status="open")]), "state=running")
        self.assertIsNotNone(clock["due"])

    def test_a_new_version_moves_what_is_open_and_a_withdrawn_one_cancels_it(self):
        key = ("p", "answer", "others")
        position = self.post([event("1", "asked", 3600), event("2", "asked", 3600), event("2", "answered", 1800)])
        self.put("sla-policies/p", policy("2h"))  # what waits already is counted from its begin
        self.wait_for({key: {"running": 1}}, lambda: self.tallies(position))
        changed = self.put("sla-policies/p", policy("1m"))
        self.wait_for({key: {"running": 1, "breached": 1}}, self.tallies)
        breach = self.view("cases/1/sla")["policies"][0]["cycles"][0]["breach"]
        self.assertEqual((breach["cause"], breach["detected"]), ("policy", changed.body["effective_at"]))
        self.expect(200, "DELETE", "/v1/sla-policies/p")
        self.wait_for({key: {"cancelled": 1, "breached": 1}}, self.tallies)
        self.wait_for([], self.clocks)

    def test_a_policy_is_for_the_processes_that_it_names(self):
        self.put("sla-policies/p", policy(processes=["support"]))
        self.post([event("1", "asked")], "support")
        self.post([event("1", "asked")], "orders")
        self.wait_for({("p", "answer", "others"): {"running": 1}}, lambda: self.tallies(process="support"))
        self.assertEqual(self.tallies(process="orders"), {})

    def test_an_erased_case_has_no_clocks(self):
        self.put("sla-policies/p", policy())
        self.post([event("1", "asked")])
        gone = self.expect(202, "DELETE", "/v1/processes/default/cases/1").body["position"]
        self.assertEqual((self.tallies(gone), self.clocks(gone)), ({}, []))

    def test_the_list_goes_on_page_by_page_in_the_order_of_due_times(self):
        self.put("sla-policies/p", policy("2h"))
        position = self.post([event(f"c{n}", "asked", 10 * (n * 7 % 20)) for n in range(20)])
        whole = self.clocks(position)
        self.assertEqual([one["due"] for one in whole], sorted(one["due"] for one in whole))
        found, cursor = [], ""
        while cursor is not None:
            page = self.view("clocks", more=f"limit=3{cursor and f'&cursor={cursor}'}")
            found, cursor = found + page["clocks"], page["next"]
        self.assertEqual(found, whole)
        self.assertEqual(len(found), 20)

    def test_wrong_questions_are_refused(self):
        for more in ("state=late", "limit=0", "nonsense=1", "cursor=x"):
            with self.subTest(more):
                self.assertEqual(self.call("GET", f"/v1/processes/default/clocks?{more}").status, 400)
        self.refused("not_found", 404, "GET", "/v1/processes/default/cases/none/sla")
        self.assertEqual(self.view("sla", process="nothing")["policies"], [])

    def test_all_stands_as_before_after_a_kill(self):
        self.put("sla-policies/p", policy("2h"))
        self.post([event("1", "asked", tier="gold"), event("2", "asked", 60), event("3", "asked", 7300)])
        self.wait_for({("p", "answer", "gold"): {"running": 1, "breached": 1},
                       ("p", "answer", "others"): {"running": 2, "breached": 1}}, self.tallies)
        before = self.tallies(), self.clocks()
        self.node.kill()
        self.node.start()
        self.wait_for(before, lambda: (self.tallies(), self.clocks()))
