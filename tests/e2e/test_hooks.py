"""Incoming webhooks: each provider's deliveries, signed by other code than the server's, and the bad inputs 104-108."""

import http.client
import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from random import Random

from jsonschema import Draft202012Validator

import signing
from running import WAIT_S_MAX, WithNode
from signing import OTHER, SECRET, WHSEC

SOON = "2026-01-01T00:00:00Z"


def issue(number=3, action="opened"):
    return json.dumps({"action": action, "issue": {"number": number, "updated_at": SOON, "state": "open"},
                       "repository": {"full_name": "o/r"}, "sender": {"login": "ann"}}).encode()


def hook(provider="github", secrets=(SECRET,), **more):
    return {"provider": provider, "secrets": list(secrets), "process": "desk", **more}


class WithHooks(WithNode):
    def put(self, name="h", document=None, status=200, **headers):
        """-> the hook's address"""
        answer = self.expect(status, "PUT", f"/v1/hooks/{name}", document or hook(), **headers)
        return answer.body.get("url")

    def deliver(self, url, body, headers=None, status=202, method="POST"):
        named = {"content-type": "application/json", **(headers or {})}
        answer = self.node.call(method, url, body, **{name.replace("-", "_"): value for name, value in named.items()})
        self.assertEqual(answer.status, status, answer)
        return answer

    def cases(self, after=None):
        """Case and activities, of all that came."""
        found = {}
        for case in self.view("cases", after, "desk")["cases"]:
            path = f"/v1/processes/desk/cases/{case['case_id'].replace('/', '%2F').replace('#', '%23').replace('+', '%2B')}"
            events = self.expect(200, "GET", path).body["events"]
            found[case["case_id"]] = [event["activity"] for event in events]
        return found

    def count(self, after):
        return self.view("kpis", after, "desk")["events"]


MAPPING = {"case_id": "{/a}", "activity": ["{/b/*}", "x{{y}}"], "each": "/b/*"}
GOOD = [hook(), hook(secrets=[SECRET] * 4), hook(tolerance="1m30s"), hook("standard", [WHSEC]), hook("basic"),
        hook("standard", ["whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="]), hook("teams", [signing.TOKEN], reply="r"),
        hook("twilio", public_url="https://weir.example"), hook("whatsapp", verify_token="x" * 16), hook(events=[]),
        {"provider": "bot_connector", "app_id": "a", "process": "p", "metadata": "https://login.example/config"},
        {"provider": "bot_connector", "app_id": "a", "process": "p", "metadata": "http://127.0.0.1:1/config", "issuer": "i"},
        hook(events=[MAPPING, {**MAPPING, "timestamp": "{/t}", "id": "{header:x-id}", "resource": "r"}]),
        hook(events=[{**MAPPING, "when": {"path": "/a", "op": "exists"}, "attributes": {"n": 1, "b": True, "z": None, "t": "{/t}"}}])]
BAD = [[], {}, hook("pigeon"), hook(secrets=[]), hook(secrets=["short"]), hook(secrets=[SECRET] * 5), hook(secrets=SECRET),
       {"provider": "github", "secrets": [SECRET]}, hook(process="Not plain"), hook(tolerance=300), hook(tolerance="x"),
       hook("standard"), hook("standard", ["whsec_AAAA"]), hook("standard", ["whpk_AAAA"]), hook("basic", ["0123456789abcdef"]),
       hook("teams", ["???????????????????????????????"]), hook(reply="r"), hook("twilio", public_url="weir.example"), hook("twilio", public_url="https://weir.example/"),
       hook("whatsapp", verify_token="short"), {"provider": "bot_connector", "process": "p"}, hook(app_id="a"),
       {"provider": "bot_connector", "app_id": "a", "process": "p", "metadata": "http://login.example/config"},
       {"provider": "bot_connector", "app_id": "a", "process": "p", "secrets": [SECRET]}, hook(more=1), hook(events={}),
       hook(events=[{}]), hook(events=[{"case_id": "1"}]), hook(events=[{**MAPPING, "each": "/a"}]),
       hook(events=[{**MAPPING, "each": "a/*"}]), hook(events=[{**MAPPING, "case_id": "{a}"}]),
       hook(events=[{**MAPPING, "case_id": "{/a"}]), hook(events=[{**MAPPING, "case_id": "}"}]),
       hook(events=[{**MAPPING, "case_id": ""}]), hook(events=[{**MAPPING, "case_id": []}]),
       hook(events=[{**MAPPING, "case_id": "{header:X}"}]), hook(events=[{**MAPPING, "when": 1}]),
       hook(events=[{**MAPPING, "attributes": {"": "x"}}]), hook(events=[{**MAPPING, "attributes": {"a": {}}}])]


class Documents(WithHooks):
    def test_the_schema_and_the_server_agree(self):
        schema = Draft202012Validator(self.call("GET", "/schemas/hook.json").body)
        for expected, documents in ((True, GOOD), (False, BAD)):
            for document in documents:
                with self.subTest(str(document)):
                    self.assertEqual(schema.is_valid(document), expected)
                    self.assertEqual(self.call("PUT", "/v1/hooks/h", document).status, 200 if expected else 422)

    def test_it_is_put_shown_with_its_address_and_withdrawn(self):
        url = self.put()
        self.assertRegex(url, rf"^/v1/hooks/{self.workspace}\.h\.[A-Za-z0-9_-]{{22}}$")
        shown = self.expect(200, "GET", "/v1/hooks/h").body
        self.assertEqual(shown["url"], url)
        self.assertRegex(shown["document"]["secrets"][0], r"^\*{3}[0-9a-f]{8}$")
        self.put(document={**shown["document"], "process": "desk"})
        self.deliver(url, issue(), signing.github(issue()))
        self.expect(200, "DELETE", "/v1/hooks/h")
        self.deliver(url, issue(4), signing.github(issue(4), id="d-2"), 404)
        self.assertEqual(self.expect(200, "GET", "/v1/hooks").body["documents"], [])

    def test_secrets_that_are_none_and_every_other_fault_are_told_at_once(self):
        wrong = hook(secrets=["", "short"], tolerance="3d", events=[{"case_id": "{/a"}], verify_token="x" * 16)
        faults = self.refused("invalid_document", 422, "PUT", "/v1/hooks/h", wrong).body["faults"]
        self.assertEqual({fault["pointer"] for fault in faults},
                         {"/secrets/0", "/secrets/1", "/tolerance", "/events/0", "/events/0/case_id", "/verify_token"})

    def test_an_address_cannot_be_made_of_a_name(self):
        url = self.put()
        other = self.node.token("another-workspace")
        self.expect(200, "PUT", "/v1/hooks/h", hook(secrets=[OTHER]), other)
        for wrong in (url[:-1] + ("A" if url[-1] != "A" else "B"), "/v1/hooks/h", f"/v1/hooks/{self.workspace}.h", url + "A",
                      url.replace(self.workspace, "another-workspace"), url.replace(".h.", ".x."), "/v1/hooks/.."):
            self.deliver(wrong, issue(), signing.github(issue()), 404)

    def test_secrets_are_nowhere_on_the_disk_nor_in_the_log(self):
        url = self.put(document=hook(secrets=["canary-of-a-hooks-secret"]))
        self.put("wa", hook("whatsapp", ["canary-of-an-app-secret"], verify_token="canary-of-a-verify-token"))
        self.deliver(url, issue(), signing.github(issue(), "canary-of-a-hooks-secret"))
        self.deliver(url, issue(), signing.github(issue(), "another-secret-that-is-wrong"), 401)
        for canary in ("canary-of-a-hooks-secret", "canary-of-an-app-secret", "canary-of-a-verify-token"):
            self.assertEqual(self.node.bytes_at_rest(canary.encode()), [])


class Signatures(WithHooks):
    """Bad inputs 104 to 107."""

    def providers(self):
        """Of those that sign bodies: name, document, sign, whether the signature has a time."""
        yield "standard", hook("standard", [WHSEC]), signing.standard, True
        yield "teams", hook("teams", [signing.TOKEN]), signing.teams, False
        for name, timed in (("slack", True), ("github", False), ("stripe", True), ("zendesk", True), ("whatsapp", False),
                            ("intercom", False)):
            yield name, hook(name), getattr(signing, name), timed

    def test_of_other_bytes_or_another_secret_or_missing(self):
        body = b'{"type": "event", "n": 1.0}'
        for name, document, sign, _ in self.providers():
            with self.subTest(name):
                url = self.put(name.replace("_", "-"), document)
                wrong = OTHER if "_" not in document["secrets"][0] else "whsec_" + signing.b64(OTHER.encode())
                wrong = signing.b64(OTHER.encode()) if name == "teams" else wrong
                self.deliver(url, json.dumps(json.loads(body)).replace(" ", "").encode(), sign(body), 401)
                self.deliver(url, body, sign(body, wrong), 401)
                self.deliver(url, body, {}, 401)
                for header, value in sign(body).items():
                    if "signature" in header and not header.endswith("timestamp") or header == "authorization":
                        self.deliver(url, body, {**sign(body), header: value[:-2]}, 401)
                self.taken(url, body, sign(body))

    def taken(self, url, body, headers):
        """Also where it tells nothing."""
        answer = self.node.call("POST", url, body, content_type="application/json",
                                **{name.replace("-", "_"): value for name, value in headers.items()})
        self.assertIn(answer.status, (200, 202), answer)

    def test_six_minutes_old_or_ahead(self):
        body = b'{"type": "event_callback"}'
        for name, document, sign, timed in self.providers():
            if not timed:
                continue
            with self.subTest(name):
                url = self.put(name, document)
                for minutes in (-6, 6):
                    self.deliver(url, body, sign(body, now=time.time() + 60 * minutes), 401)
                self.put(name, {**document, "tolerance": "10m"})
                self.taken(url, body, sign(body, now=time.time() - 360))

    def test_two_secrets_at_a_time_and_two_signatures(self):
        url = self.put(document=hook(secrets=[OTHER, SECRET]))
        self.deliver(url, issue(1), signing.github(issue(1), SECRET, id="1"))
        self.deliver(url, issue(2), signing.github(issue(2), OTHER, id="2"))
        self.put(document=hook(secrets=[OTHER]))
        self.deliver(url, issue(3), signing.github(issue(3), SECRET, id="3"), 401)
        standard = self.put("standard", hook("standard", [WHSEC]))
        headers = signing.standard(b"{}")
        headers["webhook-signature"] = "v1,bm90IHRoaXMgb25l " + headers["webhook-signature"]
        self.deliver(standard, b"{}", headers)

    def test_a_replayed_delivery_counts_once(self):
        url = self.put()
        first = self.deliver(url, issue(), signing.github(issue()))
        self.assertEqual((first.body["accepted"], first.body["duplicates"]), (1, 0))
        again = self.deliver(url, issue(), signing.github(issue()), 200)
        self.assertEqual((again.body["accepted"], again.body["duplicates"]), (0, 1))
        # GitHub does not sign the id: the same bytes under another one are no news.
        forged = self.deliver(url, issue(), signing.github(issue(), id="another"), 200)
        self.assertEqual(forged.body["duplicates"], 1)
        self.assertEqual(self.count(first.body["position"]), 1)

    def test_a_token_of_mailgun_is_for_one_body(self):
        url = self.put(document=hook("mailgun"))
        event = {"event": "delivered", "id": "e1", "timestamp": time.time(), "message": {"headers": {"message-id": "m"}}}
        self.deliver(url, signing.mailgun(event))
        self.deliver(url, signing.mailgun(event), status=200)
        self.deliver(url, signing.mailgun({**event, "id": "forged"}), status=401)
        self.deliver(url, signing.mailgun({**event, "id": "e2"}, token="t-2"))
        self.deliver(url, signing.mailgun(event, OTHER, token="t-3"), status=401)
        self.deliver(url, signing.mailgun(event, now=time.time() - 360, token="t-4"), status=401)


class Providers(WithHooks):
    def test_github(self):
        url = self.put()
        self.deliver(url, issue(), signing.github(issue()))
        closed = issue(action="closed").replace(b"00:00:00Z", b"00:01:00Z")
        done = self.deliver(url, closed, signing.github(closed, id="d-2")).body
        self.assertEqual(self.cases(done["position"]), {"o/r#3": ["issues.opened", "issues.closed"]})
        ping = b'{"zen": "Keep it logically awesome."}'
        answer = self.deliver(url, ping, signing.github(ping, event="ping"), 200).body
        self.assertEqual((answer["accepted"], answer["duplicates"], answer["rejected"]), (0, 0, []))

    def test_slack_with_its_challenge(self):
        url = self.put(document=hook("slack"))
        challenge = json.dumps({"type": "url_verification", "token": "x", "challenge": "3eZbrw1aB"}).encode()
        answer = self.deliver(url, challenge, signing.slack(challenge), 200)
        self.assertEqual((answer.body, answer.headers["content-type"].partition(";")[0]), (b"3eZbrw1aB", "text/plain"))
        self.deliver(url, challenge, signing.slack(challenge, OTHER), 401)
        message = {"type": "event_callback", "event_id": "E1", "event_time": 1767225600, "team_id": "T",
                   "event": {"type": "message", "channel": "C", "ts": "1767225600.000100", "user": "U"}}
        body = json.dumps(message).encode()
        self.deliver(url, body, signing.slack(body))
        copy = json.dumps({**message, "event_id": "E2"}).encode()  # under a new id
        self.assertEqual(self.deliver(url, copy, signing.slack(copy), 200).body["duplicates"], 1)
        own = json.dumps({**message, "event": {**message["event"], "ts": "2.0", "bot_id": "B"}}).encode()
        done = self.deliver(url, own, signing.slack(own), 200)
        self.assertEqual(done.body["duplicates"], 0)

    def test_whatsapp_with_its_challenge(self):
        url = self.put(document=hook("whatsapp", verify_token="a-long-verify-token"))
        asked = url + "?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="
        self.assertEqual(self.deliver(asked + "a-long-verify-token", None, status=200, method="GET").body, b"1158201444")
        self.deliver(asked + "another-token-x", None, status=401, method="GET")
        self.deliver(url, None, status=401, method="GET")
        value = {"metadata": {"phone_number_id": "P"},
                 "messages": [{"from": str(n), "id": f"w{n}", "timestamp": "1767225600", "type": "text"} for n in (1, 2)]}
        body = json.dumps({"object": "whatsapp_business_account",
                           "entry": [{"id": "0", "changes": [{"field": "messages", "value": value}]}]}).encode()
        done = self.deliver(url, body, signing.whatsapp(body)).body
        self.assertEqual(done["accepted"], 2)
        self.assertEqual(self.deliver(url, body, signing.whatsapp(body), 200).body["duplicates"], 2)
        self.assertEqual(self.cases(done["position"]), {"P:1": ["message.text"], "P:2": ["message.text"]})

    def test_twilio_by_its_url(self):
        url = self.put(document=hook("twilio", public_url="https://hooks.example"))
        fields = {"MessageSid": "SM1", "SmsStatus": "received", "From": "+1415", "To": "+1800", "Body": "a b & c ü"}
        body, headers = signing.twilio(fields, "https://hooks.example" + url + "?a=b")
        answer = self.deliver(url + "?a=b", body, headers, 200)
        self.assertEqual((answer.headers["content-type"], b"<Response/>" in answer.body), ("text/xml", True))
        self.deliver(url, body, headers, 401)
        own = self.put("own", hook("twilio"))
        body, headers = signing.twilio({**fields, "MessageSid": "SM2"}, "http://%s:%d" % self.node.address + own)
        self.deliver(own, body, headers, 200)

    def test_teams_is_answered_at_once(self):
        url = self.put(document=hook("teams", [signing.TOKEN], reply="Thanks!"))
        body = json.dumps({"type": "message", "id": "1", "timestamp": SOON, "conversation": {"id": "19:x"},
                           "from": {"id": "u"}}).encode()
        self.assertEqual(self.deliver(url, body, signing.teams(body), 200).body, {"type": "message", "text": "Thanks!"})

    def test_others(self):
        bodies = {"stripe": {"id": "evt_1", "type": "charge.succeeded", "created": 1767225600, "data": {"object": {"id": "ch"}}},
                  "zendesk": {"id": "z", "type": "ticket.created", "time": SOON, "detail": {"id": "42"}},
                  "intercom": {"topic": "conversation.closed", "id": "n", "created_at": 1767225600, "data": {"item": {"id": "9"}}},
                  "basic": {"MessageID": "pm", "RecordType": "Delivery", "DeliveredAt": SOON}}
        for name, body in bodies.items():
            url, sent = self.put(name, hook(name)), json.dumps(body).encode()
            done = self.deliver(url, sent, getattr(signing, name)(sent)).body
        url, sent = self.put("standard", hook("standard", [WHSEC])), b'{"type": "paid", "data": {"id": 7}}'
        done = self.deliver(url, sent, signing.standard(sent)).body
        self.assertEqual(self.cases(done["position"]),
                         {"ch": ["charge.succeeded"], "42": ["ticket.created"], "9": ["conversation.closed"],
                          "pm": ["mail.Delivery"], "7": ["paid"]})

    def test_methods_that_there_are_not(self):
        url = self.put()
        for method in ("PUT", "DELETE", "PATCH"):
            answer = self.deliver(url, b"{}", status=405, method=method)
            self.assertEqual(answer.headers["allow"], "POST, GET, HEAD")

    def test_what_cannot_be_an_event_is_kept(self):
        url = self.put(document=hook(events=[{"case_id": "{/case}", "activity": "a", "timestamp": "{/at}", "id": "{/id}"}]))
        for body, code in ((b"not json", "malformed_json"), (b'{"id": "x"}', "schema"), (b"\xff", "not_utf8"),
                           (b'{"case": "1", "at": "yesterday", "id": "y"}', "bad_timestamp")):
            done = self.deliver(url, body, signing.github(body)).body
            self.assertEqual((done["accepted"], [one["code"] for one in done["rejected"]]), (0, [code]))
        self.view("kpis", done["position"], "desk")
        letters = self.expect(200, "GET", "/v1/dead-letters").body["dead_letters"]
        self.assertEqual(len(letters), 4)
        self.assertEqual(sorted(letter["code"] for letter in letters), ["bad_timestamp", "schema", "schema", "schema"])
        self.assertTrue(any("bm90IGpzb24=" in letter["record"] for letter in letters))

    def test_what_was_made_of_deliveries_is_counted(self):
        def counted():
            text = self.node.call("GET", "/metrics").body.decode()
            return {verdict: float(count) for verdict, count in
                    re.findall(r'weir_hook_deliveries_total{verdict="(\w+)"} (\S+)', text)}

        url, before = self.put(), counted()
        for status in (202, 200):
            self.deliver(url, issue(), signing.github(issue()), status)
        self.deliver(url, b"{}", signing.github(b"{}"), 200)
        self.deliver(url, b"{", signing.github(b"{"))
        self.deliver(url, issue(), signing.github(issue(), OTHER), 401)
        self.deliver(url, issue(), {}, 401)
        after = counted()
        self.assertEqual({verdict: after[verdict] - before[verdict] for verdict in after if after[verdict] != before[verdict]},
                         {"taken": 1, "repeated": 1, "ignored": 1, "unreadable": 1, "bad_signature": 1, "not_signed": 1})

    def test_mappings_of_ones_own(self):
        url = self.put(document=hook(events=[
            {"each": "/orders/*", "when": {"path": "/orders/*/total", "op": "gt", "value": 10}, "case_id": "{/orders/*/id}",
             "activity": "order.{/kind}", "timestamp": SOON, "attributes": {"total": "{/orders/*/total}", "big": True}}]))
        body = json.dumps({"kind": "made", "orders": [{"id": "a", "total": 9}, {"id": "b", "total": 11.50}]}).encode()
        done = self.deliver(url, body, signing.github(body)).body
        self.assertEqual(done["accepted"], 1)
        self.assertEqual(self.cases(done["position"]), {"b": ["order.made"]})


class Kills(WithHooks):
    """A node of its own, which dies."""

    def test_a_delivery_that_is_sent_again_after_a_kill_counts_once(self):
        url = self.put()
        self.deliver(url, issue(), signing.github(issue()))
        self.node.kill()
        self.node.start()
        done = self.deliver(url, issue(), signing.github(issue())).body  # the case knows it, if the door does not
        second = self.deliver(url, issue(4), signing.github(issue(4), id="d-2")).body
        self.count(done["position"])
        self.assertEqual(self.cases(second["position"]), {"o/r#3": ["issues.opened"], "o/r#4": ["issues.opened"]})
        self.assertEqual(self.count(second["position"]), 2)

    def test_a_provider_that_tries_again_through_kills_is_counted_once(self):
        """Each delivery is sent until it is answered, and every other one once more."""
        url, random = self.put(document=hook("standard", [WHSEC])), Random(7)
        deliveries = [json.dumps({"type": "paid", "timestamp": SOON, "data": {"id": number}}).encode() for number in range(60)]
        for number, body in enumerate(deliveries):
            killer = None
            if number % 12 == 5:
                killer = threading.Timer(random.uniform(0, 0.01), self.node.kill)
                killer.start()
            for _ in range(1 + number % 2):
                self.until_answered(url, body, signing.standard(body, id=f"msg_{number}"))
            if killer:
                killer.join()
                self.node.revive()
        deadline = time.monotonic() + WAIT_S_MAX
        while (count := self.count(None)) < len(deliveries) and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.2)  # for one too many
        self.assertEqual((count, self.count(None)), (len(deliveries),) * 2)

    def until_answered(self, url, body, headers):
        deadline = time.monotonic() + WAIT_S_MAX
        while True:
            try:
                answer = self.node.call("POST", url, body, content_type="application/json",
                                        **{name.replace("-", "_"): value for name, value in headers.items()})
                self.assertIn(answer.status, (200, 202), answer)
                return answer
            except (OSError, http.client.HTTPException):
                self.assertLess(time.monotonic(), deadline)
                self.node.revive()


class Keys(BaseHTTPRequestHandler):
    def do_GET(self):  # noqa: N802
        keys = self.server.keys
        host = f"http://127.0.0.1:{self.server.server_port}"
        found = {"/config": {"jwks_uri": host + "/keys"}, "/keys": {"keys": keys}}.get(self.path)
        self.send_response(200 if found and keys else 500)
        self.end_headers()
        self.wfile.write(json.dumps(found).encode())

    def log_message(self, *_):
        pass


class BotConnector(WithHooks):
    settings = {"private_networks": "127.0.0.0/8"}

    def setUp(self):
        super().setUp()
        self.key = signing.RsaKey()
        self.server = HTTPServer(("127.0.0.1", 0), Keys)
        self.server.keys = [self.key.jwk("k1")]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.claims = {"iss": "https://api.botframework.com", "aud": "app", "exp": int(time.time()) + 600,
                       "serviceurl": "https://smba.example/"}

    def hook(self, path="/config"):
        return {"provider": "bot_connector", "app_id": "app", "process": "desk",
                "metadata": f"http://127.0.0.1:{self.server.server_port}{path}"}

    def activity(self, id="1"):
        return json.dumps({"type": "message", "id": id, "timestamp": SOON, "channelId": "msteams", "from": {"id": "u"},
                           "serviceUrl": "https://smba.example/", "conversation": {"id": "19:x"}}).encode()

    def test_its_token_is_judged_by_published_keys(self):
        url = self.put(document=self.hook())
        bearer = {"authorization": "Bearer " + self.key.token("k1", **self.claims)}
        self.assertEqual(self.deliver(url, self.activity(), bearer).body["accepted"], 1)
        self.assertEqual(self.deliver(url, self.activity(), bearer, 200).body["duplicates"], 1)
        for wrong in ({"aud": "other"}, {"iss": "other"}, {"exp": int(time.time()) - 400}, {"serviceurl": "https://evil.example/"}):
            token = self.key.token("k1", **{**self.claims, **wrong})
            self.deliver(url, self.activity("2"), {"authorization": "Bearer " + token}, 401)
        for kid, key in (("k2", self.key), ("k1", signing.RsaKey())):
            self.deliver(url, self.activity("2"), {"authorization": "Bearer " + key.token(kid, **self.claims)}, 401)
        self.deliver(url, self.activity("2"), {}, 401)

    def test_keys_that_cannot_be_fetched_are_told(self):
        self.server.keys = []
        url = self.put(document=self.hook("/config"))
        bearer = {"authorization": "Bearer " + self.key.token("k1", **self.claims)}
        self.deliver(url, self.activity(), bearer, 503)
