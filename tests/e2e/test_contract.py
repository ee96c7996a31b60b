"""The documents that the binary serves, held to themselves and to what it does."""

import re

from jsonschema import Draft202012Validator

from running import WithNode, event

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
        for name in ("event", "process"):
            answer = self.call("GET", f"/schemas/{name}.json")
            self.assertEqual(answer.headers["content-type"], "application/schema+json")
            Draft202012Validator.check_schema(answer.body)

    def test_every_operation_is_there_and_no_other_method(self):
        names = {"process": "p", "case": "c", "upload": "u", "id": "0-1", "user": "nobody"}
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
                {"completion": {"inactivity_s": 1}, "retain_s": 3600}, {"retain_s": None}]
        bad = [[], {"x": 1}, {"completion": 1}, {"completion": {"x": 1}}, {"completion": {"end_activities": [""]}},
               {"completion": {"end_activities": ["a", "a"]}}, {"completion": {"inactivity_s": 0}}, {"zone": 1},
               {"completion": {"inactivity_s": 1}, "retain_s": 3599}]
        for expected, documents in ((True, good), (False, bad)):
            for document in documents:
                with self.subTest(document):
                    self.assertEqual(schema.is_valid(document), expected)
                    self.assertEqual(self.call("PUT", "/v1/processes/p", document).status, 200 if expected else 422)
