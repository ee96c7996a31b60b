"""A network that is slow, cuts connections, or loses them without a word (reliability, F15): between a server and its
broker, and between producers and a server. Nothing is lost or doubled, views stay, and all goes on by itself. TESTED_FULL:
each weather for a minute."""

import itertools
import os
import time

from faulty_node import Faults
from load import Reader
from proxy import Proxy, Weather
from weir import PATIENCE
from with_broker import start_broker

IS_FULL = bool(os.environ.get("TESTED_FULL"))
LASTS_S = 60 if IS_FULL else 4
LOST_S = 15 * PATIENCE  # longer than a request waits for the brokers
KIB = 1 << 10
RUNS = itertools.count()
VIEW = "/v1/processes/default/kpis"


class Between(Faults):
    """A proxy, and a node with producers and one who asks. A test says what is on which side of the proxy."""

    def setUp(self):
        self.proxy = Proxy()
        self.addCleanup(self.proxy.close)

    def begin(self, node):
        self.node, self.token = node, node.token("w")
        self.loads = self.start_load(node)
        self.reader = Reader(lambda: node.call("GET", VIEW, token=self.token))
        self.reader.start()
        self.addCleanup(self.reader.ended.set)
        self.goes_on()

    def goes_on(self):
        """Both producers are taken again. -> how long that took, in s"""
        began = time.monotonic()
        for load in self.loads:
            self.assertTrue(load.wait_for_more(3), f"{load.last_answer} {self.node.last_words()}")
        return time.monotonic() - began

    def passes(self, weather, lasts_s=LASTS_S):
        """-> how many events were taken meanwhile"""
        before = sum(load.taken for load in self.loads)
        self.proxy.weather = weather
        time.sleep(lasts_s)
        taken = sum(load.taken for load in self.loads) - before
        self.proxy.weather = Weather()
        return taken

    def end(self):
        for load in self.loads:
            load.stop()
        self.proxy.weather = Weather()
        self.check(self.node, self.loads[0].history, self.reader.stop())


class ToTheBroker(Between):
    @classmethod
    def setUpClass(cls):
        cls.proxy_of_class = Proxy()
        cls.addClassCleanup(cls.proxy_of_class.close)
        host, port = cls.proxy_of_class.address
        cls.broker = start_broker(cls, f"advertised.listeners=PLAINTEXT://{host}:{port}")
        cls.proxy_of_class.target = tuple(cls.broker.address.split(":"))

    def setUp(self):
        self.proxy = self.proxy_of_class
        node = self.make_node(log="kafka://%s:%d" % self.proxy.address, kafka_prefix=f"t{next(RUNS)}")
        node.start()
        self.begin(node)

    def tearDown(self):
        self.proxy.weather = Weather()

    def passes(self, weather, lasts_s=LASTS_S):
        before = len(self.reader.reads)
        taken = super().passes(weather, lasts_s)
        self.assertGreater(len(self.reader.reads), before, "the views were not served meanwhile")
        return taken

    def test_f15_what_comes_late_and_in_pieces(self):
        for weather in (Weather(delay_s=0.1, jitter_s=0.2), Weather(piece_bytes=1), Weather(bytes_per_s=20 * KIB)):
            self.assertGreater(self.passes(weather), 0, weather)
            self.goes_on()
        self.end()

    def test_f15_connections_that_are_reset(self):
        for _ in range(10):
            self.proxy.reset_all()
            time.sleep(LASTS_S / 10)
        self.goes_on()
        self.end()

    def test_f15_connections_that_are_cut_in_the_middle_of_a_message(self):
        resets = self.proxy.resets
        for cut_bytes in (1, 100, 1_000, 5_000):
            self.passes(Weather(cut_after_bytes=cut_bytes))
            self.goes_on()
        self.assertGreater(self.proxy.resets, resets)
        self.end()

    def test_f15_connections_that_are_lost_without_a_word(self):
        self.assertLess(self.passes(Weather(is_lost=True), LOST_S), 100)
        self.assertIn("log_unreachable", {load.last_answer.body.get("code") for load in self.loads})
        print(f"F15: all goes on {self.goes_on():.1f} s after connections were lost for {LOST_S} s", flush=True)
        self.end()


class ToTheServer(Between):
    def setUp(self):
        super().setUp()
        node = self.make_node()
        node.start()
        self.proxy.target, node.address = node.address, self.proxy.address
        self.begin(node)

    def test_f15_producers_behind_a_network_that_is_slow_or_cuts(self):
        for weather in (Weather(delay_s=0.1, jitter_s=0.2), Weather(piece_bytes=1), Weather(bytes_per_s=20 * KIB)):
            self.assertGreater(self.passes(weather), 0, weather)
        for cut_bytes in (1, 100, 400):
            self.passes(Weather(cut_after_bytes=cut_bytes))
        for _ in range(10):
            self.proxy.reset_all()
            time.sleep(LASTS_S / 10)
        self.goes_on()
        self.end()


del Faults, Between  # they have no tests of their own
