"""A storm (reliability, F1, F12, F14, F17): nodes that share a log are killed, stand still for longer than the group waits,
leave and join, one after the other without a rest, and the broker is killed, all under load. In the end every node tells
what the batch makes of what was accepted, and what one node alone tells of the same topic. TESTED_FULL: 20,000 events/s
for ten minutes."""

import json
import os
import random
import signal
import statistics
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path

import reference
from checker import Finding, History, check_equal, check_log, report
from cluster import NODES, SHARDS, Cluster
from compare import compare
from faulty_node import memory_bytes
from load import taken
from paced_load import CASES, Asker, PacedLoad, fields, longest_gap, ndjson, request, write_csv
from running import BINARY, WAIT_S_MAX, Node
from weir import Client

IS_FULL = bool(os.environ.get("TESTED_FULL"))
LASTS_S = 600 if IS_FULL else 25
PER_SECOND = 20_000 if IS_FULL else 1_000
PER_BODY = 500 if IS_FULL else 100
PERIOD_S = 5  # from one deed to the next
BROKER_EVERY = 12  # deeds
BROKER_AWAY_S = 2
BROKER_STARTS = "broker's own start"
RECOVERED_S_MAX = 4 * WAIT_S_MAX
VIEW = "/v1/processes/default/kpis"


def told_of(view):
    """But for its time, and for how it was paged."""
    return {name: value for name, value in view.items() if name not in ("as_of", "next")}


class Storm(Cluster):
    def setUp(self):
        super().setUp()
        self.guest = Node(SHARDS, **self.settings)  # that joins and leaves
        self.addCleanup(self.guest.remove)
        self.recovered_s = {}  # deed: how long until all was owned, or taken, again
        self.begun = []  # (when, deed)

    # ---- deeds

    def until_owned(self, deed, began):
        """Until every shard is owned by one of those that live."""
        while {shard for shard, *_ in self.owners()} != set(range(SHARDS)):
            self.assertLess(time.monotonic() - began, RECOVERED_S_MAX, f"after it was {deed}: {self.owners()}")
            time.sleep(0.05)
        self.recovered_s.setdefault(deed, []).append(time.monotonic() - began)

    def away(self, node, deed, go, come_back):
        self.absent.add(node)
        go()
        self.until_owned(deed, time.monotonic())
        come_back()
        self.absent.discard(node)

    def kill(self, node):
        self.away(node, "killed", node.kill, node.start)

    def freeze(self, node):
        self.away(node, "frozen", lambda: node.process.send_signal(signal.SIGSTOP),
                  lambda: node.process.send_signal(signal.SIGCONT))

    def leave(self, node):
        self.away(node, "stopped", lambda: self.assertEqual(node.stop(), 0, node.last_words()), node.start)

    def visit(self, _):
        """Another node joins, takes shards, and leaves."""
        self.guest.start()
        began = time.monotonic()
        while not self.shards_of(self.guest) and time.monotonic() < began + RECOVERED_S_MAX:
            time.sleep(0.05)
        self.assertNotEqual(self.shards_of(self.guest), [], "a node that joined got no shard")
        began = time.monotonic()
        self.assertEqual(self.guest.stop(), 0, self.guest.last_words())
        self.until_owned("guest gone", began)

    def kill_broker(self, load):
        self.broker.kill()
        time.sleep(BROKER_AWAY_S)
        began = time.monotonic()
        self.broker.start()
        self.recovered_s.setdefault(BROKER_STARTS, []).append(time.monotonic() - began)
        began = time.monotonic()
        while load.taken_at[-1] < began:
            self.assertLess(time.monotonic() - began, RECOVERED_S_MAX, "nothing is taken since the broker came back")
            time.sleep(0.05)
        self.recovered_s.setdefault("broker ready", []).append(time.monotonic() - began)

    def storm(self, load):
        """-> how often each deed was done"""
        draw, end = random.Random(17), time.monotonic() + LASTS_S
        deeds = [self.kill, self.freeze, self.leave, self.visit, self.kill_broker]
        while (began := time.monotonic()) < end:
            number = len(self.begun)
            deed = deeds[number] if number < len(deeds) else draw.choice(deeds[:-1])
            if number % BROKER_EVERY == BROKER_EVERY - 1:
                deed = self.kill_broker
            self.begun.append((began, deed.__name__))
            deed(load if deed == self.kill_broker else draw.choice(self.nodes))
            time.sleep(max(0.0, began + PERIOD_S - time.monotonic()))
        return Counter(deed for _, deed in self.begun)

    # ---- what is told in the end

    def answers(self, node):
        """What the node tells of the process, but for its time."""
        return {query: told_of(view) for query, view in Client(node, self.token).views("default").items()}

    def last_position(self):
        """Behind all that was taken: events of many cases, sent again, stand there on every shard."""
        body = [json.loads(line) for line in ndjson(range(CASES)).splitlines()]
        return taken(lambda: self.call("POST", "/v1/events", body)).body["position"]

    def until_included(self, node, position):
        """Until the node's views do."""
        deadline = time.monotonic() + LASTS_S + RECOVERED_S_MAX
        while (answer := request(node, "GET", f"{VIEW}?after={position}", self.token))[0] != 200:
            self.assertLess(time.monotonic(), deadline, f"{position} is not included: {answer}")

    def batch(self, count):
        """What `weir discover` makes of the events, without a server."""
        with tempfile.TemporaryDirectory(prefix="weir-batch-") as folder:
            path = Path(folder) / "events.csv"
            write_csv(path, count)
            told = subprocess.run([BINARY, "discover", path], capture_output=True, check=True).stdout
        return json.loads(told)

    def oracle(self, count):
        """What the oracle in Python does; it takes a minute for a million."""
        given = ((number, *fields(number)) for number in range(count))
        return reference.answer([reference.Event(case, activity, at_ms * 1_000, at_ms * 1_000, id=str(number), resource=resource)
                                 for number, case, activity, at_ms, resource in given])

    def differ_from_batch(self, count, found):
        """-> findings"""
        expected = {query: told_of(view) for query, view in self.batch(count).items()}
        expected["kpis"]["duplicates"] = found["kpis"]["duplicates"]  # what was sent again
        findings = [one for query in expected for one in check_equal(query, found[query], expected[query])]
        if not IS_FULL:
            expected = self.oracle(count)
            expected["kpis"].pop("duplicates")
            findings += [Finding("diverged", one) for one in compare(expected, found)]
        return findings

    def stored(self, node):
        """The numbers of the events that are there."""
        connection = node.connect()
        connection.request("GET", "/v1/processes/default/export?format=ndjson",
                           headers={"authorization": f"Bearer {self.token}"})
        response = connection.getresponse()
        self.assertEqual(response.status, 200)
        found = [int(json.loads(line)["id"]) for line in response]
        connection.close()
        return found

    def alone(self):
        """One node over the same topic, which reads it from its begin. It must be the only one."""
        for node in self.nodes:
            node.stop()
        shared = {name: value for name, value in self.settings.items() if not name.startswith("group")}
        node = Node(SHARDS, **shared)
        self.addCleanup(node.remove)
        node.start()
        return node

    # ---- the test

    def test_f17_a_storm_leaves_every_view_as_the_batch_has_it(self):
        self.settles(0)
        load = PacedLoad(self.nodes, self.token, PER_SECOND, PER_BODY)
        asker = Asker(self.nodes, self.token, VIEW)
        self.addCleanup(asker.ended.set)
        self.addCleanup(load.ended.set)
        load.start()
        asker.start()
        time.sleep(2)
        done = self.storm(load)
        count = load.stop()
        position, ended = self.last_position(), time.monotonic()
        for node in self.nodes:
            self.until_included(node, position)
        drained_s = time.monotonic() - ended
        asker.stop()
        self.settles(count)
        self.tell(load, asker, done, count, drained_s)
        found = [self.answers(node) for node in self.nodes]
        wrong = self.differ_from_batch(count, found[0])
        self.assertEqual(wrong, [], report(wrong))
        alone = self.alone()
        self.until_included(alone, position)
        expected = self.answers(alone)
        wrong = [one for number, told in enumerate(found) for query in expected
                 for one in check_equal(f"{query} of node {number} and of one alone", told[query], expected[query])]
        self.assertEqual(wrong, [], report(wrong))
        history = History()
        history.invoke(range(count))
        history.acknowledge(range(count))
        wrong = check_log(history, self.stored(alone))
        self.assertEqual(wrong, [], report(wrong))

    def tell(self, load, asker, done, count, drained_s):
        lasted_s = load.taken_at[-1] - load.began
        away_s = sum(BROKER_AWAY_S + started_s for started_s in self.recovered_s.get(BROKER_STARTS, []))
        print(f"storm: {', '.join(f'{times} times {deed}' for deed, times in sorted(done.items()))}, in {lasted_s:.0f} s; "
              f"{count} events taken in bodies of {PER_BODY}, {count / lasted_s:.0f} of {PER_SECOND} a second, "
              f"{count / (lasted_s - away_s):.0f} while there was a broker; drained {drained_s:.1f} s later")
        print(f"  a body waited {statistics.median(load.waited_s) * 1e3:.0f} ms (median), {max(load.waited_s):.1f} s at most; "
              f"none was taken for {self.gap(load.taken_at, load)}; refused: {dict(load.refused)}")
        print(f"  answers: {len(asker.answered_at)}, {asker.refused} refusals, none for {self.gap(asker.answered_at, load)}")
        for deed, seconds in sorted(self.recovered_s.items()):
            print(f"  {deed}: recovered in {statistics.median(seconds):.1f} s (median), {max(seconds):.1f} s at most")
        peaks = [memory_bytes(node) >> 20 for node in self.nodes]
        print(f"  most memory of each node since its last start: {', '.join(map(str, peaks))} MiB", flush=True)

    def gap(self, moments, load):
        length_s, began = longest_gap(moments)
        during = [deed for at, deed in self.begun if at < began + length_s][-1:]
        return f"{length_s:.1f} s at most (from second {began - load.began:.0f} on, after {''.join(during)})"


del Cluster  # it has no tests of its own
