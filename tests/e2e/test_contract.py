"""The documents that the binary serves, held to themselves and to what it does."""

import json
import re
import subprocess
import tempfile
from pathlib import Path

from jsonschema import Draft202012Validator

from running import BINARY, WithNode, event

METRIC = {"start": {"path": "activity", "op": "eq", "value": "a"}, "stop": {"path": "attr.x", "op": "exists"}}
TARGET = {"name": "t", "promises": {"m": "1h30m"}}


def sla(metric=METRIC, target=TARGET, **calendar):
    return {"calendars": {"c": calendar}, "policies": {"p": {"metrics": {"m": metric}, "targets": [target]}}}


SLA_GOOD = [sla(), sla(zone="Europe/Berlin", week={"mon": ["09:00-24:00"]}, holidays=["2026-12-25"]),
            sla(shifts={"2026-12-24": ["09:00-12:00"]}, breaks={"2026-12-23": []}),
            sla({"stop": METRIC["stop"], "stop_starts": True}), sla({**METRIC, "pause": METRIC["stop"], "reopening": "resume"}),
            sla({**METRIC, "start": {"all": [{"not": METRIC["stop"]}, {"any": [METRIC["start"]]}]}}),
            sla({**METRIC, "start": {"path": "case.attr.a", "op": "in", "value": [1, "a", None]}}),
            sla({**METRIC, "start": {"path": "id", "op": "eq", "value": {"path": "case.id"}}}),
            {"policies": {"p": {**sla()["policies"]["p"], "processes": ["a", "b"], "on_change": "freeze"}}},
            sla(target={**TARGET, "when": METRIC["start"], "calendar": "c", "grace": "60s", "rearm_warnings": True,
                        "warnings": [{"percent": 75}, {"before": "15m"}, {"before_business": "1h"}]})]
SLA_BAD = [{"policies": {"p": {**sla()["policies"]["p"], "processes": ["A"]}}},
           {"policies": {"p": {**sla()["policies"]["p"], "on_change": "forget"}}}, [], {}, {"policies": {}}, {"policies": {"P": {}}}, {**sla(), "more": 1}, sla(open=True), sla(week={"monday": []}),
           sla(week={"mon": ["9-17"]}), sla(week={"mon": ["09:00-24:01"]}), sla(holidays="2026-12-25"), sla({}),
           sla({"start": METRIC["start"]}), sla({**METRIC, "reopening": "never"}), sla({**METRIC, "start": {"all": []}}),
           sla({**METRIC, "start": {"path": "activty", "op": "exists"}}),
           sla({**METRIC, "start": {"path": "activity", "op": "like", "value": 1}}),
           sla({**METRIC, "start": {"path": "activity", "op": "exists", "not": METRIC["stop"]}}),
           sla(target={"promises": {}}), sla(target={**TARGET, "promises": {"m": "1x"}}),
           sla(target={**TARGET, "promises": {"m": ""}}), sla(target={**TARGET, "warnings": [{}]}),
           sla(target={**TARGET, "warnings": [{"percent": 100}]})]
GOOD = [event("1", "a", 0), event("1", "a", 0, process="p-1_x"), event("1", "a", 0, start="2026-01-01T00:00:00+01:00"),
        event("1", "a", 0, timestamp=1767225600000), event("1", "a", 0, id="x", source="/s", lifecycle="start"),
        event("1", "a", 0, instance="i", resource="r", sequence=7), event("1", "a", 0, anything="kept"),
        event("1", "a", 0, attributes={"s": "x", "n": 1.5, "b": True, "z": None})]
BAD = [{}, [], 1, {"case_id": "1", "activity": "a"}, event("", "a", 0), event("1", "", 0), event(1, "a", 0),
       event("x" * 257, "a", 0), event("1", "a", 0, process="Not plain"), event("1", "a", 0, timestamp=12),
       event("1", "a", 0, timestamp=1.5), event("1", "a", 0, timestamp=None), event("1", "a", 0, id="x" * 129),
       event("1", "a", 0, id=""), event("1", "a", 0, lifecycle="COMPLETE"), event("1", "a", 0, attributes=[]), event("1", "a", 0, attributes={"n": {}}),
       event("1", "a", 0, attributes={"n": [1]}), event("1", "a", 0, sequence=-1), event("1", "a", 0, sequence="1"),
       event("1", "a", 0, attributes={str(n): n for n in range(65)})]


def references(node):
    """Every $ref below the node."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for child in node.values():
            yield from references(child)
    elif isinstance(node, list):
        for child in node:
            yield from references(child)


class Documents(WithNode):
    def setUp(self):
        super().setUp()
        self.openapi = self.call("GET", "/openapi.json").body
        self.asyncapi = self.call("GET", "/asyncapi.json").body

    def test_every_reference_leads_somewhere(self):
        for own in (self.openapi, self.asyncapi):
            documents = {"": own, "openapi.json": self.openapi}
            for reference in set(references(own)):
                name, _, path = reference.partition("#/")
                found = documents[name]
                for step in path.split("/"):
                    found = found[step.replace("~1", "/")]

    def test_schemas_are_schemas(self):
        for document in (self.openapi, self.asyncapi):
            for schema in document["components"]["schemas"].values():
                Draft202012Validator.check_schema(schema)
        for name in ("event", "hook", "process", "sla", "target"):
            answer = self.call("GET", f"/schemas/{name}.json")
            self.assertEqual(answer.headers["content-type"], "application/schema+json")
            Draft202012Validator.check_schema(answer.body)

    def test_every_operation_is_there_and_no_other_method(self):
        names = {"process": "p", "case": "c", "upload": "u", "id": "0-1", "user": "nobody", "name": "nothing"}
        for path, operations in self.openapi["paths"].items():
            filled = re.sub(r"{(\w+)}", lambda place: names[place.group(1)], path)
            for method in ("get", "post", "put", "delete", "patch"):
                with self.subTest(f"{method} {path}"):
                    answer = self.call(method.upper(), filled, b"" if method in ("post", "put", "patch") else None)
                    self.assertEqual(answer.status == 405, method not in operations, answer)
                    if method in operations and "{" not in path:
                        self.assertNotEqual(answer.status, 404, answer)

    def test_operations_that_need_a_credential_say_so(self):
        for path, operations in self.openapi["paths"].items():
            for method, operation in operations.items():
                answer = self.node.call(method.upper(), re.sub("{[^}]+}", "x", path), b"" if method != "get" else None)
                self.assertEqual(answer.status == 401, operation.get("security") != [], answer)

    def test_the_schema_of_an_event_and_the_server_agree(self):
        schema = Draft202012Validator(self.call("GET", "/schemas/event.json").body)
        for expected, events in ((True, GOOD), (False, BAD)):
            for one in events:
                with self.subTest(str(one)[:80]):
                    self.assertEqual(schema.is_valid(one), expected)
                    self.assertEqual(self.call("POST", "/v1/events", [one]).status, 202 if expected else 422)

    def test_the_schema_of_settings_and_the_server_agree(self):
        schema = Draft202012Validator(self.call("GET", "/schemas/process.json").body)
        good = [{}, {"completion": None}, {"completion": {}}, {"completion": {"end_activities": ["a"], "inactivity_s": 1}},
                {"completion": {"inactivity_s": 1}, "retain_s": 3600}, {"retain_s": None},
                {"completion": {"inactivity_s": 1}, "retain_s": 3600, "retention": "archive"}, {"retention": "remove"}]
        bad = [[], {"x": 1}, {"completion": 1}, {"completion": {"x": 1}}, {"completion": {"end_activities": [""]}},
               {"completion": {"end_activities": ["a", "a"]}}, {"completion": {"inactivity_s": 0}}, {"zone": 1},
               {"completion": {"inactivity_s": 1}, "retain_s": 3599}, {"retention": "keep"}]
        for expected, documents in ((True, good), (False, bad)):
            for document in documents:
                with self.subTest(document):
                    self.assertEqual(schema.is_valid(document), expected)
                    self.assertEqual(self.call("PUT", "/v1/processes/p", document).status, 200 if expected else 422)

    def test_the_schema_of_policies_and_discover_agree(self):
        schema = Draft202012Validator(self.call("GET", "/schemas/sla.json").body)
        with tempfile.TemporaryDirectory() as folder:
            log, policies = Path(folder) / "log.csv", Path(folder) / "sla.json"
            log.write_text("case_id,activity,timestamp\n1,a,2026-01-01T00:00:00Z\n")
            for expected, documents in ((0, SLA_GOOD), (1, SLA_BAD)):
                for document in documents:
                    with self.subTest(str(document)):
                        self.assertEqual(schema.is_valid(document), expected == 0)
                        policies.write_text(json.dumps(document))
                        run = subprocess.run([BINARY, "discover", log, "--sla", policies], capture_output=True, check=False)
                        self.assertEqual(run.returncode, expected, run.stderr)
