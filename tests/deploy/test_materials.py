"""The list of what the program is made of (deploy/sbom)."""

import json
import os
import re
import subprocess
import unittest
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from deployed import DEPLOY, ROOT
from running import BINARY

BUILD = Path(os.environ.get("TESTED_BUILD", ROOT / "build/release"))


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Materials(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.text = output_of(DEPLOY / "sbom", BUILD)
        cls.bill = json.loads(cls.text)
        cls.parts = {part["name"]: part for part in cls.bill["components"]}

    def test_it_is_what_cyclonedx_says(self):
        validator = JsonStrictValidator(SchemaVersion.V1_6)
        self.assertIsNone(validator.validate_str(self.text))
        self.assertIsNotNone(validator.validate_str(self.text.replace('"purl"', '"prul"')))

    def test_it_names_what_is_compiled_in_linked_and_sent_to_browsers(self):
        uses = {name: part["properties"][0]["value"] for name, part in self.parts.items()}
        for name, use in (("librocksdb", "linked"), ("librdkafka1", "linked"), ("libboost", "compiled in"),
                          ("preact", "in the dashboard")):
            with self.subTest(name):
                self.assertIn(use, {uses[one] for one in uses if one.startswith(name)})
        self.assertNotIn("libgtest-dev", uses)
        self.assertNotIn("typescript", uses)

    def test_every_library_that_the_program_asks_for_is_in_it(self):
        needed = re.findall(r"\(NEEDED\).*\[(.+?)\]", output_of("readelf", "-dW", BINARY))
        self.assertGreater(len(needed), 10)
        packages = set(output_of(DEPLOY / "linked", BINARY).split())
        self.assertLessEqual(packages, set(self.parts))

    def test_the_same_build_gives_the_same_bytes(self):
        self.assertEqual(output_of(DEPLOY / "sbom", BUILD), self.text)
