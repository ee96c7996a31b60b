"""The image: its file as hadolint reads it, its steps as deploy/try-image takes them, its health check for real."""

import json
import re
import socket
import subprocess
import threading
import unittest

from deployed import DEPLOY, IMAGE, Image, WithServer, serve_faults
from running import ROOT

READY = IMAGE / "ready"


class File(unittest.TestCase):
    def setUp(self):
        self.image = Image()

    def test_hadolint_finds_no_fault(self):
        done = subprocess.run(["hadolint", "--no-color", str(IMAGE / "Dockerfile")], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_every_step_is_a_script_that_try_image_runs_too(self):
        steps = [step["value"] for step in self.image.file.structure if step["instruction"] == "RUN"]
        scripts = [re.sub(r"--mount=\S+ ", "", step) for step in steps]
        self.assertEqual(scripts, ["deploy/install build image", "deploy/image/build /built", "/built/prepare"])
        tried = (DEPLOY / "try-image").read_text()
        for script in scripts:
            self.assertIn(script, tried)

    def test_it_starts_the_program_itself_as_a_user_without_rights(self):
        self.assertGreater(min(self.image.user()), 0)
        self.assertEqual(json.loads(self.image.value("ENTRYPOINT")), ["/usr/bin/weir"])
        self.assertEqual(json.loads(self.image.value("CMD")), ["serve"])
        self.assertEqual(self.image.value("STOPSIGNAL"), "SIGTERM")

    def test_its_user_and_health_check_are_those_that_prepare_makes(self):
        prepared = (IMAGE / "prepare").read_text()
        self.assertIn(f"id={self.image.user()[0]}\n", prepared)
        (check,) = json.loads(self.image.value("HEALTHCHECK").partition("CMD ")[2])
        self.assertIn(f'"$built/ready" {check}\n', prepared)

    def test_data_lies_in_the_volume(self):
        self.assertTrue(self.image.variables()["WEIR_DATA"].startswith(self.image.value("VOLUME") + "/"))

    def test_the_program_takes_its_settings_once_it_is_told_about_tls(self):
        variables = self.image.variables()
        self.assertIn("--tls-cert", serve_faults(variables))
        self.assertEqual(serve_faults({**variables, "WEIR_INSECURE": "true"}), "")

    def test_what_the_build_reads_is_sent_to_it(self):
        """Everything that CMake adds, and nothing that was built here."""
        lines = (IMAGE / "Dockerfile.dockerignore").read_text().splitlines()
        kept = {line[1:] for line in lines if line.startswith("!")}
        read = set(re.findall(r"^add_subdirectory\((\w+)\)", (ROOT / "CMakeLists.txt").read_text(), re.MULTILINE))
        self.assertLessEqual(read | {"deploy", "CMakeLists.txt", "CMakePresets.json"}, kept)
        self.assertEqual(lines[0], "*")


class Health(WithServer):
    def ready(self, address):
        return subprocess.run([str(READY), address], capture_output=True, timeout=30).returncode == 0

    def test_a_server_is_ready(self):
        self.assertTrue(self.ready("{}:{}".format(*self.node.address)))

    def test_nobody_is_not(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        self.assertFalse(self.ready(f"127.0.0.1:{port}"))

    def test_a_server_that_drains_or_says_nothing_is_not(self):
        for answer in (b"HTTP/1.1 503 Service Unavailable\r\n\r\n", b""):
            with self.subTest(answer), socket.create_server(("127.0.0.1", 0)) as server:
                def serve():
                    connection, _ = server.accept()
                    with connection:
                        connection.recv(4096)
                        connection.sendall(answer)
                thread = threading.Thread(target=serve)
                thread.start()
                self.assertFalse(self.ready(f"127.0.0.1:{server.getsockname()[1]}"))
                thread.join()
