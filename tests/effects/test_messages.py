"""Chats, on-call services and mail, each as its receiver reads it."""

import email
import email.policy
import json
import tempfile
import unittest
from pathlib import Path

from receivers import MailServer, Receiver, certificate, json_of, respond, says
from sending import Sender


def slack(connection, request):
    """As strict as Slack is with what tests need."""
    message = json.loads(request.body)
    blocks = message["blocks"]
    good = isinstance(message["text"], str) and len(blocks) <= 50 and all(
        len(block["text"]["text"]) <= (150 if block["type"] == "header" else 3000) for block in blocks if "text" in block)
    respond(connection, 200 if good else 400, b"ok" if good else b"invalid_payload")


class Messages(unittest.TestCase):
    def setUp(self):
        self.sender = Sender()
        self.addCleanup(self.sender.close)

    def serve(self, server, document):
        self.addCleanup(server.close)
        self.assertEqual(self.sender.target("t", document), [])
        return server

    def delivered(self, effect, attempts=1, **more):
        self.sender.send(effect, "t", **more)
        ends = self.sender.wait_for(effect, attempts)
        self.assertEqual(ends[-1]["outcome"], "delivered", ends)

    def test_slack_takes_its_message(self):
        server = Receiver(slack)
        self.serve(server, {"kind": "slack", "url": server.url})
        self.delivered("e", key="42", summary="<!channel> & " + "ü" * 5000)
        message = json_of(server.requests[0])
        self.assertEqual(message["text"], "Breached: 42")
        self.assertTrue(message["blocks"][1]["text"]["text"].startswith("&lt;!channel&gt; &amp; "))

    def test_slack_says_that_it_is_busy_or_closed(self):
        server = Receiver(says(429, retry_after=1), says(404, b"no_service"))
        self.serve(server, {"kind": "slack", "url": server.url})
        self.sender.send("e", "t")
        ends = self.sender.wait_for("e", attempts=2)
        self.assertEqual([one["outcome"] for one in ends], ["again", "refused"])
        self.assertEqual(ends[1]["answer"], "no_service")

    def test_teams_takes_its_card(self):
        server = Receiver(says(202))
        self.serve(server, {"kind": "teams", "url": server.url})
        self.delivered("e", key="42")
        [attachment] = json_of(server.requests[0])["attachments"]
        self.assertEqual(attachment["content"]["type"], "AdaptiveCard")
        self.assertEqual(attachment["content"]["body"][0]["text"], "Breached: 42")

    def test_an_incident_is_triggered_and_resolved(self):
        server = Receiver(says(202, b'{"status":"success"}'))
        self.serve(server, {"kind": "pagerduty", "url": server.url, "routing_key": "R"})
        self.delivered("e1", key="42")
        self.delivered("e2", key="42", action="resolve")
        trigger, resolve = map(json_of, server.requests)
        self.assertEqual((trigger["event_action"], resolve["event_action"]), ("trigger", "resolve"))
        self.assertEqual(trigger["dedup_key"], resolve["dedup_key"])

    def mail(self, server, **more):
        return self.serve(server, {"kind": "email", "url": server.url, "from": "weir@ops.example",
                                   "to": ["desk@ops.example", "nobody@ops.example"], **more})

    def test_mail_is_tried_again_and_read(self):
        server = self.mail(MailServer("451 later", "250 taken"), encryption="none")
        self.delivered("e", attempts=2, key="Fälle", summary=".\n..\nzwei Zeilen: äöü")
        (sender, recipients, text), again = server.messages
        self.assertEqual((sender, recipients), ("weir@ops.example", ["desk@ops.example"]))
        first, second = (email.message_from_string(one, policy=email.policy.default) for one in (text, again[2]))
        self.assertEqual(first["Message-ID"], "<e.weir@ops.example>")
        self.assertEqual(second["Message-ID"], first["Message-ID"])
        self.assertEqual(first["Subject"], "Breached: Fälle")
        self.assertEqual(first["Auto-Submitted"], "auto-generated")
        self.assertIn("\n.\n..\nzwei Zeilen: äöü\n", first.get_content().replace("\r\n", "\n"))

    def test_mail_that_is_refused_is_not_sent_again(self):
        self.mail(MailServer("550 5.7.1 spam"), encryption="none")
        self.sender.send("e", "t")
        [ended] = self.sender.wait_for("e")
        self.assertEqual((ended["outcome"], ended["status"]), ("refused", 550))
        self.assertIn("spam", ended["answer"])

    def test_mail_goes_nowhere_unencrypted_unless_that_is_said(self):
        server = self.mail(MailServer())
        self.sender.send("e", "t")
        self.assertEqual(self.sender.wait_for("e")[0]["outcome"], "again")
        self.assertEqual(server.messages, [])

    def test_mail_is_encrypted_by_starttls(self):
        with tempfile.TemporaryDirectory() as folder:
            context, file = certificate(Path(folder))
            self.sender = Sender("--authorities", file)
            self.addCleanup(self.sender.close)
            server = self.mail(MailServer(tls=context))
            self.delivered("e")
            self.assertEqual(len(server.messages), 1)
