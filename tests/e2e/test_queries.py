"""Views, their filters, pages, settings of a process, erasure."""

import time

from running import WAIT_S_MAX, WithNode, event

TWO = [event("1", "a", 0, resource="ann", attributes={"kind": "x", "n": 12.50}), event("1", "b", 60, resource="bob"),
       event("2", "a", 120, resource="ann"), event("2", "c", 180, resource="ann")]


class Filters(WithNode):
    def cases(self, more):
        return [row["case_id"] for row in self.view("cases", self.position, more=more)["cases"]]

    def setUp(self):
        super().setUp()
        self.position = self.post(TWO)

    def test_each(self):
        wanted = {"": ["1", "2"], "activity=b": ["1"], "activity=a&activity=c": ["2"], "resource=bob": ["1"],
                  "attr.kind=x": ["1"], "attr.n=12.5": ["1"], "attr.kind=y": [],
                  "from=2026-01-01T01:30:00Z": ["2"], "to=2026-01-01T02:00:00Z": ["1"],
                  "from=2026-01-01T00:30:00Z&to=2026-01-01T02:30:00Z": ["1", "2"],
                  "from=2026-01-01T00:30:00Z&window=contained": ["2"],
                  "to=2026-01-01T00:30:00Z&window=started": ["1"],
                  "to=2026-01-01T01:30:00Z&window=completed": ["1"]}
        for more, found in wanted.items():
            with self.subTest(more):
                self.assertEqual(self.cases(more), found)

    def test_trimming_to_a_window(self):
        found = self.view("map", self.position, more="from=2026-01-01T00:30:00Z&to=2026-01-01T02:30:00Z&window=events")
        self.assertEqual({a["name"]: a["count"] for a in found["activities"]}, {"b": 1, "a": 1})

    def test_variant(self):
        first = self.view("variants", self.position)["variants"][0]
        self.assertEqual(len(self.cases(f"variant={first['id']}")), 1)

    def test_lifecycle_complete_pairs_starts(self):
        position = self.post([event("1", "w", 0, lifecycle="start"), event("1", "w", 10)], process="p")
        whole, paired = (self.view("map", position, "p", more) for more in ("", "lifecycle=complete"))
        self.assertEqual([whole["activities"][0]["count"], paired["activities"][0]["count"]], [2, 1])
        self.assertEqual(paired["activities"][0]["service_s"]["sum"], 600)

    def test_wrong_values(self):
        for more in ("from=yesterday", "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "window=all", "variant=1",
                     "lifecycle=start", "nonsense=1", "limit=-1", "limit=1000000000", "limit=0", "limit=1&limit=2",
                     "after=x", "after=99-1"):
            with self.subTest(more):
                self.refused("bad_query", 400, "GET", f"/v1/processes/default/cases?{more}")

    def test_a_process_without_events_is_empty(self):
        self.assertEqual(self.view("map", process="nothing")["activities"], [])
        self.assertIsNone(self.view("kpis", process="nothing")["cycle_time_s"]["mean"])
        self.assertEqual(self.view("variants", process="nothing")["total"], 0)
        self.refused("not_found", 404, "GET", "/v1/processes/nothing/cases/1")

    def test_a_position_that_never_comes(self):
        self.refused("not_caught_up", 503, "GET", "/v1/processes/default/map?after=0-99999999")

    def test_dot_is_escaped(self):
        position = self.post([event("1", 'a"]; evil -> "b', 0)], process="q")
        dot = self.expect(200, "GET", f"/v1/processes/q/map?format=dot&after={position}").body.decode()
        self.assertIn('a\\"]; evil -> \\"b', dot)

    def test_methods_and_paths(self):
        answer = self.refused("method_not_allowed", 405, "POST", "/v1/processes/default/map")
        self.assertEqual(answer.headers["allow"], "GET, HEAD")
        self.refused("not_found", 404, "GET", "/v1/nothing")
        self.assertEqual(self.call("HEAD", "/v1/processes/default/map").status, 200)

    def test_trace_ids(self):
        trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        answer = self.call("GET", "/v1/processes/default/map?x=1", traceparent=f"00-{trace}-00f067aa0ba902b7-01")
        self.assertEqual((answer.headers["traceparent"].split("-")[1], answer.body["trace_id"]), (trace, trace))


class Pages(WithNode):
    def pages(self, name, rows, position):
        seen, cursor = [], ""
        while cursor is not None:
            page = self.view(name, position, more=f"limit=7{cursor and '&cursor=' + cursor}")
            self.assertLessEqual(len(page[rows]), 7)
            seen += page[rows]
            cursor = page["next"]
        return seen

    def test_cases_and_variants(self):
        position = self.post([event(f"c{n:02}", f"a{n % 10}", n % 60) for n in range(40)])
        self.assertEqual([row["case_id"] for row in self.pages("cases", "cases", position)], [f"c{n:02}" for n in range(40)])
        self.assertEqual(len({v["id"] for v in self.pages("variants", "variants", position)}), 10)

    def test_cursors_that_are_not_ours(self):
        position = self.post([event(f"c{n}", "a", 0) for n in range(5)])
        cursor = self.view("cases", position, more="limit=2")["next"]
        for wrong in (cursor[:-1] + ("A" if cursor[-1] != "A" else "B"), cursor[1:], "x", ""):
            self.refused("bad_cursor", 400, "GET", f"/v1/processes/default/cases?limit=2&cursor={wrong}")
        self.refused("bad_cursor", 400, "GET", f"/v1/processes/default/cases?activity=a&cursor={cursor}")
        self.refused("bad_cursor", 400, "GET", f"/v1/processes/other/cases?cursor={cursor}")

    def test_processes(self):
        for name in ("b", "a", "c"):
            self.post([event("1", "x", 0)], process=name)
        first = self.expect(200, "GET", "/v1/processes?limit=2").body
        second = self.expect(200, "GET", f"/v1/processes?limit=2&cursor={first['next']}").body
        names = [process["name"] for page in (first, second) for process in page["processes"]]
        self.assertEqual((names, second["next"]), (["a", "b", "c"], None))


class Settings(WithNode):
    def test_completion_by_end_activity(self):
        self.post(TWO)
        document = {"completion": {"end_activities": ["b"]}, "zone": "Europe/Berlin"}
        stored = self.expect(200, "PUT", "/v1/processes/default", document)
        kpis = self.view("kpis", stored.body["position"])
        self.assertEqual((kpis["completed"], kpis["running"], kpis["open_included"]), (1, 1, False))
        found = self.expect(200, "GET", "/v1/processes/default")
        self.assertEqual(found.body["completion"], {"end_activities": ["b"], "inactivity_s": None})
        self.assertEqual((found.body["zone"], found.headers["etag"]), ("Europe/Berlin", stored.headers["etag"]))

    def test_completion_by_inactivity(self):
        self.expect(200, "PUT", "/v1/processes/default", {"completion": {"inactivity_s": 60}})
        self.post(TWO)
        deadline = time.monotonic() + WAIT_S_MAX
        while self.view("kpis")["completed"] < 2:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)

    def test_old_complete_cases_are_archived(self):
        before = self.view("map", self.post([event("1", "a", 0), event("1", "b", 1), event("2", "a", 0)]))
        document = {"completion": {"end_activities": ["b"]}, "retain_s": 3600, "retention": "archive"}
        self.expect(200, "PUT", "/v1/processes/default", document)
        deadline = time.monotonic() + WAIT_S_MAX
        while self.expect(200, "GET", "/v1/processes/default").body["archived_cases"] < 1:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        self.assertEqual([case["case_id"] for case in self.view("cases")["cases"]], ["2"])
        both = [(case["case_id"], case.get("archived")) for case in self.view("cases", more="archived=true")["cases"]]
        self.assertEqual(both, [("1", True), ("2", None)])
        self.assertEqual((self.view("cases/1").get("archived"), self.view("cases/2").get("archived")), (True, None))
        for filtered in ("", "activity=a"):
            self.assertEqual(self.view("map", more=filtered)["activities"], before["activities"])
        left = self.view("map", more="archived=false")["activities"]
        self.assertEqual([(one["name"], one["count"]) for one in left], [("a", 1)])
        self.assertEqual(self.expect(200, "GET", "/v1/processes/default/export?format=ndjson").body.decode().count('"case_id"'), 3)
        position = self.expect(202, "DELETE", "/v1/processes/default/cases/1").body["position"]
        self.assertEqual(self.view("kpis", position)["cases"], 1)
        self.assertEqual(self.expect(200, "GET", "/v1/processes/default").body["archived_cases"], 0)
        self.refused("bad_query", 400, "GET", "/v1/processes/default/cases?archived=1")

    def test_all_faults_at_once(self):
        document = {"completion": {"end_activities": ["", 1, "a", "a"], "inactivity_s": 0, "x": 1}, "zone": "Nowhere", "y": 2}
        answer = self.refused("invalid_document", 422, "PUT", "/v1/processes/default", document)
        self.assertEqual([fault["pointer"] for fault in answer.body["faults"]],
                         ["/completion/end_activities/0", "/completion/end_activities/1", "/completion/end_activities/3",
                          "/completion/inactivity_s", "/completion", "/zone", ""])
        for body in ("[]", "null", "1", '"x"'):
            self.refused("invalid_document", 422, "PUT", "/v1/processes/default", body, content_type="application/json")
        self.refused("empty_body", 400, "PUT", "/v1/processes/default", "", content_type="application/json")

    def test_stale_etag(self):
        old = self.expect(200, "PUT", "/v1/processes/default", {})
        new = self.expect(200, "PUT", "/v1/processes/default", {"zone": "Asia/Tokyo"}, if_match=old.headers["etag"])
        self.view("map", new.body["position"])
        self.refused("precondition_failed", 412, "PUT", "/v1/processes/default", {}, if_match=old.headers["etag"])


class Erasure(WithNode):
    settings = {"erasure_interval": 0}
    secret = "Erika-Mustermann-1964"

    def test_nothing_is_left_of_the_case(self):
        secret_events = [event(self.secret, f"did-{self.secret}", minute, id=f"{self.secret}-{minute}") for minute in (0, 5)]
        self.post([*TWO, *secret_events])
        position = self.expect(202, "DELETE", f"/v1/processes/default/cases/{self.secret}").body["position"]
        self.assertEqual(self.view("kpis", position)["cases"], 2)
        self.refused("not_found", 404, "GET", f"/v1/processes/default/cases/{self.secret}")
        self.assertEqual(self.view("kpis", self.post(secret_events))["cases"], 2)  # a resend brings nothing back
        deadline = time.monotonic() + WAIT_S_MAX
        # A manifest tells the range of keys of files that are gone; opening writes a new one.
        while left := [path for path in self.node.bytes_at_rest(self.secret.encode()) if "MANIFEST" not in path]:
            self.assertLess(time.monotonic(), deadline, left)
            time.sleep(0.2)
        self.node.kill()
        self.node.start()
        self.assertEqual(self.node.bytes_at_rest(self.secret.encode()), [])
        self.assertEqual(self.view("kpis")["cases"], 2)
        self.assertEqual(self.view("kpis", self.post(secret_events))["cases"], 2)
