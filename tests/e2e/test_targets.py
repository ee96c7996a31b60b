"""Targets of effects as documents: what they keep secret, where they may lie, who may name them."""

from running import WithNode

SECRET = "whsec_c2VhbGVkLXNlY3JldC1vZi1hLXRhcmdldC1jYW5hcnk="
OTHER = "whsec_YW5vdGhlci1zZWNyZXQtb2YtYS10YXJnZXQtY2FuYXJ5"
HEADER = "canary-of-a-gateway"
MARK = r"^\*{3}[0-9a-f]{8}$"


def webhook(url="https://ops.example/hook", secrets=(SECRET,), **more):
    return {"kind": "webhook", "url": url, "secrets": list(secrets), **more}


class Targets(WithNode):
    settings = {"private_networks": "127.0.0.0/8,fd00::/8"}

    def put(self, name, document, status=200, **headers):
        return self.expect(status, "PUT", f"/v1/targets/{name}", document, **headers)

    def shown(self, name, after=None):
        return self.expect(200, "GET", f"/v1/targets/{name}" + (f"?after={after}" if after else ""))

    def put_everywhere(self, name, document, **headers):
        """What is written again before it is everywhere is appended again."""
        answer = self.put(name, document, **headers)
        self.shown(name, answer.body["position"])
        return answer

    def test_secrets_are_shown_never_again(self):
        put = self.put("ops", webhook(headers={"X-Gateway": HEADER}))
        self.shown("ops")
        for answer in (put, self.shown("ops")):
            document = answer.body["document"]
            self.assertRegex(document["secrets"][0], MARK)
            self.assertRegex(document["headers"]["X-Gateway"], MARK)
            self.assertEqual(document["url"], "https://ops.example/hook")
        for kind in ({"kind": "slack", "url": "https://hooks.example/canary"},
                     {"kind": "pagerduty", "routing_key": "canary"},
                     {"kind": "email", "url": "smtp://mail.example", "from": "a@b.example", "to": ["c@d.example"],
                      "user": "u", "password": "canary"}):
            self.put("other", kind)
            self.assertNotIn("canary", str(self.shown("other").body))

    def test_what_is_read_and_edited_keeps_its_secrets(self):
        first = self.put_everywhere("ops", webhook(secrets=[SECRET, OTHER]))
        document = first.body["document"]
        again = self.put("ops", document, if_match=first.headers["etag"])
        self.assertIsNone(again.body["position"])  # that is what held already
        document["secrets"].pop(0)
        edited = self.put_everywhere("ops", {**document, "url": "https://other.example/"}, if_match=first.headers["etag"])
        self.assertIsNotNone(edited.body["position"])
        self.assertIsNone(self.put("ops", webhook("https://other.example/", [OTHER])).body["position"])
        self.put("ops", webhook(), 412, if_match=first.headers["etag"])

    def test_a_mark_of_nothing_is_a_fault(self):
        mark = self.put("duty", {"kind": "pagerduty", "routing_key": "one"}).body["document"]["routing_key"]
        self.put("duty", {"kind": "pagerduty", "routing_key": "two"})
        for name, routing_key in (("duty", mark), ("new", mark), ("duty", "***00000000")):
            answer = self.refused("invalid_document", 422, "PUT", f"/v1/targets/{name}",
                                  {"kind": "pagerduty", "routing_key": routing_key})
            self.assertEqual([fault["pointer"] for fault in answer.body["faults"]], ["/routing_key"])

    def test_every_fault_is_told_at_once(self):
        wrong = webhook("http://169.254.169.254/", ["short"], headers={"Host": "x"}, more=1)
        answer = self.refused("invalid_document", 422, "PUT", "/v1/targets/ops", wrong)
        self.assertEqual({fault["pointer"] for fault in answer.body["faults"]},
                         {"/url", "/secrets/0", "/headers/Host", ""})
        self.assertNotIn("short", str(answer.body))

    def test_networks_that_are_permitted(self):
        self.put("near", webhook("http://127.0.0.1:8000/"))
        self.put("near", webhook("http://[fd00::1]/"))
        self.put("near", webhook("http://10.0.0.1/"), 422)

    def test_it_can_be_disabled_and_enabled(self):
        self.put("ops", webhook(disabled="it answered 410"))
        self.assertEqual(self.shown("ops").body["document"]["disabled"], "it answered 410")
        self.put("ops", webhook())
        self.assertNotIn("disabled", self.shown("ops").body["document"])

    def test_it_is_listed_and_withdrawn_by_those_who_may(self):
        self.put("ops", webhook())
        self.expect(403, "PUT", "/v1/targets/ops", webhook(), self.as_role("viewer"))
        self.refused("not_found", 404, "GET", "/v1/targets/ops", token=self.node.token("another-workspace"))
        self.assertEqual([one["name"] for one in self.expect(200, "GET", "/v1/targets").body["documents"]], ["ops"])
        self.expect(200, "DELETE", "/v1/targets/ops")
        self.refused("not_found", 404, "GET", "/v1/targets/ops")

    def test_secrets_are_nowhere_on_the_disk_nor_in_the_log(self):
        self.put("ops", webhook(headers={"X-Gateway": HEADER}))
        self.put("ops", webhook(secrets=[OTHER], headers={"X-Gateway": HEADER}))
        self.put("ops", webhook(secrets=["canary-that-is-wrong"]), 422)
        audit = str(self.expect(200, "GET", "/v1/audit").body)
        for canary in (SECRET, OTHER, SECRET[6:], HEADER, "canary-that-is-wrong"):
            self.assertEqual(self.node.bytes_at_rest(canary.encode()), [])
            self.assertNotIn(canary, audit)
        self.assertNotEqual(self.node.bytes_at_rest(b"ops.example"), [])


class TheKeyOfSecrets(WithNode):
    """A node of its own, which is stopped."""

    def test_outlives_a_restart_and_its_loss_is_told(self):
        first = self.expect(200, "PUT", "/v1/targets/ops", webhook())
        self.expect(200, "GET", f"/v1/targets/ops?after={first.body['position']}")
        document, tag = first.body["document"], first.headers["etag"]
        self.node.kill()
        self.node.start()
        kept = self.expect(200, "PUT", "/v1/targets/ops", document, if_match=tag)
        self.assertIsNone(kept.body["position"])
        self.node.stop()
        (self.node.folder / "data" / "documents.key").unlink()
        self.node.start()
        self.expect(200, "GET", "/v1/targets/ops")
        answer = self.refused("bad_key_file", 503, "PUT", "/v1/targets/ops", document)
        self.assertIn("documents.key", answer.body["detail"])
        self.expect(200, "PUT", "/v1/targets/ops", webhook())  # with all its secrets
