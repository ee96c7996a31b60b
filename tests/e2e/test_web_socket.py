"""The WebSocket endpoint: who is let in, by what, and for how long (reliability, bad inputs 31 to 50)."""

import struct
import threading
import time

from running import WithNode, event
from test_people import WithPeople
from web_socket import BINARY, CLOSE, PING, TEXT, Closed, Refused, WebSocket, frame, request


class WithSocket(WithNode):
    def open(self, path="/v1/ws", token=None, **headers):
        socket = WebSocket(self.node.address, path, self.token if token is None else token, **headers)
        self.addCleanup(socket.close)
        return socket

    def refused_with(self, status, code, path="/v1/ws", token=None, **headers):
        with self.assertRaises(Refused) as raised:
            self.open(path, token, **headers)
        self.assertEqual((raised.exception.status, raised.exception.body["code"]), (status, code))
        return raised.exception

    def ticket(self, token=None):
        return self.expect(201, "POST", "/v1/ws-tickets", token=token).body["ticket"]

    def ask(self, message):
        socket = self.open()
        socket.send(message)
        return socket.receive()

    def closes(self, code, sent):
        socket = self.open()
        socket.send_bytes(sent)
        self.assertEqual(socket.closed().code, code)


def subscribe(ref=1, channel="map", process="default", **more):
    return {"op": "subscribe", "ref": ref, "channel": channel, "process": process, **more}


class Opening(WithSocket):
    def test_by_token(self):
        socket = self.open()
        socket.send(subscribe())
        snapshot = socket.receive()
        self.assertEqual((snapshot["ref"], snapshot["type"], snapshot["recovered"]), (1, "snapshot", False))

    def test_by_ticket_once(self):
        path = f"/v1/ws?ticket={self.ticket()}"
        socket = self.open(path, token="")
        socket.send(subscribe())
        self.assertEqual(socket.receive()["type"], "snapshot")
        self.refused_with(401, "invalid_token", path, token="")

    def test_a_ticket_opens_its_own_workspace(self):
        self.post([event("c", "a", 0)])
        ticket = self.ticket(self.node.token("another_workspace", "viewer"))
        socket = self.open(f"/v1/ws?ticket={ticket}", token="")
        socket.send(subscribe())
        self.assertEqual(socket.receive()["data"]["activities"], [])

    def test_31_a_foreign_origin_with_a_ticket_of_ours_is_let_in(self):
        """The ticket is what the page had to ask for; no cookie was at work."""
        self.open(f"/v1/ws?ticket={self.ticket()}", token="", Origin="https://elsewhere.example")

    def test_32_another_version(self):
        refused = self.refused_with(426, "upgrade_required", version="12")
        self.assertEqual(refused.headers["sec-websocket-version"], "13")

    def test_32_no_upgrade(self):
        answer = self.node.call("GET", "/v1/ws", token=self.token)
        self.assertEqual((answer.status, answer.body["code"]), (426, "upgrade_required"))

    def test_32_a_bad_key(self):
        self.refused_with(400, "bad_request", Sec_WebSocket_Key="short")

    def test_33_no_token(self):
        self.refused_with(401, "missing_token", token="")
        self.refused_with(401, "invalid_token", token="weir_x")
        self.refused_with(401, "invalid_token", path="/v1/ws?ticket=x", token="")
        self.refused_with(400, "bad_request", path=f"/v1/ws?ticket={self.ticket()}")

    def test_33_a_role_that_may_not_look(self):
        self.refused_with(403, "forbidden", token=self.as_role("producer"))
        self.refused("forbidden", 403, "POST", "/v1/ws-tickets", token=self.as_role("producer"))

    def test_a_ticket_is_in_no_audit_and_no_metric(self):
        ticket = self.ticket()
        self.assertNotIn(ticket, str(self.expect(200, "GET", "/v1/audit").body))
        self.assertNotIn(ticket.encode(), self.node.call("GET", "/metrics").body)


class Framing(WithSocket):
    def test_34_unmasked(self):
        self.closes(1002, frame(TEXT, b"{}", masked=False))

    def test_35_reserved_bit(self):
        self.closes(1002, frame(TEXT, b"{}", reserved=4))

    def test_36_reserved_opcode(self):
        self.closes(1002, frame(3, b"{}"))

    def test_37_fragments_out_of_order(self):
        self.closes(1002, frame(0, b"{}"))
        self.closes(1002, frame(TEXT, b"{", final=False) + frame(TEXT, b"}"))

    def test_38_control_in_fragments_or_too_long(self):
        self.closes(1002, frame(PING, b"x", final=False))
        self.closes(1002, frame(PING, b"x" * 126))

    def test_39_length_in_too_many_bytes(self):
        self.closes(1002, b"\x81\xfe\x00\x02" + bytes(4) + b"{}")

    def test_40_length_with_the_high_bit(self):
        self.closes(1009, b"\x81\xff\x80" + bytes(7) + bytes(4))

    def test_41_not_utf8(self):
        self.closes(1007, frame(TEXT, b"\xed\xa0\x80"))
        self.closes(1007, frame(CLOSE, b"\x03\xe8\xff"))

    def test_42_close_codes_that_nobody_may_send(self):
        for code in (0, 999, 1004, 1005, 1006, 1014, 2999):
            with self.subTest(code):
                self.closes(1002, frame(CLOSE, struct.pack(">H", code)))

    def test_43_close_of_one_byte(self):
        self.closes(1002, frame(CLOSE, b"x"))

    def test_44_binary(self):
        self.closes(1003, frame(BINARY, b"{}"))

    def test_45_beyond_64_kib(self):
        self.closes(1009, frame(TEXT, b" " * (64 * 1024 + 1)))
        self.closes(1009, frame(TEXT, b" ", final=False) + frame(0, b" ", final=False) * 65_536)

    def test_46_floods(self):
        self.closes(1008, frame(PING) * 50)
        self.closes(1008, frame(TEXT, final=False) + frame(0, final=False) * 200_000)


class Messages(WithSocket):
    def test_47_ten_thousand_subscriptions(self):
        socket = self.open()
        answered = []

        def read():
            while len(answered) < 10_001:
                message = socket.receive()
                if message["type"] in ("snapshot", "error"):
                    answered.append(message)

        reader = threading.Thread(target=read)
        reader.start()
        for ref in range(10_001):
            socket.send(subscribe(ref))
        reader.join(60)
        refused = [message for message in answered if message["type"] == "error"]
        self.assertEqual(len(answered), 10_001)
        self.assertGreater(len(refused), 9_000)
        self.assertEqual({message["code"] for message in refused}, {"live_limit"})

    def test_47_the_same_ref_twice(self):
        socket = self.open()
        socket.send(subscribe())
        self.assertEqual(socket.receive()["type"], "snapshot")
        socket.send(subscribe(channel="kpis"))
        self.assertEqual(socket.receive()["type"], "error")

    def test_47_what_is_no_message(self):
        for sent in ('{"op":"dance"}', "[]", "{", '"x"', "{}", '{"op":"subscribe"}', "", '{"op":"ping","op":"ping"}'):
            with self.subTest(sent):
                self.assertEqual(self.ask(sent)["type"], "error")

    def test_50_resume_from_the_future_and_of_another_epoch(self):
        socket = self.open()
        socket.send(subscribe())
        epoch = socket.receive()["epoch"]
        for ref, resume in enumerate(({"epoch": epoch, "seq": 1 << 40}, {"epoch": "elsewhere", "seq": 0}), 2):
            socket.send(subscribe(ref, resume=resume))
            answer = socket.receive()
            self.assertEqual((answer["ref"], answer["type"], answer["recovered"]), (ref, "snapshot", False))


class Cookies(WithSocket, WithPeople):
    def test_31_a_cookie_opens_it_from_our_own_page_alone(self):
        cookie = self.sign_in().cookie
        self.refused_with(403, "csrf_refused", token="", Cookie=cookie)
        self.refused_with(403, "csrf_refused", token="", Cookie=cookie, Origin="https://elsewhere.example")
        self.open(token="", Cookie=cookie, Origin="http://weir.test")

    def test_49_a_role_that_is_taken_away(self):
        self.add("bob." + self.workspace[:40], "viewer")
        bob = self.sign_in("bob." + self.workspace[:40])
        ticket = bob.expect(201, "POST", "/v1/ws-tickets").body["ticket"]
        socket = self.open(f"/v1/ws?ticket={ticket}", token="")
        socket.send(subscribe())
        self.assertEqual(socket.receive()["type"], "snapshot")
        self.expect(200, "PUT", f"/v1/users/{bob.session['user']}", {"role": "producer"})
        began = time.monotonic()
        self.assertEqual(socket.closed().code, 4403)
        self.assertLess(time.monotonic() - began, 8, "5 s, and what a busy machine adds")


class Lasting(WithSocket):
    def test_48_a_token_that_is_revoked(self):
        made = self.expect(201, "POST", "/v1/tokens", {"name": "short", "role": "viewer"}).body
        socket = self.open(token=made["token"])
        self.expect(204, "DELETE", f"/v1/tokens/{made['id']}")
        self.assertEqual(socket.closed().code, 4401)

    def test_renewal_takes_a_token_of_the_same_workspace(self):
        socket = self.open()
        socket.send({"op": "renew", "token": self.as_role("viewer")})
        self.assertEqual(socket.receive()["type"], "renewed")
        for token in ("weir_x", self.node.token("another_workspace")):
            socket.send({"op": "renew", "token": token})
            self.assertEqual(socket.receive()["type"], "error")


class Quota(WithSocket):
    settings = {"websockets_max": 3, "quota_websockets": 2}

    def test_of_a_workspace_and_of_all(self):
        first, second = self.open(), self.open()
        refused = self.refused_with(429, "quota_exceeded")
        self.assertIn("retry-after", refused.headers)
        other = self.node.token("another_workspace")
        third = self.open(token=other)
        self.refused_with(503, "overloaded", token=other)
        third.close()
        deadline = time.monotonic() + 10
        while True:
            try:
                self.open(token=other)
                break
            except Refused:
                self.assertLess(time.monotonic(), deadline, "a place is free again once its connection is gone")
                time.sleep(0.05)
        self.assertIsNotNone(first and second)


class Stopping(WithSocket):
    def test_a_stop_closes_with_1001(self):
        socket = self.open()
        socket.send(subscribe())
        socket.receive()
        stopping = threading.Thread(target=self.node.stop)
        stopping.start()
        closed = socket.closed()
        self.assertEqual((closed.code, closed.reason), (1001, "draining"))
        stopping.join()


class Reconnecting(WithSocket):
    clients, rounds, events = 20, 25, 400

    def test_every_history_is_whole(self):
        """What each client holds, applied over all its connections, is ordered, unique, without a gap, and complete."""
        faults = []

        def live():
            try:
                self.live_through(self.rounds)
            except Exception as fault:  # noqa: BLE001: whatever it is, it is told below
                faults.append(repr(fault))

        threads = [threading.Thread(target=live) for _ in range(self.clients)]
        for thread in threads:
            thread.start()
        for number in range(0, self.events, 4):
            self.post([event(f"c{number + i}", "a", 0) for i in range(4)])
        for thread in threads:
            thread.join()
        self.assertEqual(faults, [])

    def live_through(self, rounds):
        resume, count = None, 0
        while rounds > 0 or count < self.events:
            socket = WebSocket(self.node.address, token=self.token)
            socket.send(subscribe(channel="kpis", **({"resume": resume} if resume else {})))
            while True:
                message = socket.receive()
                if message["type"] == "snapshot":
                    if message["recovered"]:
                        assert message["epoch"] == resume["epoch"] and message["seq"] >= resume["seq"], message
                        told = count
                    else:
                        told = message["data"]["events"]
                elif message["type"] == "delta":
                    assert message["prev"] == resume["seq"] < message["seq"], (message, resume)
                    told = message["data"].get("events", count)
                else:
                    assert message["type"] == "heartbeat" and message["seq"] == resume["seq"], message
                    told = count
                assert told >= count, "it runs backwards"
                resume = {"epoch": message.get("epoch") or resume["epoch"], "seq": message["seq"]}
                count = told
                if rounds > 0 or count == self.events:
                    break
            rounds -= 1
            socket.reset()
