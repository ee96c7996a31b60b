"""Load at a rate, of events that are known by their numbers: what was sent need not be kept to make the batch of it."""

import http.client
import json
import threading
import time
from collections import Counter

ACTIVITIES = "abcdef"
STEPS = 10  # of a case
CASES = 500  # that are under way at once
BEGAN_MS = 1_767_225_600_000  # 2026-01-01
ANSWER_S_MAX = 3  # then another node is asked
SHUNNED_S = 1  # a node that did not answer


def fields(number):
    """-> (case, activity, milliseconds, resource) of event `number`. No two of a case are at the same time."""
    block, within = divmod(number, CASES * STEPS)
    step, place = divmod(within, CASES)
    case = block * CASES + place
    activity = ACTIVITIES[(case % 13 * (step + 1) + step * step) % len(ACTIVITIES)]
    return f"c{case}", activity, BEGAN_MS + case % 1_000 * 60_000 + step * step * (1 + case % 5) * 1_000, f"r{(case + step) % 7}"


def ndjson(numbers):
    """Event `number` has the id of that number."""
    return "".join('{"id":"%d","case_id":"%s","activity":"%s","timestamp":%d,"resource":"%s"}\n' % (number, *fields(number))
                   for number in numbers).encode()


def write_csv(path, count):
    with open(path, "w", encoding="ascii") as file:
        file.write("id,case_id,activity,timestamp,resource\n")
        for number in range(count):
            file.write("%d,%s,%s,%d,%s\n" % (number, *fields(number)))


def request(node, method, path, token, body=None, wait_s=ANSWER_S_MAX):
    """On a connection of its own, which waits no longer than that. -> (status, the answer's JSON). Raises OSError or
    HTTPException."""
    connection = http.client.HTTPConnection(*node.address, timeout=wait_s)
    try:
        named = {"authorization": f"Bearer {token}", "content-type": "application/x-ndjson"}
        connection.request(method, path, body, named)
        response = connection.getresponse()
        return response.status, json.loads(response.read() or "null")
    finally:
        connection.close()


class Turns:
    """Which node to ask: each in turn, but for those that just failed to answer."""

    def __init__(self, nodes, first=0):
        self.nodes, self.place, self.shunned = nodes, first, {}

    def next(self):
        for _ in self.nodes:
            self.place += 1
            node = self.nodes[self.place % len(self.nodes)]
            if self.shunned.get(node, 0) < time.monotonic():
                return node
        return node

    def shun(self, node):
        self.shunned[node] = time.monotonic() + SHUNNED_S


class PacedLoad:
    """Posts bodies to nodes in turn, so many events per second or as many as are taken, each body again, to another
    node, until it is."""

    def __init__(self, nodes, token, per_second, per_body, workers=8):
        self.nodes, self.token = nodes, token
        self.per_second, self.per_body = per_second, per_body
        self.lock, self.ended = threading.Lock(), threading.Event()
        self.bodies, self.began = 0, None
        self.taken_at, self.waited_s = [], []  # of each body
        self.refused = Counter()  # how often, by code
        self.threads = [threading.Thread(target=self._work, args=(n,), daemon=True) for n in range(workers)]

    def start(self):
        self.began = time.monotonic()
        for thread in self.threads:
            thread.start()

    def stop(self):
        """When all that was begun is taken. -> how many events were: those of the numbers below"""
        self.ended.set()
        for thread in self.threads:
            thread.join()
        return self.bodies * self.per_body

    def _work(self, first):
        turns = Turns(self.nodes, first)
        while (number := self._next()) is not None:
            due = self.began + number * self.per_body / self.per_second
            time.sleep(max(0.0, due - time.monotonic()))
            body = ndjson(range(number * self.per_body, (number + 1) * self.per_body))
            begun = time.monotonic()
            while not self._is_taken(turns, body):
                time.sleep(0.1)
            with self.lock:
                self.taken_at.append(time.monotonic())
                self.waited_s.append(time.monotonic() - begun)

    def _next(self):
        with self.lock:
            if self.ended.is_set():
                return None
            self.bodies += 1
            return self.bodies - 1

    def _is_taken(self, turns, body):
        node = turns.next()
        try:
            status, answer = request(node, "POST", "/v1/events", self.token, body)
        except (OSError, http.client.HTTPException, ValueError):
            status, answer = None, {"code": "no answer"}
            turns.shun(node)
        if status == 202:
            if answer["rejected"]:
                raise AssertionError(f"{answer}")
            return True
        with self.lock:
            self.refused[answer["code"]] += 1
        return False


class Asker(threading.Thread):
    """Somebody who asks for a view again and again, and another node when one does not answer. `answered_at`: when it was
    told the view."""

    def __init__(self, nodes, token, path):
        super().__init__(daemon=True)
        self.turns, self.token, self.path = Turns(nodes), token, path
        self.answered_at, self.refused, self.ended = [], 0, threading.Event()

    def run(self):
        while not self.ended.is_set():
            node = self.turns.next()
            try:
                status, _ = request(node, "GET", self.path, self.token)
                if status == 200:
                    self.answered_at.append(time.monotonic())
                else:
                    self.refused += 1
                time.sleep(0.05)
            except (OSError, http.client.HTTPException, ValueError):
                self.turns.shun(node)

    def stop(self):
        self.ended.set()
        self.join()


def longest_gap(moments):
    """-> (how long, when it began), in s"""
    ordered = sorted(moments)
    return max(((after - before, before) for before, after in zip(ordered, ordered[1:])), default=(0.0, 0.0))
