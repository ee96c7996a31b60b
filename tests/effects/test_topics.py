"""A topic of Apache Kafka as a receiver: what readers find there, and brokers that do not answer for a while."""

import json
import sys
import unittest
from collections import defaultdict
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / folder) for folder in ("fault", "oracle")]

from sending import Sender  # noqa: E402
from with_broker import start_broker  # noqa: E402

TOPIC = "alerts"
FIELDS = "%k\\t%h\\t%s\\n"


class KafkaTopics(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.broker = start_broker(cls, "auto.create.topics.enable=true")
        cls.broker.kcat("-P", "-t", TOPIC, "-K", "\t", given=b"first\tof others\n")  # which makes the topic

    def setUp(self):
        self.sender = Sender(total_ms=10_000)
        self.addCleanup(self.sender.close)

    def target(self, **more):
        document = {"kind": "kafka", "brokers": [self.broker.address], "topic": TOPIC, "encryption": "none", **more}
        self.assertEqual(self.sender.target("t", document), [])

    def read(self):
        """-> (key, headers, value) of each record of ours, in order."""
        lines = self.broker.kcat("-C", "-t", TOPIC, "-o", "beginning", "-e", "-q", "-f", FIELDS).decode().splitlines()
        records = [line.split("\t") for line in lines]
        return [(key, dict(pair.split("=", 1) for pair in headers.split(",")), json.loads(value))
                for key, headers, value in records if "id=" in headers]

    def test_records_lie_under_their_keys_in_order_each_once(self):
        self.target()
        for n in range(30):
            self.sender.send(f"e{n}", "t", key=f"of-{n % 3}", summary="ü")
        for n in range(30):
            self.assertEqual(self.sender.wait_for(f"e{n}")[-1]["outcome"], "delivered")
        found = defaultdict(list)
        for key, headers, value in self.read():
            if key.startswith("of-"):
                self.assertEqual((headers["type"], value["type"]), ("sla.breached", "sla.breached"))
                self.assertEqual((value["data"]["key"], value["data"]["summary"]), (key, "ü"))
                found[key].append(headers["id"])
        self.assertEqual(found, {f"of-{k}": [f"e{n}" for n in range(k, 30, 3)] for k in range(3)})

    def test_what_is_not_taken_is_tried_again(self):
        self.target(topic="nowhere")
        self.sender.send("lost", "t")
        ends = self.sender.wait_for("lost")
        self.assertEqual(ends[0]["outcome"], "again", ends)
        self.assertIn("nknown topic", ends[0]["detail"])
        self.target()  # somebody names the right one; the second try comes after five seconds
        self.assertEqual(self.sender.wait_for("lost", attempts=2)[-1]["outcome"], "delivered")
        self.assertEqual([headers["id"] for key, headers, _ in self.read() if key == "key-lost"], ["lost"])

    def test_a_broker_that_does_not_answer_is_waited_for(self):
        self.target()
        self.sender.send("before", "t")
        self.assertEqual(self.sender.wait_for("before")[-1]["outcome"], "delivered")
        self.broker.freeze()
        self.addCleanup(self.broker.thaw)
        self.sender.send("meanwhile", "t")
        self.assertEqual(self.sender.wait_for("meanwhile")[0]["outcome"], "again")
        self.broker.thaw()
        self.assertEqual(self.sender.wait_for("meanwhile", attempts=2)[-1]["outcome"], "delivered")
        ids = {headers["id"] for _, headers, _ in self.read()}
        self.assertLessEqual({"before", "meanwhile"}, ids)
