"""POST /v1/events: every form of body, each event judged by itself, once each, durable when answered."""

import json

from running import WithNode, event

ORDER = [event("o1", "received", 0), event("o1", "packed", 10), event("o1", "sent", 30)]
EDGES = {("received", "packed"): 1, ("packed", "sent"): 1}


class Bodies(WithNode):
    def test_array(self):
        self.assertEqual(self.edges(self.post(ORDER)), EDGES)

    def test_order_of_arrival_does_not_matter(self):
        for one in reversed(ORDER):
            position = self.post([one])
        self.assertEqual(self.edges(position), EDGES)

    def test_object(self):
        answer = self.expect(202, "POST", "/v1/events", ORDER[0])
        self.assertEqual((answer.body["accepted"], answer.body["rejected"]), (1, []))

    def test_ndjson(self):
        body = "\n".join(json.dumps(one) for one in ORDER)
        answer = self.expect(202, "POST", "/v1/events", body, content_type="application/x-ndjson")
        self.assertEqual(self.edges(answer.body["position"]), EDGES)

    def test_cut_last_line_of_ndjson_is_rejected_by_index(self):
        body = json.dumps(ORDER[0]) + "\n" + json.dumps(ORDER[1])[:20]
        answer = self.expect(202, "POST", "/v1/events", body, content_type="application/x-ndjson")
        self.assertEqual((answer.body["accepted"], [r["index"] for r in answer.body["rejected"]]), (1, [1]))

    def cloud_event(self, one, number):
        return {"specversion": "1.0", "id": str(number), "source": "/shop", "type": one["activity"],
                "subject": one["case_id"], "time": one["timestamp"], "data": {"amount": 3}}

    def test_structured_and_batched_cloud_events(self):
        events = [self.cloud_event(one, number) for number, one in enumerate(ORDER)]
        self.expect(202, "POST", "/v1/events", json.dumps(events[0]), content_type="application/cloudevents+json")
        answer = self.expect(202, "POST", "/v1/events", json.dumps(events[1:]),
                             content_type="application/cloudevents-batch+json")
        self.assertEqual(self.edges(answer.body["position"]), EDGES)

    def test_binary_cloud_event(self):
        headers = {f"ce_{name}": value for name, value in self.cloud_event(ORDER[0], 1).items() if name != "data"}
        answer = self.expect(202, "POST", "/v1/events", '{"amount":3}', content_type="application/json", **headers)
        self.assertEqual(self.view("map", answer.body["position"])["start"], [{"name": "received", "count": 1}])

    def test_empty_array_is_nothing(self):
        answer = self.expect(202, "POST", "/v1/events", [])
        self.assertEqual(answer.body, {"accepted": 0, "duplicates": 0, "rejected": [], "position": "0"})


class Verdicts(WithNode):
    def test_one_bad_event_does_not_refuse_its_neighbours(self):
        events = [event(f"c{number}", "a", number % 60) for number in range(1000)]
        del events[500]["activity"]
        answer = self.expect(202, "POST", "/v1/events", events)
        self.assertEqual(answer.body["accepted"], 999)
        self.assertEqual([(r["index"], r["code"]) for r in answer.body["rejected"]], [(500, "schema")])

    def test_all_bad_is_422(self):
        answer = self.refused("schema", 422, "POST", "/v1/events", [{"case_id": "1"}, {}])
        self.assertEqual([r["index"] for r in answer.body["rejected"]], [0, 1])

    def test_repeats_within_a_body(self):
        answer = self.expect(202, "POST", "/v1/events", [ORDER[0], ORDER[0]])
        self.assertEqual((answer.body["accepted"], answer.body["duplicates"]), (1, 1))

    def test_same_id_other_content_within_a_body(self):
        answer = self.expect(202, "POST", "/v1/events", [event("1", "a", 0, id="x"), event("1", "b", 0, id="x")])
        self.assertEqual([(r["index"], r["code"]) for r in answer.body["rejected"]], [(1, "id_conflict")])

    def test_repeats_across_bodies_count_once(self):
        self.post(ORDER)
        kpis = self.view("kpis", self.post(ORDER))
        self.assertEqual((kpis["events"], kpis["duplicates"]), (3, 3))

    def test_conflict_across_bodies_is_a_dead_letter_that_can_be_replayed(self):
        self.post([event("1", "a", 0, id="x")])
        position = self.post([event("1", "b", 0, id="x")])
        letters = self.expect(200, "GET", f"/v1/dead-letters?after={position}").body["dead_letters"]
        self.assertEqual([letter["code"] for letter in letters], ["id_conflict"])
        replayed = self.expect(202, "POST", f"/v1/dead-letters/{letters[0]['id']}/replay").body["position"]
        again = self.expect(200, "GET", f"/v1/dead-letters?after={replayed}").body["dead_letters"]
        self.assertEqual([letter["id"] for letter in again], [letter["id"] for letter in letters])  # still a conflict

    def test_an_erasure_takes_the_dead_letters_of_the_case_along(self):
        for case_id in ("1", "2"):
            self.post([event(case_id, "a", 0, id="x")])
            position = self.post([event(case_id, "b", 0, id="x")])
            self.view("map", position)
        position = self.expect(202, "DELETE", "/v1/processes/default/cases/1").body["position"]
        letters = self.expect(200, "GET", f"/v1/dead-letters?after={position}").body["dead_letters"]
        self.assertEqual([json.loads(letter["record"])["case_id"] for letter in letters], ["2"])

    def test_replay_of_nothing_is_404(self):
        for place in ("0-0", "99-1", "x", "0-00"):
            self.refused("not_found", 404, "POST", f"/v1/dead-letters/{place}/replay")

    def test_bad_bodies(self):
        self.refused("malformed_json", 400, "POST", "/v1/events", "{", content_type="application/json")
        self.refused("empty_body", 400, "POST", "/v1/events", "", content_type="application/json")
        self.refused("unsupported_media_type", 415, "POST", "/v1/events", "x", content_type="text/plain")
        self.refused("unsupported_media_type", 415, "POST", "/v1/events", "x")
        self.refused("body_too_large", 413, "POST", "/v1/events", [ORDER[0]] * 10_001)

    def test_bad_events(self):
        for code, one in (("bad_timestamp", event("1", "a", 0, timestamp="2026-02-30T00:00:00Z")),
                          ("timestamp_out_of_range", event("1", "a", 0, timestamp="2999-01-01T00:00:00Z")),
                          ("attributes_limit", event("1", "a", 0, attributes={str(n): n for n in range(65)})),
                          ("schema", event("1" * 257, "a", 0))):
            with self.subTest(code):
                self.refused(code, 422, "POST", "/v1/events", one)


class Idempotency(WithNode):
    def test_the_same_request_gets_the_same_answer(self):
        first = self.expect(202, "POST", "/v1/events", ORDER, idempotency_key="k1")
        again = self.expect(202, "POST", "/v1/events", ORDER, idempotency_key="k1")
        self.assertEqual(first.body, again.body)
        self.assertEqual(self.view("kpis", first.body["position"])["duplicates"], 0)

    def test_another_request_under_the_key_is_refused(self):
        self.expect(202, "POST", "/v1/events", ORDER, idempotency_key="k1")
        self.refused("idempotency_conflict", 409, "POST", "/v1/events", ORDER[:1], idempotency_key="k1")

    def test_another_token_has_keys_of_its_own(self):
        self.expect(202, "POST", "/v1/events", ORDER, idempotency_key="k1")
        self.expect(202, "POST", "/v1/events", ORDER[:1], self.as_role("producer"), idempotency_key="k1")


class Quota(WithNode):
    settings = {"quota_events_per_second": 10}

    def test_beyond_the_quota_is_429_for_that_process_alone(self):
        events = [event(f"c{number}", "a", 0) for number in range(100)]
        self.post(events)
        answer = self.refused("quota_exceeded", 429, "POST", "/v1/events", events)
        self.assertGreaterEqual(int(answer.headers["retry-after"]), 1)
        self.post(ORDER, process="other")
