"""A whole server under a wall clock that jumps (reliability, F13), by libfaketime: hours and years ahead and back, while
events are posted and somebody asks. Nothing is lost, no timer fires for a time that did not pass, nothing is negative, and
the views are what the oracle makes of what is there."""

import ctypes
import glob
import json
import os
import re
import sys
import time
import unittest
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "effects"))

import reference  # noqa: E402
from compare import compare, summary_of  # noqa: E402
from faulty_node import Faults, needs_preloading  # noqa: E402
from load import Reader, taken  # noqa: E402
from receivers import Receiver, json_of, says  # noqa: E402
from running import WAIT_S_MAX  # noqa: E402
from weir import Client  # noqa: E402

IS_FULL = bool(os.environ.get("TESTED_FULL"))
LASTS_S = 20 if IS_FULL else 1
SEEN_S = 1.5  # until libfaketime has read its file
LIBRARY = "/usr/lib/*/faketime/libfaketime.so.1"
# jemalloc asks for the time before libfaketime can tell it: the C and C++ libraries' own allocation takes its place.
INSTEAD_OF_JEMALLOC = ("libstdc++.so.6", "libc.so.6")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TIME_ERROR = 5  # adjtimex: nobody keeps the kernel's clock
HOUR_S, YEAR_S = 3_600, 31_557_600
CASES = 50
VIEW = "/v1/processes/default/kpis"
NEGATIVE = re.compile(r"^.* -[0-9].*$", re.MULTILINE)
TICKS_HELD = re.compile(r"^weir_shard_ticks_held\{.*\} (\S+)$", re.MULTILINE)


def event_of(row):
    """A row of an export, as the oracle has it."""
    at = (datetime.fromisoformat(row["timestamp"]) - reference.EPOCH) // timedelta(microseconds=1)
    return reference.Event(row["case_id"], row["activity"], at, at, source=row["source"], id=row["id"])


class Clocks(Faults):
    def setUp(self):
        found = glob.glob(LIBRARY)
        if not found:
            raise unittest.SkipTest(f"skipped: there is no {LIBRARY}")
        needs_preloading()
        self.node = self.make_node(private_networks="127.0.0.0/8")
        self.clock = self.node.folder / "clock"
        self.clock.write_text("+0")
        faked = {"LD_PRELOAD": ":".join((found[0], *INSTEAD_OF_JEMALLOC)), "FAKETIME_CACHE_DURATION": "1",
                 "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_RESET": "1"}
        self.node.under = ("env", f"FAKETIME_TIMESTAMP_FILE={self.clock}", *map("=".join, faked.items()))
        self.node.start()
        with mock.patch.dict(os.environ, {**faked, "FAKETIME": f"{-20 * YEAR_S:+d}"}):
            self.token = self.node.token("w")  # made long ago: one that is from the future is refused
        self.node.token = lambda *_: self.token

    def jump_to(self, shift_s):
        """The server's wall clock is so far from the machine's."""
        self.clock.write_text(f"{shift_s:+d}")
        time.sleep(SEEN_S + LASTS_S)
        self.assertIsNone(self.node.process.poll(), self.node.last_words())
        self.assertEqual(NEGATIVE.findall(self.metrics()), [])

    def metrics(self):
        return self.node.call("GET", "/metrics").body.decode()

    def kpis(self):
        return self.node.call("GET", VIEW, token=self.token).body

    def are_ticks_held(self):
        return any(float(value) for value in TICKS_HELD.findall(self.metrics()))

    def becomes(self, expected, ask):
        deadline = time.monotonic() + WAIT_S_MAX
        while (found := ask()) != expected and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertEqual(found, expected)

    def differences(self):
        """Of the views from what the oracle makes of what is there."""
        text = self.node.call("GET", "/v1/processes/default/export?format=ndjson", token=self.token).body.decode()
        expected = reference.answer([event_of(json.loads(line)) for line in text.splitlines()])
        expected["kpis"].pop("duplicates")
        return compare(expected, Client(self.node, self.token).views("default"))

    def test_f13_hours_and_years_ahead_and_back_while_events_are_posted(self):
        loads = self.start_load(self.node)
        reader = Reader(lambda: self.node.call("GET", VIEW, token=self.token))
        reader.start()
        self.assertTrue(loads[0].wait_for_more(5))
        for shift_s in (HOUR_S, -HOUR_S, 10 * YEAR_S, -10 * YEAR_S, HOUR_S, 0):
            self.jump_to(shift_s)
            code = loads[0].last_answer.body.get("code")
            self.assertEqual(code is None, shift_s > -YEAR_S, f"{shift_s}: {code}")  # years back, events are from the future
        for load in loads:
            load.stop()
        self.take_out_refused(loads[0].history)
        self.check(self.node, loads[0].history, reader.stop())
        wrong = self.differences()
        self.assertEqual(wrong, [], summary_of(wrong))

    @staticmethod
    def needs_a_clock_that_nobody_keeps():
        if ctypes.CDLL(None).adjtimex(bytes(512)) != TIME_ERROR:
            raise unittest.SkipTest("skipped: the kernel says that its clock is kept: it confirms every jump")

    def test_f13_years_ahead_and_back_tell_nobody_anything_early_nor_in_a_burst(self):
        """Each effect is refused once, so that a clock that jumps finds some that wait for another try."""
        self.needs_a_clock_that_nobody_keeps()
        receiver = Receiver(says(503), says(200))
        self.addCleanup(receiver.close)
        self.declare_promise(receiver.url)
        self.post_asked("far", CASES, ago_s=0)
        self.post_asked("soon", 3, ago_s=HOUR_S - 2)
        self.becomes(3, lambda: len(receiver.requests))
        for shift_s, held in ((10 * YEAR_S, True), (0, False), (-10 * YEAR_S, False), (0, True)):
            self.jump_to(shift_s)
            self.becomes(held, self.are_ticks_held)
            self.assertEqual(self.told(receiver).keys(), {"soon0", "soon1", "soon2"}, shift_s)
        self.becomes({"soon0": 2, "soon1": 2, "soon2": 2}, lambda: self.told(receiver))
        self.node.kill()  # whoever starts it again believes the clock, which is right
        self.node.start()
        self.post_asked("later", 1, ago_s=HOUR_S - 2)
        self.becomes({"soon0": 2, "soon1": 2, "soon2": 2, "later0": 2}, lambda: self.told(receiver))
        self.assertEqual(len({request.id for request in receiver.requests}), 4)

    @staticmethod
    def told(receiver):
        return Counter(json_of(request)["data"]["details"]["case"] for request in list(receiver.requests))

    def declare_promise(self, url):
        """An answer within an hour."""
        def when(activity):
            return {"path": "activity", "op": "eq", "value": activity}
        for path, document in (("targets/ops", {"kind": "webhook", "url": url, "secrets": [SECRET]}),
                               ("sla-policies/p", {"metrics": {"answer": {"start": when("asked"), "stop": when("answered")}},
                                                   "notify": ["ops"], "targets": [{"name": "all", "promises": {"answer": "1h"}}]})):
            answer = self.node.call("PUT", f"/v1/{path}", document, self.token)
            self.assertEqual(answer.status, 200, answer)
        self.node.call("GET", f"{VIEW}?after={answer.body['position']}", token=self.token)

    def post_asked(self, name, count, ago_s):
        asked = (datetime.now(timezone.utc) - timedelta(seconds=ago_s)).isoformat()
        body = [{"case_id": f"{name}{n}", "activity": "asked", "timestamp": asked} for n in range(count)]
        taken(lambda: self.node.call("POST", "/v1/events", body, self.token))

    def test_f13_no_timer_fires_for_a_time_that_did_not_pass(self):
        self.needs_a_clock_that_nobody_keeps()
        now = datetime.now(timezone.utc).isoformat()
        body = [{"case_id": f"c{n}", "activity": "a", "timestamp": now, "id": str(n)} for n in range(CASES)]
        self.put_inactivity(HOUR_S // 2)
        taken(lambda: self.node.call("POST", "/v1/events", body, self.token))
        self.becomes(CASES, lambda: self.kpis()["running"])
        for shift_s, held in ((HOUR_S, True), (0, False), (10 * YEAR_S, True), (0, False), (-HOUR_S, False), (0, True)):
            self.jump_to(shift_s)
            self.becomes(held, self.are_ticks_held)
            self.assertEqual((self.kpis()["running"], self.kpis()["completed"]), (CASES, 0), shift_s)
        self.put_inactivity(1)
        self.node.kill()  # whoever starts it again believes the clock
        self.node.start()
        self.becomes(CASES, lambda: self.kpis()["completed"])

    def take_out_refused(self, history):
        """Whoever was accepted right before the clock went back by years was appended in its past: a dead letter says so."""
        letters = self.node.call("GET", "/v1/dead-letters", token=self.token).body["dead_letters"]
        self.assertEqual({letter["code"] for letter in letters} - {"timestamp_out_of_range"}, set(), letters)
        history.acknowledged -= {json.loads(letter["record"])["id"] for letter in letters}

    def put_inactivity(self, seconds):
        taken(lambda: self.node.call("PUT", "/v1/processes/default", {"completion": {"inactivity_s": seconds}}, self.token))


del Faults  # it has no tests of its own
