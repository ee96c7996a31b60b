"""The published schema of targets and the program agree on what a target is."""

import json
import subprocess
import unittest

from jsonschema import Draft202012Validator
from sending import ROOT, SECRET, Sender, webhook

SCHEMA = ROOT / "schemas/definitions/target.schema.json"
URL = "https://ops.example/hook"
MAIL = {"kind": "email", "url": "smtp://mail.example:587", "from": "weir@ops.example", "to": ["desk@ops.example"]}
ORG = {"kind": "salesforce_case", "login_url": "https://login.example", "client_id": "c", "user": "u@x"}
TOPIC = {"kind": "kafka", "brokers": ["k1.example:9092", "k2.example:9092"], "topic": "alerts.v1"}
GOOD = [
    webhook(URL), webhook("http://ops.example:8080"), webhook("https://ops.example?a=b"), webhook("HTTPS://[2606:4700::1111]/"),
    webhook(URL, headers={"X-Team": "ops"}), webhook(URL, secrets=[SECRET, "whsec_" + "A" * 84]),
    {"kind": "slack", "url": URL}, {"kind": "teams", "url": URL}, {"kind": "pagerduty", "routing_key": "R"},
    webhook(URL, disabled="gone"), {"kind": "slack", "url": URL, "disabled": "gone"}, {**MAIL, "disabled": "gone"},
    {"kind": "pagerduty", "routing_key": "R", "disabled": "gone"}, {**ORG, "disabled": "gone"},
    {"kind": "pagerduty", "routing_key": "R", "url": URL}, MAIL, {**MAIL, "url": "smtps://mail.example"},
    {**MAIL, "user": "u", "password": "p"}, {**MAIL, "encryption": "none"}, {**MAIL, "encryption": "starttls"},
    TOPIC, {**TOPIC, "encryption": "none"}, {**TOPIC, "user": "u", "password": "p"}, {**TOPIC, "disabled": "gone"},
    {**TOPIC, "user": "u", "password": "p", "mechanism": "plain"},
    ORG, {**ORG, "audience": "https://login.example", "version": "v46.0", "external_id": "Key__c"},
    {**ORG, "fields": {"Subject": {"from": "title"}, "A__c": {"field": "Case"}, "Status": {"text": "x", "on": "resolve"}}},
]
BAD = [
    None, [], {}, {"url": URL}, {"kind": "pigeon"}, {"kind": "webhook"}, {"kind": "webhook", "url": URL},
    webhook("ops.example"), webhook("ftp://ops.example"), webhook("https://u@ops.example"), webhook("https://ops.example/#a"),
    webhook("https://ops .example"), webhook(7), webhook(URL, secrets=[]), webhook(URL, secrets=[SECRET] * 5),
    webhook(URL, secrets=["whsec_AAAA"]), webhook(URL, secrets=[SECRET[6:]]), webhook(URL, extra=1),
    webhook(URL, headers={"a b": "x"}), webhook(URL, headers={"Webhook-Id": "x"}), webhook(URL, headers={"A": "x\r\nB: y"}),
    webhook(URL, disabled=""), webhook(URL, disabled=True),
    webhook(URL, headers={"A": ""}), {"kind": "slack"}, {"kind": "slack", "url": URL, "secrets": [SECRET]},
    {"kind": "pagerduty"}, {"kind": "pagerduty", "routing_key": ""}, {"kind": "pagerduty", "routing_key": "x" * 65},
    {**MAIL, "url": URL}, {**MAIL, "to": []}, {**MAIL, "to": ["desk"]}, {**MAIL, "from": "a b@c.example"},
    {**MAIL, "user": "u"}, {**MAIL, "password": "p"}, {**MAIL, "encryption": "tls"},
    {**MAIL, "encryption": "none", "user": "u", "password": "p"}, {**MAIL, "from": "a\r\nb@c.example"},
    {"kind": "kafka"}, {**TOPIC, "brokers": []}, {**TOPIC, "brokers": ["k1.example"]}, {**TOPIC, "brokers": ["a:1,b:2"]},
    {**TOPIC, "topic": ""}, {**TOPIC, "topic": ".."}, {**TOPIC, "topic": "a/b"}, {**TOPIC, "user": "u"},
    {**TOPIC, "mechanism": "md5"}, {**TOPIC, "url": URL},
    {**TOPIC, "encryption": "none", "user": "u", "password": "p"},
    {**ORG, "private_key": "x"}, {**ORG, "version": "62"}, {**ORG, "version": "v45.0"}, {**ORG, "external_id": "a/b"},
    {**ORG, "fields": {"Id": {"text": "x"}}}, {**ORG, "fields": {"A": {}}}, {**ORG, "fields": {"A-B": {"text": "x"}}},
    {**ORG, "fields": {"A": {"text": "x", "from": "title"}}}, {**ORG, "fields": {"A": {"from": "moon"}}},
    {**ORG, "fields": {"A": {"text": "x", "on": "none"}}},
]


class Documents(unittest.TestCase):
    def test_the_schema_and_the_program_agree(self):
        key = subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
                             check=True, capture_output=True, text=True).stdout
        schema = Draft202012Validator(json.loads(SCHEMA.read_text()))
        sender = Sender(permit=())
        self.addCleanup(sender.close)
        for expected, documents in ((True, GOOD), (False, BAD)):
            for one in documents:
                document = {"private_key": key, **one} if isinstance(one, dict) and "login_url" in one else one
                with self.subTest(str(one)[:120]):
                    self.assertEqual(schema.is_valid(document), expected)
                    faults = sender.target("t", document)
                    self.assertEqual(faults == [], expected, faults)
