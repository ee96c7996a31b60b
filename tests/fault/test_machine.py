"""A server that is killed, stands still, or is short of memory or of time (reliability, F1, F12, F21, F22), under load with
unique values, while somebody asks and somebody follows. TESTED_FULL: a thousand kills."""

import os
import random
import signal
import threading
import time

from checker import check_equal, check_socket, report
from faulty_node import Faults, memory_bytes
from live_view import LiveView
from load import Reader
from running import WAIT_S_MAX
from weir import PATIENCE
from web_socket import Closed, Refused, WebSocket

IS_FULL = bool(os.environ.get("TESTED_FULL"))
KILLS = 1_000 if IS_FULL else 6
READY_S_MAX = 10 * PATIENCE  # on a busy machine; bench/ measures it on a quiet one
MIB = 1 << 20


class Follower(threading.Thread):
    """Somebody who follows the map over a WebSocket, and comes again with what it has when it is cut off. `messages` is all
    that it received of its subscription."""

    def __init__(self, node, token):
        super().__init__(daemon=True)
        self.node, self.token, self.view = node, token, LiveView("map")
        self.messages, self.ended, self.socket = [], threading.Event(), None

    def run(self):
        while not self.ended.is_set():
            try:
                self._follow()
            except (OSError, Closed, Refused):
                time.sleep(0.05)
            except AssertionError:  # a message that does not follow: the checker names it
                return

    def _follow(self):
        self.socket = WebSocket(self.node.address, token=self.token)
        with self.socket:
            resume = {"resume": {"epoch": self.view.epoch, "seq": self.view.seq}} if self.view.epoch else {}
            self.socket.send({"op": "subscribe", "ref": 1, "channel": "map", "process": "default", **resume})
            while not self.ended.is_set():
                message = self.socket.receive()
                if message.get("ref") == 1:
                    self.messages.append(message)
                    self.view.take(message)

    def settled(self, answer):
        """Waits until it holds what the query answers. -> findings over all that it received"""
        wanted = {name: value for name, value in answer.items() if name != "as_of"}
        deadline = time.monotonic() + WAIT_S_MAX
        while (held := self._held()) != wanted and time.monotonic() < deadline:
            time.sleep(0.05)
        self.ended.set()
        return check_socket(self.messages) + check_equal("the map by deltas", held, wanted)

    def _held(self):
        return {name: value for name, value in (self.view.held or {}).items() if name != "as_of"}


class Machine(Faults):
    def begin(self, node, producers=2):
        """-> (the producers, one who asks, one who follows)"""
        loads = self.start_load(node, producers)
        token = node.token("w")
        reader = Reader(lambda: node.call("GET", "/v1/processes/default/kpis", token=token))
        follower = Follower(node, token)
        for one in (reader, follower):
            one.start()
            self.addCleanup(one.ended.set)
        self.assertTrue(loads[0].wait_for_more(5))
        return loads, reader, follower

    def end(self, node, loads, reader, follower):
        for load in loads:
            load.stop()
        self.check(node, loads[0].history, reader.stop())
        answer = node.call("GET", "/v1/processes/default/map", token=node.token("w")).body
        found = follower.settled(answer)
        self.assertEqual(found, [], report(found))
        self.assertGreater(len(follower.messages), 1)

    def test_f1_killed_again_and_again(self):
        node = self.make_node()
        node.start()
        draw = random.Random(1)
        work = self.begin(node)
        slowest_s = 0.0
        for _ in range(KILLS):
            time.sleep(draw.uniform(0.01, 2) if IS_FULL else draw.uniform(0.01, 0.5))
            node.kill()
            began = time.monotonic()
            node.start()
            slowest_s = max(slowest_s, time.monotonic() - began)
        self.end(node, *work)
        print(f"F1: {KILLS} kills, {len(work[0][0].history.acknowledged)} events acknowledged, ready again after "
              f"{slowest_s:.2f} s at most", flush=True)
        self.assertLess(slowest_s, READY_S_MAX)

    def test_f12_the_server_stands_still(self):
        node = self.make_node()
        node.start()
        work = self.begin(node)
        node.process.send_signal(signal.SIGSTOP)
        time.sleep(120 if IS_FULL else 5)
        node.process.send_signal(signal.SIGCONT)
        self.end(node, *work)

    def test_f22_a_twentieth_of_the_time(self):
        node = self.make_node()
        node.start()
        work = self.begin(node)
        until = time.monotonic() + (60 if IS_FULL else 6)
        heard = len(work[2].messages)
        while time.monotonic() < until:
            node.process.send_signal(signal.SIGSTOP)
            time.sleep(0.095)
            node.process.send_signal(signal.SIGCONT)
            time.sleep(0.005)
        self.assertGreater(len(work[2].messages), heard)
        metrics = node.call("GET", "/metrics").body.decode()
        self.assertIn("weir_shard_lag_records{", metrics)
        self.end(node, *work)

    def test_f21_no_more_address_space(self):
        node = self.make_node()
        node.start()
        peak = memory_bytes(node, "VmPeak")
        node.kill()
        node.under = ("prlimit", f"--as={peak + 128 * MIB}")
        node.start()
        loads = self.start_load(node, 4, per_body=2_000)
        deadline = time.monotonic() + (60 if IS_FULL else 10)
        while node.process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        ended = node.process.poll()
        self.break_off(loads)
        self.assertNotEqual(ended, -signal.SIGSEGV, node.last_words())
        node.kill()
        node.under = ()
        node.start()
        self.check(node, loads[0].history)
        print(f"F21: {'ended with ' + str(ended) if ended is not None else 'went on'}, "
              f"{len(loads[0].history.acknowledged)} events acknowledged", flush=True)


del Faults  # it has no tests of its own
