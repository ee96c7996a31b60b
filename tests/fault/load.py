"""Load with unique values: producers that send each event again until it is taken, and keep the history of it."""

import http.client
import itertools
import json
import threading
import time

from checker import History, Read, check_log, check_reads
from running import WAIT_S_MAX, event


class Load(threading.Thread):
    """Posts events by `post(events) -> Answer`, one body after the other, each again until it is taken, until it is told to
    stop. `name` begins the ids. Loads may share a history. Events go to so many cases in turn, each to the end of its case
    for a day, and then all over it."""

    def __init__(self, post, name="e", per_body=1, history=None, cases=50):
        super().__init__(daemon=True)
        self.post, self.per_body, self.history = post, per_body, history or History()
        self.prefix, self.cases, self.ended = name, cases, threading.Event()
        self.taken = self.refused = self.unanswered = 0  # events, answers, requests
        self.slowest_s = 0.0
        self.last_answer = None

    def body(self, first):
        numbers = range(first, first + self.per_body)
        return [event(f"c{n % self.cases}", "abc"[n % 3], n % 1_440, id=f"{self.prefix}{n}") for n in numbers]

    def run(self):
        for first in itertools.count(0, self.per_body):
            body = self.body(first)
            ids = [one["id"] for one in body]
            self.history.invoke(ids)
            while not self.ended.is_set():
                if self._is_taken(body):
                    self.history.acknowledge(ids)
                    self.taken += len(ids)
                    break
                time.sleep(0.02)
            if self.ended.is_set():
                return

    def _is_taken(self, body):
        began = time.monotonic()
        try:
            answer = self.post(body)
        except (OSError, http.client.HTTPException):
            self.unanswered += 1
            return False
        self.last_answer = answer
        self.slowest_s = max(self.slowest_s, time.monotonic() - began)
        self.refused += answer.status != 202
        return answer.status == 202

    def wait_for_more(self, more=1):
        """Until so many more events were taken. -> whether they were"""
        wanted, deadline = self.taken + more, time.monotonic() + WAIT_S_MAX
        while self.taken < wanted and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.taken >= wanted

    def stop(self):
        """After one more body was taken. -> how many events were"""
        self.wait_for_more()
        self.ended.set()
        self.join()
        return self.taken


def taken(ask):
    """Asks again as long as the answer is 503, which says so. -> the answer, which is no refusal"""
    deadline = time.monotonic() + WAIT_S_MAX
    while (answer := ask()).status == 503 and time.monotonic() < deadline:
        time.sleep(0.02)
    if answer.status >= 300:
        raise AssertionError(f"{answer}")
    return answer


def stored(node, token, process="default"):
    """The ids of the events that are there, when the shards have taken what the log holds."""
    ids = [f"settled-{n}" for n in range(64)]  # of as many cases, so that each shard has one
    body = [{**event(one, "a", 0, id=one), "process": process} for one in ids]
    position = taken(lambda: node.call("POST", "/v1/events", body, token)).body["position"]
    taken(lambda: node.call("GET", f"/v1/processes/{process}/kpis?after={position}", token=token))
    text = node.call("GET", f"/v1/processes/{process}/export?format=ndjson", token=token).body
    found = [json.loads(line)["id"] for line in text.decode().splitlines()]
    return [one for one in found if one not in ids]


def findings(node, token, history, reads=()):
    """What the checker says of what is there. -> findings"""
    return check_log(history, stored(node, token)) + check_reads(reads)


class Reader(threading.Thread):
    """One client that asks for a count again and again. Its answers never go back."""

    def __init__(self, ask):
        super().__init__(daemon=True)
        self.ask, self.reads, self.ended = ask, [], threading.Event()

    def run(self):
        while not self.ended.is_set():
            try:
                answer = self.ask()
                if answer.status == 200:
                    self.reads.append(Read(answer.body["events"]))
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.05)

    def stop(self):
        self.ended.set()
        self.join()
        return self.reads
