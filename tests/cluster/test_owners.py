"""Whatever is asked, every node answers as one node alone would: what views do not tell (cases, filters, lists, exports, dead
letters) its owner is asked for. Nobody but the nodes of the cluster is told anything, and what is no answer of theirs is
not believed."""

import http.client
import json
import os
import re
import signal
import threading
import time

from cluster import NODES, TIMEOUT_S, BesideOneAlone
from fellows import Fellow, ask
from live_view import LiveView, Messages
from running import WAIT_S_MAX, event
from test_monitoring import asked_for, of_a_node_alone
from web_socket import WebSocket

FILTERED = ("activity=a", "resource=r1", "lifecycle=complete", "activity=b&resource=r2", "attr.n=3",
            "from=2026-01-01T02:00:00Z&to=2026-01-01T05:00:00Z",
            "from=2026-01-01T02:00:00Z&to=2026-01-01T05:00:00Z&window=events")
LIVE = {1: ("map", {"activity": ["b"]}), 2: ("kpis", {"resource": "r1"}), 3: ("variants", {"limit": 5, "activity": "a"}),
        4: ("cases", {"limit": 6}), 5: ("cases", {"limit": 3, "activity": "c"}), 6: ("map", {}), 7: ("variants", {"limit": 3})}


def history(cases, first=0):
    """Cases that differ in length, order, repeats, resources and attributes."""
    for case in range(first, first + cases):
        for step in range(1 + case % 5):
            name = "abcde"[(case * 7 + step * 3) % 5]
            yield event(f"c{case}", name, (case + step * step) % 700, id=f"{case}-{step}", resource=f"r{(case + step) % 3}",
                        attributes={"n": case % 4})


def told(answer):
    """What is told, but for its time."""
    return {name: value for name, value in answer.body.items() if name != "as_of"}


class Asking(BesideOneAlone):
    def get(self, node, path, token=None):
        """Asked again while a shard is on its way."""
        deadline = time.monotonic() + WAIT_S_MAX
        while True:
            answer = node.call("GET", path, token=token or self.token)
            if answer.status != 503 or time.monotonic() > deadline:
                self.assertEqual(answer.status, 200, answer)
                return answer

    def all_pages(self, node, path, name, token):
        found, cursor = [], ""
        while cursor is not None:
            answer = self.get(node, path + cursor, token)
            found += answer.body[name]
            cursor = answer.body["next"] and f"&cursor={answer.body['next']}"
        return found

    def everything(self, node, token, positions):
        """What a node tells of the process by every kind of query, once its views include the positions."""
        path = "/v1/processes/default"
        for position in positions:  # each is of the shards of its body alone
            self.get(node, f"{path}/kpis?after={position}", token)
        found = {}
        for query in ("map", "kpis", "variants?limit=1000", "handover"):
            found[query] = told(self.get(node, f"{path}/{query}", token))
            for given in FILTERED:
                asked = query + ("&" if "?" in query else "?") + given
                found[asked] = told(self.get(node, f"{path}/{asked}", token))
        for given in ("", *FILTERED):
            found[f"cases {given}"] = self.all_pages(node, f"{path}/cases?limit=17&{given}", "cases", token)
        for row in found["cases "][::7]:
            found[f"case {row['case_id']}"] = told(self.get(node, f"{path}/cases/{row['case_id']}", token))
        for form in ("csv", "xes", "ndjson"):
            found[form] = self.get(node, f"{path}/export?format={form}", token).body
        letters = self.all_pages(node, "/v1/dead-letters?limit=2", "dead_letters", token)
        found["dead letters"] = sorted((one["code"], one["record"]) for one in letters)
        return found

    def post(self, events, token=None, node=None):
        """-> the position behind them."""
        answer = (node or self.nodes[0]).call("POST", "/v1/events", events, token or self.token)
        self.assertEqual(answer.status, 202, answer)
        return answer.body["position"]

    def alone_with(self, *bodies):
        """What one node alone tells of the events of all bodies."""
        token = self.alone.token(self.workspace)
        positions = [self.post(body, token, self.alone) for body in bodies]
        return self.everything(self.alone, token, positions)

    def tell_all(self, nodes, expected, positions):
        for node in nodes:
            found = self.everything(node, self.token, positions)
            for query, answer in expected.items():
                self.assertEqual(found[query], answer, query)


class Roles(Asking):
    """Two nodes that have shards and answer their fellows alone, and one that has none and answers everybody."""

    @classmethod
    def more_settings(cls):
        return {"role": "worker" if len(cls.nodes) < NODES - 1 else "api"}

    def setUp(self):
        super().setUp()
        self.token = self.nodes[-1].token(self.workspace)

    def test_a_node_without_shards_tells_everything_of_them(self):
        *workers, front = self.nodes
        events = list(history(60))
        conflicts = [event("c3", "z", 1, id="3-0")]
        expected = self.alone_with(events, conflicts)
        self.tell_all([front], expected, [self.post(body, node=front) for body in (events, conflicts)])
        for worker in workers:
            self.assertEqual(worker.call("GET", "/v1/processes/default/cases", token=self.token).status, 404)
            self.assertEqual(ask(worker, b"")[0], 401)


class Owners(Asking):
    """Fellows reach each node through a door that the tests watch."""

    @classmethod
    def more_settings(cls):
        fellow = Fellow()
        cls.addClassCleanup(fellow.close)
        cls.doors = [*getattr(cls, "doors", ()), fellow]
        return {"advertise": fellow.address}

    def setUp(self):
        super().setUp()
        self.wrong = []
        for door, node in zip(self.doors, self.nodes):
            door.node = node
            door.listen()

    def owned_by(self, number, cases=200):
        """A case of the workspace that lies at that node, after its event was posted."""
        for case in range(cases):
            door = self.doors[number]
            asker = self.nodes[(number + 1) % NODES]
            position = self.post([event(f"o{case}", "a", case)])
            door.listen()
            self.get(asker, f"/v1/processes/default/cases/o{case}?after={position}")
            if door.heard:
                return f"o{case}"
        self.fail(f"no case lies at node {number}")

    def refused(self, node, path):
        began = time.monotonic()
        answer = node.call("GET", path, token=self.token)
        self.assertEqual((answer.status, answer.body.get("code")), (503, "shard_elsewhere"), answer)
        self.assertIn("retry-after", answer.headers)
        self.assertLess(time.monotonic() - began, 12)

    def ask_for(self, node, path, lasts_s, expected):
        """Again and again; what is told is as expected, or it is not told."""
        end = time.monotonic() + lasts_s
        while time.monotonic() < end:
            answer = node.call("GET", path, token=self.token)
            if answer.status == 200 and told(answer) == expected:
                continue
            if answer.status != 503:
                self.wrong.append(answer)
            time.sleep(0.05)

    # ---- tests

    def test_every_query_on_every_node_is_what_one_node_alone_tells(self):
        self.settles(0)
        events = list(history(150))
        conflicts = [event(f"c{case}", "z", 1, id=f"{case}-0") for case in range(0, 150, 20)]
        expected = self.alone_with(events, conflicts)
        self.assertEqual(len(expected["dead letters"]), len(conflicts))
        self.tell_all(self.nodes, expected, [self.post(body) for body in (events, conflicts)])
        self.assertTrue(all(door.heard for door in self.doors), "nobody was asked")

    def test_an_answer_tells_how_current_it_is(self):
        position = self.post(list(history(30)))
        for node in self.nodes:
            self.get(node, f"/v1/processes/default/kpis?after={position}")
            for path in ("cases/c3", "cases", "map?activity=a"):
                answer = self.get(node, f"/v1/processes/default/{path}")
                self.assertEqual((answer.headers["weir-lag"], answer.headers["weir-staleness-ms"]), ("0", "0"), path)

    def test_metrics_of_groups_are_those_of_the_dashboard(self):
        exported = re.findall(r"^# TYPE (\w+)", self.nodes[0].call("GET", "/metrics").body.decode(), re.MULTILINE)
        of_groups = {name for name in exported if not of_a_node_alone(name)}
        self.assertEqual({name for name in asked_for() if not of_a_node_alone(name)}, of_groups)

    def test_a_dead_letter_is_replayed_by_any_node(self):
        self.post([event("x", "a", 1, id="same")])
        position = self.post([event("x", "b", 2, id="same")])
        for node in self.nodes:
            self.get(node, f"/v1/processes/default/kpis?after={position}")
            letter, = self.get(node, "/v1/dead-letters").body["dead_letters"]
            answer = node.call("POST", f"/v1/dead-letters/{letter['id']}/replay", token=self.token)
            self.assertEqual(answer.status, 202, answer)
            self.assertEqual(node.call("POST", "/v1/dead-letters/0-999999/replay", token=self.token).status, 404)
            position = answer.body["position"]

    def test_live_views_on_every_node_are_what_it_answers(self):
        self.settles(0)
        position = self.post(list(history(40)))
        followers = []
        for node in self.nodes:
            messages = Messages(node.call("GET", "/asyncapi.json").body, node.call("GET", "/openapi.json").body)
            socket = WebSocket(node.address, token=self.token)
            self.addCleanup(socket.close)
            views = {ref: LiveView(channel) for ref, (channel, _) in LIVE.items()}
            self.get(node, f"/v1/processes/default/cases?after={position}")
            for ref, (channel, query) in LIVE.items():
                socket.send({"op": "subscribe", "ref": ref, "channel": channel, "process": "default", "filter": query})
            followers.append((node, socket, views, messages))
        for follower in followers:
            self.holds_what_is_answered(*follower, position)
        for first in range(40, 100, 20):
            more = [event(f"c{case}", "abc"[case % 3], 800 + first, id=f"{case}-{first}", resource=f"r{case % 3}")
                    for case in range(0, 40, 3)]
            position = self.post(list(history(20, first)) + more)
            for follower in followers:
                self.holds_what_is_answered(*follower, position)
        for _, _, views, _ in followers:
            self.assertGreater(min(view.deltas for view in views.values()), 0)

    def holds_what_is_answered(self, node, socket, views, messages, position):
        wanted = {}
        for ref, (channel, query) in LIVE.items():
            more = "&".join(f"{name}={value}" for name, values in query.items()
                            for value in (values if isinstance(values, list) else [values]))
            wanted[ref] = told(self.get(node, f"/v1/processes/default/{channel}?after={position}&{more}"))
        deadline = time.monotonic() + WAIT_S_MAX
        while time.monotonic() < deadline:
            held = {ref: {name: value for name, value in (view.held or {}).items() if name != "as_of"}
                    for ref, view in views.items()}
            if held == wanted:
                return
            message = socket.receive()
            view = views.get(message.get("ref"))
            messages.check(message, view and view.channel)
            if view:
                view.take(message)
        self.assertEqual(held, wanted)

    def test_what_no_node_asks_is_refused(self):
        owner, door = self.nodes[0], self.doors[0]
        path = f"/v1/processes/default/cases/{self.owned_by(0)}"
        door.listen()
        self.get(self.nodes[1], path)
        heard = [question for question, (status, _) in door.heard if status == 200]
        self.assertGreater(len(heard), 1)
        for question in heard:
            status, body = ask(owner, question)
            self.assertEqual((status, json.loads(body)["code"]), (401, "invalid_token"), "it was asked before")
            self.assertEqual(ask(self.nodes[2], question)[0], 421, "it was meant for another node")
            changed = bytearray(question)
            changed[len(changed) // 2] ^= 1
            self.assertEqual(ask(owner, bytes(changed))[0], 401)
        for forged in (b"", b"{}", os.urandom(100), heard[0][:-1], door.heard[0][1][1]):
            self.assertEqual(ask(owner, forged)[0], 401, forged)
        self.assertEqual(ask(owner, os.urandom(100_000))[0], 413)
        self.assertEqual(ask(self.alone, heard[0])[0], 404, "who is alone is asked nothing")
        for bytes_ in heard + [answer for _, (_, answer) in door.heard]:
            self.assertNotIn(self.workspace.encode(), bytes_, "it travels locked up")

    def test_what_is_no_answer_to_the_question_is_not_believed(self):
        door, asker = self.doors[0], self.nodes[1]
        path = f"/v1/processes/default/cases/{self.owned_by(0)}"
        door.listen()
        expected = told(self.get(asker, path))
        former = list(door.heard)
        flip = lambda body: bytes([*body[:-1], body[-1] ^ 1])
        for name, spoil in (("changed", lambda _, answer: (200, flip(answer[1]))),
                            ("cut short", lambda _, answer: (200, answer[1][:-1])),
                            ("of another question", lambda number, _: former[number % len(former)][1]),
                            ("a stranger's", lambda _, answer: (200, b"{}")),
                            ("empty", lambda _, answer: (200, b"")), ("a failure", lambda _, answer: (500, b"")),
                            ("none", lambda _, answer: None),
                            ("none after the first", lambda number, answer: answer if number == 1 else None)):
            with self.subTest(name):
                door.listen()
                door.spoil = spoil
                self.refused(asker, path)
                door.listen()
                time.sleep(1.2)  # who did not answer is let rest for a second
                self.assertEqual(told(self.get(asker, path)), expected)

    def test_an_export_whose_owner_falls_silent_is_not_taken_for_whole(self):
        position = self.post(list(history(400)))
        door, asker = self.doors[0], self.nodes[1]
        self.get(asker, f"/v1/processes/default/kpis?after={position}")
        door.listen()
        whole = self.get(asker, "/v1/processes/default/export?format=ndjson").body
        asked = len(door.heard)
        self.assertGreater(asked, 8)
        door.listen()
        door.spoil = lambda number, answer: answer if number < asked - 2 else None
        try:
            answer = asker.call("GET", "/v1/processes/default/export?format=ndjson", token=self.token)
            self.assertEqual(answer.status, 503, answer)
        except http.client.HTTPException:
            pass  # it broke off
        door.listen()
        time.sleep(1.2)
        self.assertEqual(self.get(asker, "/v1/processes/default/export?format=ndjson").body, whole)

    def test_f1_an_owner_is_killed_and_another_answers(self):
        self.settles(0)
        path = f"/v1/processes/default/cases/{self.owned_by(0)}"
        expected = told(self.get(self.nodes[1], path))
        self.absent.add(self.nodes[0])
        self.nodes[0].kill()
        for node in self.nodes[1:]:
            self.refused(node, path)
            self.refused(node, "/v1/processes/default/map?activity=a")
            self.get(node, "/v1/processes/default/map")
        self.settles_and_tells(self.nodes[1:], path, expected)
        self.nodes[0].start()
        self.absent.clear()
        self.settles_and_tells(self.nodes, path, expected)

    def settles_and_tells(self, nodes, path, expected):
        for node in nodes:
            self.becomes(200, lambda: node.call("GET", path, token=self.token))
            self.assertEqual(told(self.get(node, path)), expected)

    def test_f12_an_owner_stands_still_and_holds_nobody_up(self):
        self.settles(0)
        sleeper, asker = self.nodes[2], self.nodes[0]
        path = f"/v1/processes/default/cases/{self.owned_by(2)}"
        expected = told(self.get(asker, path))
        self.absent.add(sleeper)
        sleeper.process.send_signal(signal.SIGSTOP)
        self.addCleanup(sleeper.process.send_signal, signal.SIGCONT)
        asking = [threading.Thread(target=self.ask_for, args=(asker, path, 3 * TIMEOUT_S, expected)) for _ in range(4)]
        for thread in asking:
            thread.start()
        slowest = 0
        while any(thread.is_alive() for thread in asking):
            began = time.monotonic()
            self.get(asker, "/v1/processes/default/map")
            slowest = max(slowest, time.monotonic() - began)
            time.sleep(0.05)
        self.assertLess(slowest, 2, "who waits for the sleeper held up others")
        self.assertEqual(self.wrong, [])
        others = [node for node in self.nodes if node is not sleeper]
        self.settles_and_tells(others, path, expected)
        sleeper.process.send_signal(signal.SIGCONT)
        self.absent.clear()
        self.settles_and_tells(self.nodes, path, expected)
