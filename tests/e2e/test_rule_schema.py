"""The published schema of rules says of each example what the program says (tests/stream/rules/rule_test.cpp)."""

import json
import unittest
from pathlib import Path

from jsonschema import Draft202012Validator

ROOT = Path(__file__).resolve().parents[2]


class RuleSchema(unittest.TestCase):
    def test_it_accepts_and_refuses_as_the_program_does(self):
        schema = Draft202012Validator(json.loads((ROOT / "schemas/definitions/rule.schema.json").read_text()))
        documents = json.loads((ROOT / "tests/data/rules/documents.json").read_text())
        # What stands in `refused` is beyond what a schema can tell.
        for kind, expected in (("good", True), ("bad", False), ("refused", True)):
            for document in documents[kind]:
                with self.subTest(json.dumps(document)[:120]):
                    self.assertEqual(schema.is_valid(document), expected)
