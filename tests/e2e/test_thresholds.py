"""Thresholds: what many cases together come to, or the engine, is measured, listed, live, and told once."""

import json
import sys
import time
import unittest
from pathlib import Path
from urllib.parse import quote

from jsonschema import Draft202012Validator

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "effects"))

from live_view import LiveView  # noqa: E402
from receivers import json_of  # noqa: E402
from running import WAIT_S_MAX  # noqa: E402
from test_alerts import SECRET, WithReceiver  # noqa: E402
from test_sla import event  # noqa: E402
from web_socket import WebSocket  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]


def running_over(value, **more):
    return {"process": "default", "measure": "running", "op": "gt", "value": value, "notify": ["ops"], **more}


class ThresholdSchema(unittest.TestCase):
    """As the program does (tests/stream/thresholds/threshold_test.cpp)."""

    def test_it_accepts_and_refuses_as_the_program_does(self):
        schema = Draft202012Validator(json.loads((ROOT / "schemas/definitions/threshold.schema.json").read_text()))
        documents = json.loads((ROOT / "tests/data/thresholds/documents.json").read_text())
        # What stands in `refused` is beyond what a schema can tell.
        for kind, expected in (("good", True), ("bad", False), ("refused", True)):
            for document in documents[kind]:
                with self.subTest(json.dumps(document)[:120]):
                    self.assertEqual(schema.is_valid(document), expected)


class WithThresholds(WithReceiver):
    def setUp(self):
        super().setUp()
        self.put("targets/ops", {"kind": "webhook", "url": self.receiver.url, "secrets": [SECRET]})

    def told(self):
        """[(type, threshold)] in the order in which they came, each id once."""
        seen, found = set(), []
        for request in list(self.receiver.requests):
            if request.id not in seen:
                seen.add(request.id)
                found.append((json_of(request)["type"], json_of(request)["data"]["details"]["threshold"]))
        return found

    def alerts(self, more=""):
        return self.expect(200, "GET", f"/v1/alerts{more}").body["alerts"]

    def standing(self, name):
        return self.expect(200, "GET", f"/v1/thresholds/{name}/standing").body

    def declare_threshold(self, name, document):
        position = self.put(f"thresholds/{name}", document).body["position"]
        self.expect(200, "GET", f"/v1/thresholds/{name}/standing?after={position}")


class Thresholds(WithThresholds):
    def test_what_passes_one_is_an_alert_told_once_and_so_is_its_end(self):
        self.declare_threshold("many", running_over(2, severity="critical", title="Too many run"))
        self.post([event(case, "asked") for case in ("a", "b")])
        self.wait_for((2, False, "quiet"), lambda: tuple(self.standing("many")[name] for name in ("value", "holds", "state")))
        posted = time.monotonic()
        self.post([event("c", "asked")])
        self.wait_for([("threshold.fired", "many")], self.told)
        print(f"told {time.monotonic() - posted:.3f} s after it was so", flush=True)
        (alert,) = self.alerts("?process=default")
        self.assertEqual({name: alert[name] for name in ("id", "process", "case", "source", "name", "number", "title", "state",
                                                         "severity")},
                         {"id": "threshold/many/1", "process": "default", "case": None, "source": "threshold",
                          "name": "many", "number": 1, "title": "Too many run", "state": "firing", "severity": "critical"})
        self.assertEqual(self.alerts("?threshold=other"), [])
        said = json_of(self.receiver.requests[0])["data"]
        self.assertEqual((said["title"], said["details"]["process"], said["details"]["stands"]),
                         ("default: Too many run", "default", True))
        self.put("processes/default", {"completion": {"end_activities": ["answered"]}})
        self.post([event("c", "answered")])
        self.wait_for([("threshold.fired", "many"), ("threshold.ended", "many")], self.told)
        self.assertEqual(self.alerts(), [])
        self.assertEqual([one["id"] for one in self.alerts("?state=ended")], ["threshold/many/1"])
        self.assertEqual([(one["type"], one["outcome"], one["case"]) for one in self.deliveries()["deliveries"]],
                         [("threshold.ended", "delivered", None), ("threshold.fired", "delivered", None)])
        self.assertEqual(self.standing("many")["alerts"], 1)

    def test_it_is_handled_like_any_other(self):
        self.declare_threshold("many", running_over(0))
        self.post([event("a", "asked")])
        self.wait_for([("threshold.fired", "many")], self.told)
        path = "/v1/alerts/" + quote("threshold/many/1", safe="")
        self.expect(202, "POST", f"{path}/acknowledge", {"note": "on it"})
        self.wait_for("on it", lambda: (self.alerts()[0]["acknowledged"] or {}).get("note"))
        self.expect(202, "POST", f"{path}/resolve")
        self.wait_for([], self.alerts)
        history = self.expect(200, "GET", path).body["history"]
        self.assertEqual([one["step"] for one in history], ["fired", "acknowledged", "ended"])
        self.wait_for([("threshold.fired", "many"), ("threshold.acknowledged", "many"), ("threshold.ended", "many")], self.told)
        self.refused("not_found", 404, "GET", "/v1/alerts/" + quote("threshold/many/2", safe=""))

    def test_what_does_not_last_is_none(self):
        self.declare_threshold("long", running_over(0, **{"for": "1h"}))
        self.declare_threshold("short", running_over(0, **{"for": "2s"}))
        self.post([event("a", "asked")])
        self.wait_for("pending", lambda: self.standing("short")["state"])
        pended = time.monotonic()
        self.wait_for([("threshold.fired", "short")], self.told)
        self.assertGreater(time.monotonic() - pended, 0.5)
        self.assertEqual(self.standing("long")["state"], "pending")

    def test_a_withdrawn_one_ends_its_alert(self):
        self.declare_threshold("many", running_over(0))
        self.post([event("a", "asked")])
        self.wait_for(1, lambda: len(self.alerts()))
        self.expect(200, "DELETE", "/v1/thresholds/many")
        self.wait_for([("threshold.fired", "many"), ("threshold.ended", "many")], self.told)
        self.assertEqual(self.alerts(), [])
        self.refused("not_found", 404, "GET", "/v1/thresholds/many/standing")

    def test_the_engine_is_measured_too(self):
        self.declare_threshold("letters", {"measure": "dead_letters", "last": "1h", "op": "gte", "value": 1, "notify": ["ops"]})
        self.declare_threshold("disk", {"measure": "disk_free_share", "op": "gt", "value": 0})
        self.declare_threshold("lag", {"measure": "lag", "op": "gt", "value": 1000000})
        self.wait_for(["disk"], lambda: [one["name"] for one in self.alerts()])
        self.post([{**event("a", "asked"), "id": "1"}])
        self.post([{**event("a", "answered"), "id": "1"}])  # the same identity with other content
        self.wait_for([("threshold.fired", "letters")], self.told)
        alert = next(one for one in self.alerts() if one["name"] == "letters")
        self.assertEqual((alert["process"], alert["case"], alert["title"]),
                         (None, None, "dead_letters of the last 3600 s is at least 1"))
        self.assertEqual(self.standing("lag")["state"], "quiet")

    def test_alerts_are_live_where_their_process_is_followed(self):
        socket, live = WebSocket(self.node.address, token=self.token), LiveView("alerts")
        self.addCleanup(socket.close)
        socket.send({"op": "subscribe", "ref": 1, "channel": "alerts", "process": "default"})
        self.post([event("a", "asked")])
        self.declare_threshold("many", running_over(0))
        self.declare_threshold("disk", {"measure": "disk_free_share", "op": "gt", "value": 0})
        self.declare_threshold("others", {**running_over(0), "process": "other", "op": "gte"})
        deadline = time.monotonic() + WAIT_S_MAX
        while not live.held or sorted(one["name"] for one in live.held["alerts"]) != ["disk", "many"]:
            self.assertLess(time.monotonic(), deadline, live.held)
            message = socket.receive()
            if message.get("ref") == 1:
                live.take(message)

    def test_every_fault_is_told_at_once(self):
        faults = self.refused("invalid_document", 422, "PUT", "/v1/thresholds/t",
                              {"process": "p", "measure": "cycle_time", "op": "over", "value": 3}).body["faults"]
        self.assertEqual({fault["pointer"] for fault in faults}, {"", "/op", "/value"})
        faults = self.refused("invalid_document", 422, "PUT", "/v1/thresholds/t",
                              {**running_over(1), "notify": ["ops", "nobody"]}).body["faults"]
        self.assertEqual(faults, [{"pointer": "/notify/1", "detail": "there is no target \"nobody\""}])
        self.put("thresholds/t", "process: default\nmeasure: running\nop: gt\nvalue: 5\nnotify: [ops]\n",
                 content_type="application/yaml")
        self.assertIn("the threshold t", self.refused("document_in_use", 409, "DELETE", "/v1/targets/ops").body["detail"])
        self.refused("forbidden", 403, "PUT", "/v1/thresholds/t", running_over(1), token=self.as_role("viewer"))
        self.assertEqual(self.expect(200, "GET", "/v1/thresholds").body["documents"][0]["name"], "t")


class Restarts(WithThresholds):
    def test_what_was_told_is_not_told_again_by_who_comes_back(self):
        self.declare_threshold("many", running_over(0))
        self.declare_threshold("pending", running_over(0, **{"for": "4s"}))
        self.post([event("a", "asked")])
        self.wait_for([("threshold.fired", "many")], self.told)
        since = self.standing("pending")["since"]
        self.node.kill()
        self.node.start()
        self.wait_for("up", lambda: self.standing("pending")["state"])
        self.wait_for([("threshold.fired", "many"), ("threshold.fired", "pending")], self.told)
        began = next(one["began"] for one in self.alerts() if one["name"] == "pending")
        self.assertEqual(began, since, "what held before it died goes on to count")
        time.sleep(2.5)
        self.assertEqual(len(self.told()), 2)


if __name__ == "__main__":
    unittest.main()
