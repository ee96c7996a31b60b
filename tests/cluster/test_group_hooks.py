"""Hooks in a group: put at any node, they take deliveries at all; the secrets are the cluster's, and stand in no topic."""

import json

import signing
from cluster import Cluster

HOOK = {"provider": "github", "secrets": [signing.SECRET], "process": "desk"}


class Hooks(Cluster):
    def deliver(self, node, url, number, secret=signing.SECRET):
        body = json.dumps({"action": "opened", "issue": {"number": number, "updated_at": "2026-01-01T00:00:00Z"},
                           "repository": {"full_name": "o/r"}}).encode()
        headers = {name.replace("-", "_"): value for name, value in signing.github(body, secret, id=f"d-{number}").items()}
        return node.call("POST", url, body, content_type="application/json", **headers)

    def test_every_node_knows_who_signs(self):
        self.settles(0)
        answer = self.nodes[1].call("PUT", "/v1/hooks/h", HOOK, self.token)
        self.assertEqual(answer.status, 200, answer)
        url = answer.body["url"]
        for number, node in enumerate(self.nodes):
            self.becomes(202, lambda node=node, number=number: self.deliver(node, url, number))
            self.assertEqual(self.deliver(node, url, number, signing.OTHER).status, 401)
            self.assertEqual(node.call("GET", "/v1/hooks/h", token=self.token).body["url"], url)
        again = self.deliver(self.nodes[0], url, 2)  # which another node took
        self.assertIn(again.status, (200, 202), again)
        self.settles(len(self.nodes))
        # What one node locked up another one opens, to put the secret back where its mark is.
        shown = self.nodes[2].call("GET", "/v1/hooks/h", token=self.token).body["document"]
        edited = self.nodes[0].call("PUT", "/v1/hooks/h", {**shown, "tolerance": "2m"}, self.token)
        self.assertEqual(edited.status, 200, edited)
        self.becomes("2m", lambda: self.nodes[2].call("GET", "/v1/hooks/h", token=self.token),
                     lambda answer: answer.body["document"].get("tolerance"))
        self.becomes(202, lambda: self.deliver(self.nodes[2], url, 9))
        for node in self.nodes:
            self.assertEqual(node.bytes_at_rest(signing.SECRET.encode()), [])
        self.assertEqual([str(path) for path in self.broker.folder.rglob("*")
                          if path.is_file() and signing.SECRET.encode() in path.read_bytes()], [])
