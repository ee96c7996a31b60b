"""Webhooks to receivers that lie (reliability F24; bad inputs 109 to 113): each takes every effect once by its id,
however it behaved, and holds no other up."""

import gzip
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from receivers import (Endless, Receiver, certificate, drips, hangs, is_signed, json_of, resets, says, truncates)
from sending import PATIENCE, SECRET, Sender, webhook

ENDLESS_BODY = b"HTTP/1.1 200 Said\r\n\r\n"
ENDLESS_HEAD = b"HTTP/1.1 200 Said\r\n"
OK = says(200, b"thank you")


class LyingReceivers(unittest.TestCase):
    """All at once, as they are in life. Most are better at their second chance, five seconds later."""

    @classmethod
    def setUpClass(cls):
        cls.inside = Receiver(OK)
        cls.endless, cls.headless = Endless(ENDLESS_BODY), Endless(ENDLESS_HEAD)
        redirect = says(302, location=f"http://127.0.0.1:{cls.inside.port}/inside")
        cls.receivers = {
            "good": Receiver(OK), "late": Receiver(hangs, OK), "drips": Receiver(drips, OK),
            "resets": Receiver(resets, OK), "fails": Receiver(says(503), OK), "cut": Receiver(truncates, OK),
            "redirects": Receiver(redirect, OK), "endless": Receiver(cls.endless, OK),
            "headless": Receiver(cls.headless, OK), "busy": Receiver(says(429, retry_after=7), OK),
            "gone": Receiver(says(410)), "bomb": Receiver(says(200, gzip.compress(bytes(30_000_000)), content_encoding="gzip")),
        }
        cls.sender = Sender()
        for receiver in (cls.inside, *cls.receivers.values()):
            cls.addClassCleanup(receiver.close)
        cls.addClassCleanup(cls.sender.close)
        for name, receiver in cls.receivers.items():
            assert cls.sender.target(name, webhook(receiver.url)) == []
        for name in cls.receivers:
            if name != "good":
                cls.sender.send(f"{name}-1", name)
        begin = time.monotonic()
        for i in range(50):
            cls.sender.send(f"good-{i}", "good")
        for i in range(50):
            cls.sender.wait_for(f"good-{i}")
        cls.good_took_s = time.monotonic() - begin
        cls.sender.send("after-gone", "gone")
        for name in cls.receivers:
            if name != "good":
                cls.sender.wait_for(f"{name}-1", attempts=2)

    def assert_second_chance(self, name, detail=None):
        first, second = self.sender.ends[f"{name}-1"]
        self.assertEqual((first["outcome"], second["outcome"]), ("again", "delivered"))
        self.assertEqual(second["answer"], "thank you")
        if detail:
            self.assertIn(detail, first["detail"])
        one, two = self.receivers[name].requests
        self.assertEqual(one.id, two.id)
        self.assertEqual(one.body, two.body)
        self.assertTrue(is_signed(one, SECRET) and is_signed(two, SECRET))
        self.assertGreaterEqual(two.at - one.at, 4.4)
        return first

    def test_good_ones_wait_for_nobody(self):
        self.assertLess(self.good_took_s, 3 * PATIENCE)
        requests = self.receivers["good"].requests
        self.assertEqual(len({one.id for one in requests}), 50)
        self.assertEqual(len(requests), 50)

    def test_what_is_sent_is_signed(self):
        request = self.receivers["good"].requests[0]
        self.assertTrue(is_signed(request, SECRET))
        self.assertFalse(is_signed(request, "whsec_" + "A" * 32))
        self.assertEqual(json_of(request)["type"], "sla.breached")
        self.assertEqual(json_of(request)["data"]["fields"], {"Case": json_of(request)["data"]["key"]})

    def test_an_answer_that_is_late_is_none(self):
        first = self.assert_second_chance("late", "Timeout")
        self.assertEqual(first["status"], 0)

    def test_an_answer_in_drips_is_cut(self):
        first = self.assert_second_chance("drips", "Timeout")
        self.assertEqual(first["status"], 200)
        self.assertLess(first["took_ms"], 3500 * PATIENCE)

    def test_a_reset_is_no_answer(self):
        self.assert_second_chance("resets")

    def test_an_error_is_no_delivery(self):
        self.assert_second_chance("fails", "503")

    def test_half_an_answer_is_none(self):
        self.assertEqual(self.assert_second_chance("cut")["answer"], "half")

    def test_a_redirect_leads_nowhere(self):
        self.assert_second_chance("redirects", "302")
        self.assertEqual(self.inside.connections, 0)

    def test_an_answer_without_end_is_cut(self):
        self.assert_second_chance("endless", "too large")
        self.assertLess(self.endless.sent, 20_000_000)  # what the sockets hold

    def test_a_head_without_end_is_cut(self):
        self.assert_second_chance("headless", "too large")
        self.assertLess(self.headless.sent, 20_000_000)

    def test_a_receiver_is_given_the_time_it_asks_for(self):
        self.assert_second_chance("busy", "429")
        one, two = self.receivers["busy"].requests
        self.assertGreaterEqual(two.at - one.at, 7)

    def test_gone_disables(self):
        self.assertEqual(self.sender.ends["gone-1"][0]["outcome"], "refused")
        self.assertEqual(self.sender.wait_for("after-gone")[0]["detail"], "the target is disabled")
        self.assertEqual(len(self.receivers["gone"].requests), 1)

    def test_a_compressed_answer_stays_compressed(self):
        [only] = self.sender.ends["bomb-1"]
        self.assertEqual(only["outcome"], "delivered")
        self.assertLessEqual(len(only["answer"].encode()), 1024)
        self.assertNotIn("accept-encoding", self.receivers["bomb"].requests[0].headers)


class Reach(unittest.TestCase):
    """What was not told by the document is told by the connection."""

    def sender(self, *arguments, **options):
        sender = Sender(*arguments, **options)
        self.addCleanup(sender.close)
        return sender

    def receiver(self, *behaviours, **options):
        receiver = Receiver(*behaviours, **options)
        self.addCleanup(receiver.close)
        return receiver

    def test_a_name_does_not_lead_inside(self):
        name = socket.gethostname()
        try:
            address = socket.gethostbyname(name)
        except OSError:
            self.skipTest("this machine's name has no address")
        inside = self.receiver(OK)
        sender = self.sender(permit=())
        self.assertEqual(sender.target("t", webhook(f"http://{name}:{inside.port}/")), [], address)
        sender.send("e", "t")
        [ended] = sender.wait_for("e")
        self.assertEqual(ended["detail"], "the address is not one that may be reached")
        self.assertEqual(inside.connections, 0)

    def test_an_address_inside_is_refused_at_once(self):
        sender = self.sender(permit=())
        self.assertEqual(sender.target("t", webhook("https://127.1/")),
                         [["/url", "must not name a private or reserved address"]])

    def test_a_name_server_that_hangs_holds_nobody_up(self):
        silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(silent.close)
        with tempfile.NamedTemporaryFile("w") as names:
            names.write("nameserver 127.0.0.9\n")
            names.flush()
            under = ["unshare", "--mount", "sh", "-c", f'mount --bind {names.name} /etc/resolv.conf && exec "$@"', "sh"]
            try:
                silent.bind(("127.0.0.9", 53))
                subprocess.run([*under, "true"], check=True, capture_output=True)
            except (OSError, subprocess.CalledProcessError) as error:
                self.skipTest(f"no name server of its own here: {error}")
            receiver = self.receiver(OK)
            sender = self.sender(under=under)
            sender.target("unknown", webhook("https://unknown.invalid/"))
            sender.target("good", webhook(receiver.url))
            for i in range(5):
                sender.send(f"unknown-{i}", "unknown")
            longest = 0
            for i in range(20):  # until names have been given up
                time.sleep(0.2 * PATIENCE)
                begin = time.monotonic()
                sender.send(f"good-{i}", "good")
                sender.wait_for(f"good-{i}")
                longest = max(longest, time.monotonic() - begin)
            self.assertLess(longest, PATIENCE)
            self.assertIn("Timeout", sender.wait_for("unknown-0")[0]["detail"])

    def test_a_certificate_must_be_trusted(self):
        with tempfile.TemporaryDirectory() as folder:
            context, file = certificate(Path(folder))
            receiver = self.receiver(OK, tls=context)
            for arguments, outcome in (((), "again"), (("--authorities", file), "delivered")):
                sender = self.sender(*arguments)
                sender.target("t", webhook(receiver.url))
                sender.send("e", "t")
                self.assertEqual(sender.wait_for("e")[0]["outcome"], outcome)
            self.assertEqual(len(receiver.requests), 1)


class Stopping(unittest.TestCase):
    def test_it_ends_within_two_seconds_while_receivers_hang(self):
        receiver = Receiver(hangs)
        self.addCleanup(receiver.close)
        sender = Sender(total_ms=60_000)
        self.addCleanup(sender.close)
        sender.target("t", webhook(receiver.url))
        for i in range(20):
            sender.send(f"e{i}", "t")
        deadline = time.monotonic() + 10 * PATIENCE
        while not receiver.requests and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertLess(sender.close()["stopped_ms"], 2000 * PATIENCE)
        self.assertLessEqual(len(receiver.requests), 8)
