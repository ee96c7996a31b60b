"""Live views as a client meets them: what it holds by deltas alone is what the queries answer."""

import socket as sockets
import time

from live_view import LiveView, Messages
from running import WAIT_S_MAX, WithNode, event
from web_socket import WebSocket

ASKED = {1: ("map", {}), 2: ("kpis", {}), 3: ("variants", {"limit": 5}), 4: ("cases", {"limit": 4}),
         5: ("map", {"activity": ["b"]}), 6: ("kpis", {"resource": "r1"}), 7: ("uploads", {}), 8: ("sla", {"limit": 3})}
PROMISE = {"metrics": {"m": {"start": {"path": "activity", "op": "eq", "value": "a"},
                             "stop": {"path": "activity", "op": "eq", "value": "c"}}},
           "targets": [{"name": "t", "promises": {"m": "900d"}}]}


class Live(WithNode):
    def setUp(self):
        super().setUp()
        self.messages = Messages(self.call("GET", "/asyncapi.json").body, self.call("GET", "/openapi.json").body)
        self.views = {}
        self.expect(200, "PUT", "/v1/sla-policies/p", PROMISE)
        time.sleep(0.3)  # from a tick on it is in force
        self.connect()

    def connect(self):
        self.socket = WebSocket(self.node.address, token=self.token)
        self.addCleanup(self.socket.close)
        for ref, (channel, query) in ASKED.items():
            view = self.views.setdefault(ref, LiveView(channel))
            resume = {"resume": {"epoch": view.epoch, "seq": view.seq}} if view.epoch else {}
            process = {} if channel == "uploads" else {"process": "default"}
            self.socket.send({"op": "subscribe", "ref": ref, "channel": channel, "filter": query, **process, **resume})

    def receive(self):
        message = self.socket.receive()
        view = self.views.get(message.get("ref"))
        self.messages.check(message, view and view.channel)
        if view:
            view.take(message)
        return message

    def answers(self, after):
        """What the queries say at the position, by ref."""
        found = {}
        for ref, (channel, query) in ASKED.items():
            more = "&".join(f"{name}={value}" for name, values in query.items()
                            for value in (values if isinstance(values, list) else [values]))
            found[ref] = (self.expect(200, "GET", "/v1/uploads").body if channel == "uploads"
                          else self.view(channel, after, more=more))
            found[ref].pop("as_of", None)
        return found

    def expect_equal(self, after):
        """Reads until every view holds what its query answers."""
        wanted = self.answers(after)
        deadline = time.monotonic() + WAIT_S_MAX
        while time.monotonic() < deadline:
            held = {ref: {name: value for name, value in (view.held or {}).items() if name != "as_of"}
                    for ref, view in self.views.items()}
            if held == wanted:
                return
            self.receive()
        self.assertEqual(held, wanted)

    def test_what_is_held_is_what_queries_answer(self):
        self.expect_equal(None)
        for round_number in range(6):
            events = [event(f"c{round_number}-{i % 7}", "abcd"[(i * round_number + i) % 4], i * 60,
                            resource=f"r{i % 3}") for i in range(40)]
            self.expect_equal(self.post(events))
        self.assertGreater(min(view.deltas for ref, view in self.views.items() if ref != 7), 0)
        upload = self.upload("case,activity,time\nx,a,2026-01-01T00:00:00Z\nx,b,2026-01-02T00:00:00Z\n",
                             content_type="text/csv")
        self.expect_equal(upload["position"])
        self.assertGreater(self.views[7].deltas, 0)
        erased = self.expect(202, "DELETE", "/v1/processes/default/cases/c1-1").body["position"]
        self.expect_equal(erased)

    def test_a_cut_connection_goes_on_where_it_was(self):
        self.expect_equal(self.post([event("c", "a", 0, resource="r1")]))
        self.socket.reset()
        position = self.post([event("c", "b", 60, resource="r1"), event("d", "a", 0)])
        self.connect()
        recovered = 0
        for _ in range(len(ASKED)):
            message = self.receive()
            while message["type"] != "snapshot":
                message = self.receive()
            recovered += message["recovered"]
        self.assertEqual(recovered, len(ASKED))
        self.expect_equal(position)

    def test_a_client_that_does_not_read_costs_nobody_anything(self):
        idle = WebSocket(self.node.address, token=self.token)
        self.addCleanup(idle.close)
        idle.socket.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
        idle.send({"op": "subscribe", "ref": 1, "channel": "map", "process": "default"})
        for round_number in range(10):
            position = self.post([event(f"c{i}", f"activity {round_number}", round_number * 60) for i in range(20)])
        self.expect_equal(position)
