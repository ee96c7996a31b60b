"""Tokens, roles, tenancy (reliability, bad inputs 87 to 103)."""

import base64

from running import WithNode, event


class Tokens(WithNode):
    path = "/v1/processes/default/map"

    def test_none(self):
        answer = self.node.call("GET", self.path)
        self.assertEqual((answer.status, answer.body["code"]), (401, "missing_token"))
        self.assertEqual(answer.headers["www-authenticate"], "Bearer")

    def test_wrong_ones_are_told_apart_by_nobody(self):
        def changed(at):
            return self.token[:at] + ("A" if self.token[at] != "A" else "B") + self.token[at + 1:]

        jwt = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=")
                       for part in (b'{"alg":"none"}', b'{"workspace":"w","role":"admin"}', b""))
        wrong = [changed(5), changed(30), changed(len(self.token) - 1), self.token[:-1], self.token + "A",
                 self.token + "=", "weir_", "x", jwt, "../../etc/passwd"]
        for token in wrong:
            with self.subTest(token):
                answer = self.refused("invalid_token", 401, "GET", self.path, token=token)
                self.assertNotIn(token, str(answer.body))

    def test_in_the_query_it_is_no_credential(self):
        self.refused("bad_query", 400, "GET", f"{self.path}?token={self.token}")
        self.assertEqual(self.node.call("GET", f"{self.path}?token={self.token}").status, 401)

    def test_another_scheme(self):
        answer = self.node.call("GET", self.path, authorization="Basic eDp5")
        self.assertEqual((answer.status, answer.body["code"]), (401, "invalid_token"))

    def test_expired(self):
        token = self.command("token", "--data", str(self.node.folder / "data"), "--workspace", self.workspace,
                             "--role", "viewer", "--expires", "1s").stdout.strip()
        self.expect(200, "GET", self.path, token=token)  # within the leeway of 60 s

    def test_refusals_are_in_no_audit_of_a_workspace(self):
        self.refused("invalid_token", 401, "GET", self.path, token="weir_x")
        self.assertEqual(self.expect(200, "GET", "/v1/audit").body["entries"], [])


class Guessing(WithNode):
    def test_many_wrong_tokens_are_429_and_valid_ones_are_not_held_up(self):
        codes = [self.call("GET", Tokens.path, token=f"weir_{n}").status for n in range(300)]
        self.assertEqual(set(codes), {401, 429})
        self.assertEqual(codes, sorted(codes)[:1] * codes.count(401) + [429] * codes.count(429))
        self.expect(200, "GET", Tokens.path)


class Roles(WithNode):
    def test_table(self):
        post, erase = ("POST", "/v1/events", []), ("DELETE", "/v1/processes/p/cases/c", None)
        read, settings = ("GET", "/v1/processes/p/map", None), ("PUT", "/v1/processes/p", {})
        export, audit = ("GET", "/v1/processes/p/export", None), ("GET", "/v1/audit", None)
        letters, uploads = ("GET", "/v1/dead-letters", None), ("GET", "/v1/uploads", None)
        allowed = {"admin": [post, erase, read, settings, export, audit, letters, uploads],
                   "analyst": [read, settings, export, letters, uploads], "viewer": [read],
                   "producer": [post, uploads]}
        for role, calls in allowed.items():
            token = self.as_role(role)
            for call in allowed["admin"]:
                with self.subTest(role=role, call=call[:2]):
                    answer = self.call(*call, token)
                    self.assertEqual(answer.status != 403, call in calls, answer)

    def test_probes_need_none(self):
        for path in ("/healthz", "/readyz", "/metrics", "/openapi.json", "/schemas/event.json", "/schemas/process.json", "/"):
            self.assertEqual(self.node.call("GET", path).status, 200, path)


class Audit(WithNode):
    def test_who_did_what(self):
        analyst = self.as_role("analyst")
        self.expect(200, "PUT", "/v1/processes/p", {}, analyst)
        self.expect(403, "DELETE", "/v1/processes/p/cases/secret-case", None, analyst)
        self.expect(202, "DELETE", "/v1/processes/p/cases/secret-case")
        entries = self.expect(200, "GET", "/v1/audit").body["entries"]
        self.assertEqual([(entry["action"], entry["outcome"]) for entry in entries],
                         [("case.erase", "done"), ("case.erase", "403"), ("process.put", "done")])
        self.assertNotEqual(entries[0]["actor"], entries[2]["actor"])
        self.assertNotIn("secret-case", str(entries))


class Tenancy(WithNode):
    def setUp(self):
        super().setUp()
        self.other = self.node.token(self.workspace[:60] + "-b")

    def test_the_same_names_never_mix(self):
        self.post([event("1", "mine", 0)])
        answer = self.expect(202, "POST", "/v1/events", [event("1", "theirs", 0)], self.other)
        theirs = self.expect(200, "GET", f"/v1/processes/default/map?after={answer.body['position']}", None, self.other)
        self.assertEqual([a["name"] for a in theirs.body["activities"]], ["theirs"])

    def test_what_is_not_mine_is_not_there(self):
        upload = self.upload("case_id,activity,timestamp\n1,a,2026-01-01T00:00:00Z\n")["upload"]
        self.post([event("1", "a", 0)])
        for method, path in (("GET", f"/v1/uploads/{upload}"), ("DELETE", f"/v1/uploads/{upload}"),
                             ("GET", "/v1/processes/default/cases/1")):
            mine = self.refused("not_found", 404, method, path, None, self.other)
            nowhere = self.refused("not_found", 404, method, path[:-1] + "~", None, self.other)
            self.assertEqual({**mine.body, "trace_id": ""}, {**nowhere.body, "trace_id": ""})
        self.assertEqual(self.expect(200, "GET", "/v1/uploads", None, self.other).body["uploads"], [])

    def test_a_workspace_in_the_body_or_a_header_is_ignored(self):
        other = self.workspace[:60] + "-b"
        answer = self.expect(202, "POST", "/v1/events", [event("1", "a", 0, workspace=other)], x_workspace=other)
        self.assertEqual(self.view("kpis", answer.body["position"])["events"], 1)
        self.assertEqual(self.expect(200, "GET", "/v1/processes", None, self.other).body["processes"], [])

    def test_cursor_of_another_workspace(self):
        for token in (self.token, self.other):
            self.expect(202, "POST", "/v1/events", [event(str(n), "a", 0) for n in range(3)], token)
        position = self.post([event("9", "a", 0)])
        cursor = self.view("cases", position, more="limit=1")["next"]
        self.refused("bad_cursor", 400, "GET", f"/v1/processes/default/cases?limit=1&cursor={cursor}", None, self.other)

    def test_names_that_try_to_leave_their_range(self):
        for name in ("a%00b", "%FF", "a%2Fb", "..", "A", "a" * 65):
            self.refused("not_found", 404, "GET", f"/v1/processes/{name}/map")
            self.refused("not_found", 404, "PUT", f"/v1/processes/{name}", {})
        for case_id in ("a%00b", "a%00", "a%00%01", "a%2Fb", "%F0%9F%98%80"):
            self.refused("not_found", 404, "GET", f"/v1/processes/default/cases/{case_id}")
        ids = ["a", "a\u0001", "a\u0001b", "a/b", "ab", "\U0001f600"]
        position = self.post([event(case_id, f"of {number}", 0) for number, case_id in enumerate(ids)])
        rows = self.view("cases", position)["cases"]
        self.assertEqual({row["case_id"]: row["first_activity"] for row in rows},
                         {case_id: f"of {number}" for number, case_id in enumerate(ids)})
