"""A Case in an organisation that lies, by reference B7: whatever it says, there is one Case of each key."""

import json
import tempfile
import time
import unittest

from organisation import Organisation, hangs_up_late, keys, refuse
from receivers import respond
from sending import PATIENCE, Sender


def refuses(status, code):
    return lambda connection, request, organisation: refuse(connection, status, code)


def expires(connection, request, organisation):
    organisation.tokens.clear()
    refuse(connection, 401, "INVALID_SESSION_ID")


def several(connection, request, organisation):
    respond(connection, 300, b'["/a","/b"]')


def loses_the_race(connection, request, organisation):
    """Somebody else creates it in between."""
    organisation.upsert(request)
    refuse(connection, 400, "DUPLICATE_VALUE")


def truncates(connection, request, organisation):
    organisation.upsert(request)
    connection.sendall(b'HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\n{"id"')


class Cases(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.private_key, cls.public_key = keys(folder)

    def setUp(self):
        self.organisation = Organisation(self.public_key)
        self.addCleanup(self.organisation.close)
        self.sender = Sender(total_ms=6000 * PATIENCE)  # each sign-in is a signature and a round more
        self.addCleanup(self.sender.close)
        faults = self.sender.target("crm", {
            "kind": "salesforce_case", "login_url": self.organisation.url, "client_id": "client", "user": "user@x",
            "private_key": self.private_key.read_text(),
            "fields": {"Subject": {"from": "title"}, "Case__c": {"field": "Case"},
                       "Status": {"text": "Closed", "on": "resolve"}}})
        self.assertEqual(faults, [])

    def tell(self, effect, *lies, attempts=1, **more):
        self.organisation.lies = list(lies)
        self.sender.send(effect, "crm", **more)
        ends = self.sender.wait_for(effect, attempts)
        self.assertEqual(self.organisation.lies, [])
        return [one["outcome"] for one in ends]

    def test_a_case_is_created_and_closed(self):
        self.assertEqual(self.tell("e1", key="42"), ["delivered"])
        self.assertEqual(self.tell("e2", key="42", action="resolve"), ["delivered"])
        self.assertEqual(self.organisation.cases, {"42": {"Subject": "Breached: 42", "Case__c": "42", "Status": "Closed"}})
        self.assertEqual(self.organisation.created, 1)
        self.assertEqual(len(self.organisation.tokens), 1)

    def test_an_expired_token_is_replaced_at_once(self):
        self.assertEqual(self.tell("e1"), ["delivered"])
        self.assertEqual(self.tell("e2", expires), ["delivered"])
        self.assertEqual((self.organisation.tokens, self.organisation.given), (["T2"], 2))

    def test_a_lost_race_becomes_an_update(self):
        self.assertEqual(self.tell("e", loses_the_race, key="42"), ["delivered"])
        self.assertEqual(self.organisation.created, 1)
        self.assertTrue(self.organisation.upserts[1].path.endswith("?updateOnly=true"))

    def test_a_lost_answer_makes_no_second_case(self):
        for i, lie in enumerate((hangs_up_late, truncates)):
            with self.subTest(lie.__name__):
                self.assertEqual(self.tell(f"e{i}", lie, attempts=2), ["again", "delivered"])
                self.assertEqual(self.organisation.created, i + 1)

    def test_what_passes_is_tried_again(self):
        lies = [refuses(400, "UNABLE_TO_LOCK_ROW"), refuses(503, "SERVER_UNAVAILABLE")]
        for i, lie in enumerate(lies):
            self.organisation.lies.append(lie)
            self.sender.send(f"e{i}", "crm")
        for i in range(len(lies)):
            self.assertEqual([one["outcome"] for one in self.sender.wait_for(f"e{i}", 2)], ["again", "delivered"])

    def test_what_does_not_pass_is_refused(self):
        self.assertEqual(self.tell("e1", several), ["refused"])
        self.assertEqual(self.tell("e2", refuses(400, "INVALID_FIELD")), ["refused"])

    def test_a_used_up_day_stops_all(self):
        self.assertEqual(self.tell("e1", refuses(403, "REQUEST_LIMIT_EXCEEDED")), ["again"])
        asked = len(self.organisation.upserts)
        self.sender.send("e2", "crm")
        time.sleep(1)
        self.assertEqual(len(self.organisation.upserts), asked)
        self.assertGreaterEqual(self.sender.ends["e1"][0]["wait_s"], 900)
