"""What may befall a broker, and a server that stands on one (reliability, F12 and F14), and producers that write to its
topics past it. Whatever was answered with 202 is counted, once."""

import json
import shutil
import time

from load import Load, Reader, findings, taken
from running import WAIT_S_MAX, Node, WithNode, event
from weir import PATIENCE
from with_broker import start_broker

PARTITIONS = 4
TOLD_S = 12 * PATIENCE  # who posts while the broker is away is told after 10 s
BUSY_S = 10 * PATIENCE  # what a busy machine may add to that


class OnKafka(WithNode):
    """A server and a broker of the class; topics of the class, a workspace of each test."""

    broker = None

    @classmethod
    def setUpClass(cls):
        cls.broker = start_broker(cls)
        cls.settings = {"log": f"kafka://{cls.broker.address}", "kafka_prefix": "weir"}
        cls.node = Node(PARTITIONS, **cls.settings)
        cls.addClassCleanup(cls.node.remove)
        cls.node.start()

    def tearDown(self):
        if self.node.process.poll() is not None:
            self.fail(f"the server ended:\n{self.node.last_words()}")

    def topic(self):
        return f"weir.{self.workspace}.events"

    def events_become(self, count, process="default"):
        """Waits until so many are in the views; there never are more."""
        deadline = time.monotonic() + WAIT_S_MAX
        while (found := self.view("kpis", process=process)["events"]) < count and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual(found, count)


class OtherProducers(OnKafka):
    def produced(self, name, minute, **more):
        return json.dumps(event(name, "a", minute, process="p", **more))

    def make_topic(self):
        self.view("map", self.post([event("first", "a", 0)], process="p"), process="p")

    def by_kcat(self, lines, *options):
        given = b"".join(f"p\0{case}\t{value}\n".encode() for case, value in lines)
        self.broker.kcat("-P", "-t", self.topic(), "-K", "\t", *options, given=given)

    def by_shard(self, metric):
        lines = self.call("GET", "/metrics").body.decode().splitlines()
        return [float(line.split()[-1]) for line in lines if line.startswith(metric + "{")]

    def forwarded(self):
        """Events that stood on the wrong partition since the server's start, by shard, once nothing is under way."""
        deadline = time.monotonic() + WAIT_S_MAX
        while any(self.by_shard("weir_shard_lag_records")) and time.monotonic() < deadline:
            time.sleep(0.05)
        return self.by_shard("weir_events_forwarded_total")

    def test_events_of_kcat_count_like_posted_ones(self):
        self.make_topic()
        lines = [(f"c{n % 20}", self.produced(f"c{n % 20}", n)) for n in range(100)]
        self.by_kcat(lines, "-X", "partitioner=murmur2_random")
        self.events_become(101, "p")
        position = self.post([event(f"c{n % 20}", "a", n) for n in range(100)], process="p")
        found = self.view("kpis", position, "p")
        self.assertEqual((found["events"], found["cases"], found["duplicates"]), (101, 21, 100))

    def test_events_of_a_java_producer_count_like_posted_ones(self):
        self.make_topic()
        before = self.forwarded()
        lines = [(f"p\0c{n}", self.produced(f"c{n}", n)) for n in range(50)]
        self.broker.java_producer(self.topic(), lines)
        self.events_become(51, "p")
        self.assertEqual(self.forwarded(), before)
        position = self.post([event(f"c{n}", "b", n + 5) for n in range(50)], process="p")
        self.assertEqual(self.edges(position, "p")[("a", "b")], 50)

    def test_an_event_on_the_wrong_partition_goes_to_its_case(self):
        self.make_topic()
        for partition in range(PARTITIONS):
            self.by_kcat([("x", self.produced("x", 5 + partition))], "-p", str(partition))
        self.events_become(5, "p")
        found = self.view("kpis", process="p")
        self.assertEqual((found["cases"], found["duplicates"]), (2, 0))
        self.node.kill()
        self.node.start()
        self.events_become(5, "p")

    def test_what_cannot_be_read_is_a_dead_letter_with_its_bytes(self):
        self.make_topic()
        bad = {"malformed_json": '{"case_id": ', "schema": '{"activity": "a", "timestamp": "2026-01-01T00:00:00Z"}',
               "bad_timestamp": '{"case_id": "c", "activity": "a", "timestamp": "soon"}'}
        for record in bad.values():
            self.by_kcat([("c", record)], "-p", "1")
        self.by_kcat([("c", self.produced("c", 1))], "-p", "1", "-H", "weir=\x02forged")
        self.by_kcat([("good", self.produced("good", 2))])
        self.events_become(2, "p")
        deadline = time.monotonic() + WAIT_S_MAX
        while len(letters := self.expect(200, "GET", "/v1/dead-letters").body["dead_letters"]) < 4:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        found = {letter["code"]: letter["record"] for letter in letters}
        self.assertEqual(found, {**bad, "bad_seal": self.produced("c", 1)})
        position = self.expect(202, "POST", f"/v1/dead-letters/{letters[0]['id']}/replay").body["position"]
        self.view("map", position, "p")
        again = self.expect(200, "GET", "/v1/dead-letters").body["dead_letters"]
        self.assertEqual({letter["code"] for letter in again}, set(found))  # it is as wrong as before

    def test_an_upload_cannot_be_claimed(self):
        self.make_topic()
        upload = self.upload("case_id,activity,timestamp\nu,a,2026-01-01T00:00:00Z\n", "p")["upload"]
        self.by_kcat([("c", json.dumps({**json.loads(self.produced("c", 1)), "$upload": upload}))])
        self.events_become(3, "p")
        position = self.expect(202, "DELETE", f"/v1/uploads/{upload}").body["position"]
        self.assertEqual(self.view("kpis", position, "p")["events"], 2)


class BrokerFaults(OnKafka):
    def under_load(self, fault):
        first = taken(lambda: self.call("POST", "/v1/events", [event("c0", "a", 0, id="e0")]))
        self.view("map", first.body["position"])
        load = Load(lambda events: self.call("POST", "/v1/events", events))
        reader = Reader(lambda: self.call("GET", "/v1/processes/default/kpis"))
        for one in (load, reader):
            one.start()
        time.sleep(1)
        fault()
        self.events_become(load.stop())
        self.assertEqual(findings(self.node, self.token, load.history, reader.stop()), [])
        return load

    def test_f14_the_broker_is_killed_and_comes_back(self):
        def fault():
            self.broker.kill()
            self.assertGreater(self.view("kpis")["events"], 0)  # views stay
            self.broker.start()

        self.under_load(fault)

    def test_f14_the_broker_stands_still_longer_than_requests_wait(self):
        def fault():
            self.broker.freeze()
            time.sleep(TOLD_S + 2)
            self.assertEqual(self.call("GET", "/readyz").body, {"status": "log_unreachable"})
            self.assertGreater(self.view("kpis")["events"], 0)
            self.broker.thaw()

        load = self.under_load(fault)
        self.assertGreater(load.refused, 0)
        self.assertLess(load.slowest_s, TOLD_S + BUSY_S)
        self.assertEqual(self.call("GET", "/readyz").body, {"status": "ready"})

    def test_f12_the_server_stands_still(self):
        def fault():
            self.node.process.send_signal(19)
            time.sleep(12)
            self.node.process.send_signal(18)

        self.under_load(fault)

    def test_f1_server_and_broker_are_killed_together(self):
        def fault():
            self.node.kill()
            self.broker.kill()
            self.broker.start()
            self.node.start()

        self.under_load(fault)


class EmptyDisk(OnKafka):
    def test_f14_a_broker_that_comes_back_empty_is_refused_by_name(self):
        self.view("map", self.post([event(f"c{n}", "a", n) for n in range(20)]))
        self.node.stop()
        self.broker.stop()
        self.broker.lose_data()
        self.broker.start()
        with self.assertRaises(RuntimeError):
            self.node.start()
        self.assertIn("log_recreated", self.node.last_words())
        shutil.rmtree(self.node.folder / "data")  # as the refusal advises
        self.node.start()
        self.token = self.node.token(self.workspace)
        self.assertEqual(self.view("kpis", self.post([event("c", "a", 0)]))["events"], 1)


del OnKafka, WithNode  # they have no tests of their own
