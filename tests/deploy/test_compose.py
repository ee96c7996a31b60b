"""The compose file: against the schema of the Compose Specification, and against the program and the image it runs."""

import importlib.resources
import json
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import jsonschema
import yaml
from deployed import DEPLOY, MEMORY_BESIDE, Image, bytes_of, serve_faults
from running import ROOT
from test_monitoring import PROMTOOL

FILE = DEPLOY / "compose/compose.yml"
SECONDS_AFTER_DRAIN = 20


class Compose(unittest.TestCase):
    def setUp(self):
        self.compose = yaml.safe_load(FILE.read_text())
        self.services = self.compose["services"]
        self.nodes = {name: service for name, service in self.services.items() if service["image"].startswith("weir:")}

    def test_it_is_what_the_specification_says(self):
        schemas = importlib.resources.files("check_jsonschema") / "builtin_schemas/vendor"
        validator = jsonschema.Draft202012Validator(json.loads((schemas / "compose-spec.json").read_text()))
        validator.validate(self.compose)
        self.services["api"]["read_onyl"] = True
        self.assertFalse(validator.is_valid(self.compose))

    def test_a_broker_two_workers_an_api_and_prometheus(self):
        self.assertEqual(set(self.services), {"broker", "worker-1", "worker-2", "api", "prometheus"})
        self.assertEqual(set(self.nodes), {"worker-1", "worker-2", "api"})

    def test_the_program_takes_the_settings_of_every_node(self):
        for name, node in self.nodes.items():
            with self.subTest(name):
                self.assertEqual(serve_faults({**Image().variables(), **node["environment"]}), "")

    def test_nodes_find_the_broker(self):
        broker = self.services["broker"]["environment"]["KAFKA_ADVERTISED_LISTENERS"].partition("PLAINTEXT://")[2]
        for name, node in self.nodes.items():
            with self.subTest(name):
                self.assertEqual(node["environment"]["WEIR_LOG"], "kafka://" + broker)
                self.assertEqual(node["depends_on"]["broker"]["condition"], "service_healthy")
        self.assertIn("healthcheck", self.services["broker"])

    def test_nodes_share_a_group_and_a_key_and_differ_in_name_and_role(self):
        roles = []
        for name, node in self.nodes.items():
            with self.subTest(name):
                settings = node["environment"]
                self.assertEqual(settings["WEIR_ADVERTISE"], f"{name}:{Image().value('EXPOSE')}")
                (secret,) = node["secrets"]
                self.assertEqual(settings["WEIR_CLUSTER_KEY"], f"/run/secrets/{secret}")
                self.assertIn(secret, self.compose["secrets"])
                roles.append(settings["WEIR_ROLE"])
        self.assertEqual(sorted(roles), ["api", "worker", "worker"])

    def test_the_broker_is_the_one_that_the_tests_use(self):
        pom = (DEPLOY / "broker/pom.xml").read_text()
        tested = re.search(r"<artifactId>kafka_2.13</artifactId>\s*<version>(.*)</version>", pom).group(1)
        self.assertEqual(self.services["broker"]["image"], f"apache/kafka:{tested}")

    def test_nodes_are_given_time_memory_and_nothing_else(self):
        for name, node in self.nodes.items():
            with self.subTest(name):
                settings = node["environment"]
                grace = int(node["stop_grace_period"].removesuffix("s"))
                self.assertGreaterEqual(grace, int(settings["WEIR_DRAIN_SECONDS"]) + SECONDS_AFTER_DRAIN)
                memory = int(node["mem_limit"].removesuffix("g")) * 2**30
                self.assertGreaterEqual(memory, MEMORY_BESIDE * bytes_of(settings["WEIR_MEMORY_BYTES"]))
                self.assertEqual((node["read_only"], node["cap_drop"]), (True, ["ALL"]))
                self.assertIn("no-new-privileges:true", node["security_opt"])

    def test_every_node_has_a_volume_of_its_own_where_the_image_keeps_data(self):
        volumes = [volume.split(":") for node in self.nodes.values() for volume in node["volumes"]]
        self.assertEqual({folder for _, folder in volumes}, {Image().value("VOLUME")})
        self.assertEqual(len({name for name, _ in volumes}), len(self.nodes))

    def test_volumes_and_files_that_it_names_are_there(self):
        for name, service in self.services.items():
            for volume in service.get("volumes", ()):
                source = volume.split(":")[0]
                with self.subTest(service=name, source=source):
                    is_there = ((FILE.parent / source).exists() if source.startswith(".")
                                else source in self.compose["volumes"])
                    self.assertTrue(is_there)
        build = self.nodes["api"]["build"]
        self.assertEqual((FILE.parent / build["context"]).resolve(), ROOT)
        self.assertTrue((ROOT / build["dockerfile"]).exists())

    def test_what_is_published_is_published_to_this_host_alone(self):
        for name, service in self.services.items():
            for port in service.get("ports", ()):
                with self.subTest(name):
                    self.assertTrue(port.startswith("127.0.0.1:"), port)

    def test_prometheus_scrapes_every_node(self):
        config = yaml.safe_load((DEPLOY / "compose/prometheus.yml").read_text())
        (job,) = config["scrape_configs"]
        port = Image().value("EXPOSE")
        self.assertEqual(set(job["static_configs"][0]["targets"]), {f"{name}:{port}" for name in self.nodes})

    @unittest.skipUnless(PROMTOOL, "promtool is not installed (deploy/monitoring/promtool)")
    def test_promtool_accepts_what_prometheus_is_given(self):
        with tempfile.TemporaryDirectory(prefix="weir-deploy-") as folder:
            for volume in self.services["prometheus"]["volumes"]:
                source, target = volume.split(":")[:2]
                if source.startswith("."):
                    shutil.copy(FILE.parent / source, Path(folder, Path(target).name))
            done = subprocess.run([PROMTOOL, "check", "config", "prometheus.yml"], cwd=folder, capture_output=True,
                                  text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
