"""Start, stop, crash: what was answered is there, what was under way goes on."""

import http.client
import signal
import ssl
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from running import BINARY, WAIT_S_MAX, Node, WithNode, event
from weir import environment


class Restarts(WithNode):
    def test_a_clean_stop_and_a_new_start(self):
        before = self.view("map", self.post([event("1", "a", 0), event("1", "b", 5)]))
        self.assertEqual(self.node.stop(), 0)
        self.node.start()
        self.assertEqual({**self.view("map"), "as_of": ""}, {**before, "as_of": ""})

    def test_kill_right_after_the_answer(self):
        for n in range(5):
            self.post([event(f"c{n}", "a", 0)])
            self.node.kill()
            began = time.monotonic()
            self.node.start()
            self.assertLess(time.monotonic() - began, 10)
        position = self.post([event("last", "a", 0)])
        self.assertEqual(self.view("kpis", position)["events"], 6)

    def test_an_upload_goes_on_after_a_kill(self):
        rows = "".join(f"c{n % 5000},a{n % 7},2026-01-01T00:00:{n % 60:02}Z,{n}\n" for n in range(200_000))
        upload = self.expect(202, "POST", "/v1/uploads?process=p", "case_id,activity,timestamp,n\n" + rows).body["upload"]
        self.node.kill()
        self.node.start()
        found = self.wait_for_upload(upload)
        self.assertEqual((found["accepted"], found["rejected"]), (200_000, 0))
        deadline = time.monotonic() + WAIT_S_MAX
        while self.view("kpis", process="p")["events"] < 200_000:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)
        self.assertEqual(self.view("kpis", process="p")["events"], 200_000)

    def test_answers_kept_under_a_key_outlive_a_kill(self):
        first = self.expect(202, "POST", "/v1/events", [event("1", "a", 0)], idempotency_key="k")
        self.node.kill()
        self.node.start()
        self.assertEqual(self.expect(202, "POST", "/v1/events", [event("1", "a", 0)], idempotency_key="k").body, first.body)


class Offline(unittest.TestCase):
    def test_export_of_a_folder_that_nobody_holds(self):
        node = Node()
        self.addCleanup(node.remove)
        node.start()
        node.call("POST", "/v1/events", [event(f"c{n}", "a", 0) for n in range(500)], node.token("w"))
        export = [BINARY, "export", "--data", str(node.folder / "data"), "--workspace", "w", "--format", "ndjson"]
        run = {"capture_output": True, "text": True, "timeout": WAIT_S_MAX, "env": environment()}
        held = subprocess.run(export, **run)
        self.assertEqual(held.returncode, 1)
        self.assertIn("another server holds", held.stderr)
        node.kill()
        done = subprocess.run(export, **run)
        self.assertEqual((done.returncode, len(done.stdout.splitlines())), (0, 500), done.stderr)
        export[3] += "-not-there"
        self.assertEqual(subprocess.run(export, **run).returncode, 1)


class Metrics(unittest.TestCase):
    def test_what_is_told(self):
        node = Node(shards=2)
        self.addCleanup(node.remove)
        node.start()
        answer = node.call("POST", "/v1/events", [event("1", "a", 0), event("1", "a", 0), {}], node.token("w"))
        node.call("GET", f"/v1/processes/default/map?after={answer.body['position']}", None, node.token("w"))
        lines = dict(line.rsplit(" ", 1) for line in node.call("GET", "/metrics").body.decode().splitlines()
                     if not line.startswith("#"))
        self.assertEqual([lines[f'weir_intake_events_total{{verdict="{verdict}"}}']
                          for verdict in ("accepted", "duplicate", "rejected")], ["1", "1", "1"])
        self.assertEqual(sum(float(lines[f'weir_events_accepted_total{{shard="{n}"}}']) for n in (0, 1)), 1)
        for name in ("weir_log_queued_bytes", "weir_requests_total", "process_resident_memory_bytes"):
            self.assertIn(name, lines)
        self.assertGreater(float(lines['weir_answers_total{class="2"}']), 0)

    def test_the_views_are_checked_in_the_background(self):
        node = Node(shards=2, self_check_interval=1)
        self.addCleanup(node.remove)
        node.start()
        node.call("POST", "/v1/events", [event(f"c{n}", "ab"[n % 2], n) for n in range(50)], node.token("w"))
        node.call("DELETE", "/v1/processes/default/cases/c0", token=node.token("w"))
        deadline = time.monotonic() + WAIT_S_MAX
        while True:
            told = dict(line.rsplit(" ", 1) for line in node.call("GET", "/metrics").body.decode().splitlines()
                        if line.startswith("weir_self_check"))
            if float(told["weir_self_check_runs_total"]) >= 2:
                break
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)
        self.assertEqual(float(told["weir_self_check_violations"]), 0)
        self.assertLess(abs(float(told["weir_self_check_last_run_seconds"]) - time.time()), 60)
        told = (node.folder / "stderr.log").read_text()
        self.assertIn('"msg":"self-check"', told)
        self.assertRegex(told, r'"msg":"audit head","workspace":"w","number":1,"seal":"[0-9a-f]{64}"')


class Tls(unittest.TestCase):
    """With a certificate of its own for 127.0.0.1."""

    def setUp(self):
        self.node = Node()
        self.addCleanup(self.node.remove)
        self.certificate, self.key = (str(self.node.folder / name) for name in ("cert.pem", "key.pem"))
        self.make_certificate()
        self.node.settings = {"tls_cert": self.certificate, "tls_key": self.key}

    def make_certificate(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                        self.key, "-out", self.certificate, "-days", "2", "-subj", "/CN=weir", "-addext",
                        "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)

    def serial(self):
        return ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(self.node.address))

    def test_the_cookie_is_of_this_host_alone(self):
        self.node.start()
        user = {"user": "ann", "password": "correct horse battery"}
        made = self.node.call("POST", "/v1/users", {**user, "role": "admin"}, self.node.token("w"))
        self.assertEqual(made.status, 201, made)
        answer = self.node.call("POST", "/v1/session", user)
        cookie, *attributes = answer.headers["set-cookie"].split("; ")
        self.assertTrue(cookie.startswith("__Host-weir="), cookie)
        self.assertTrue({"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= set(attributes), attributes)
        self.assertEqual(self.node.call("GET", "/v1/session", cookie=cookie).status, 200)
        self.assertEqual(self.node.call("GET", "/v1/session", cookie=cookie.removeprefix("__Host-")).status, 401)

    def test_files_go_in_and_certificates_are_renewed(self):
        self.node.start()
        log = self.node.folder / "log.csv"
        log.write_text("case_id,activity,timestamp\n1,a,2026-01-01T00:00:00Z\n")
        server = "https://%s:%d" % self.node.address
        ingest = [BINARY, "ingest", str(log), "--server", server]
        settings = environment({"token": self.node.token("w")})
        run = {"capture_output": True, "text": True, "timeout": WAIT_S_MAX}
        done = subprocess.run(ingest, env={**settings, "SSL_CERT_FILE": self.certificate}, **run)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(subprocess.run(ingest, env=settings, **run).returncode, 1)  # a certificate nobody vouches for
        before = self.serial()
        self.make_certificate()
        self.node.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + WAIT_S_MAX
        while self.serial() == before:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)


class Drain(unittest.TestCase):
    def test_a_request_under_way_is_answered(self):
        node = Node()
        self.addCleanup(node.remove)
        node.start()
        token = node.token("w")
        connection = http.client.HTTPConnection(*node.address, timeout=WAIT_S_MAX)
        body = b'{"case_id":"1","activity":"a","timestamp":"2026-01-01T00:00:00Z"}'
        connection.putrequest("POST", "/v1/events")
        for name, value in (("authorization", f"Bearer {token}"), ("content-type", "application/json"),
                            ("content-length", str(len(body)))):
            connection.putheader(name, value)
        connection.endheaders(body[:10])
        time.sleep(0.3)
        node.process.terminate()
        time.sleep(0.3)
        connection.send(body[10:])
        response = connection.getresponse()
        self.assertEqual((response.status, response.getheader("connection")), (202, "close"))
        began = time.monotonic()
        self.assertEqual(node.process.wait(timeout=25), 0)
        self.assertLess(time.monotonic() - began, 25)


class Folders(unittest.TestCase):
    def run_weir(self, *arguments):
        return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=WAIT_S_MAX, env=environment())

    def test_two_servers_cannot_hold_one(self):
        node = Node()
        self.addCleanup(node.remove)
        node.start()
        second = self.run_weir("serve", "--data", str(node.folder / "data"), "--listen", "127.0.0.1:0", "--shards", "4")
        self.assertEqual(second.returncode, 1)
        self.assertIn("another server holds", second.stderr)

    def test_the_number_of_shards_is_fixed(self):
        node = Node(shards=2)
        self.addCleanup(node.remove)
        node.start()
        node.stop()
        second = self.run_weir("serve", "--data", str(node.folder / "data"), "--listen", "127.0.0.1:0", "--shards", "3")
        self.assertEqual(second.returncode, 1)
        self.assertIn("made with 2 shards", second.stderr)

    def test_a_folder_that_cannot_be_made(self):
        with tempfile.NamedTemporaryFile() as file:
            done = self.run_weir("serve", "--data", str(Path(file.name, "x")), "--listen", "127.0.0.1:0")
        self.assertEqual(done.returncode, 1)
        self.assertIn("storage_failed", done.stderr)
