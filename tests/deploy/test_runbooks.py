"""The runbooks: one for each alert and each finding of `weir doctor`, and what they say of the program is so."""

import functools
import re
import subprocess
import tempfile
import unittest

import yaml
from deployed import DEPLOY, WithServer
from running import BINARY, ROOT, WAIT_S_MAX, Node
from test_monitoring import of_a_node_alone
from weir import environment

FOLDER = DEPLOY / "runbooks"
BOOKS = {path.stem: path.read_text() for path in FOLDER.glob("*.md") if path.stem != "README"}
SECTIONS = ["It means", "Look", "Do", "It is over when"]
ALERTS = {rule["alert"]: rule for group in yaml.safe_load((DEPLOY / "monitoring/alerts.yml").read_text())["groups"]
          for rule in group["rules"]}
NAMED_SUBJECT = re.compile(r'(?:(?:good|warn|fail)\(|subject = |Severity::\w+, )\s*"([^"]+)"')


def findings():
    """The kinds of findings that the sources of the doctor name."""
    texts = [path.read_text() for path in (ROOT / "api/app").glob("*.cpp")]
    sources = [text for text in texts if "Findings&" in text or ": Telling" in text]
    subjects = [subject for source in sources for subject in NAMED_SUBJECT.findall(source)]
    return {subject.partition(" of ")[0].replace(" ", "-") for subject in subjects}


@functools.cache
def help_of(command):
    done = subprocess.run([BINARY, command, "--help"], capture_output=True, text=True, timeout=WAIT_S_MAX)
    return done.stdout if done.returncode == 0 else ""


class Books(unittest.TestCase):
    def test_each_alert_has_one_and_names_it(self):
        for alert, rule in ALERTS.items():
            with self.subTest(alert):
                self.assertIn(alert, BOOKS)
                self.assertEqual(rule["annotations"]["runbook_url"], f"deploy/runbooks/{alert}.md")

    def test_each_finding_of_the_doctor_has_one(self):
        self.assertGreaterEqual(findings(), {"configuration", "data-folder", "disk", "state", "checkpoints"})
        self.assertEqual({f"doctor-{kind}" for kind in findings()} - set(BOOKS), set())

    def test_each_is_of_an_alert_or_a_finding(self):
        self.assertEqual(set(BOOKS) - set(ALERTS) - {f"doctor-{kind}" for kind in findings()}, set())

    def test_each_says_what_it_means_where_to_look_what_to_do_and_when_it_is_over(self):
        for name, text in BOOKS.items():
            with self.subTest(name):
                parts = re.split(r"^## (.*)\n", text, flags=re.MULTILINE)
                self.assertEqual(parts[0].strip(), f"# {name}")
                self.assertEqual(parts[1::2], SECTIONS)
                for part in parts[2::2]:
                    self.assertGreater(len(part.split()), 3)

    def test_each_of_an_alert_names_what_the_alert_looks_at(self):
        metric = re.compile(r"\b(?:weir|process)_[a-z_]+|\bup\b")
        for alert, rule in ALERTS.items():
            with self.subTest(alert):
                looked_at = {name.removesuffix("_bucket") for name in metric.findall(rule["expr"])}
                self.assertTrue(looked_at & set(metric.findall(BOOKS[alert])), looked_at)

    def test_the_index_lists_all_and_every_link_leads_somewhere(self):
        index = (FOLDER / "README.md").read_text()
        self.assertEqual(set(re.findall(r"\]\((\S+)\.md\)", index)), set(BOOKS))
        for name, text in BOOKS.items():
            for link in re.findall(r"\]\((\S+?)\)", text):
                with self.subTest(name):
                    self.assertTrue((FOLDER / link).exists(), link)

    def test_commands_and_their_settings_are_the_programs(self):
        for name, text in BOOKS.items():
            for command, rest in re.findall(r"\bweir ([a-z]+)\b([^`\n;]*)", "\n".join(self.code(text))):
                with self.subTest(runbook=name, command=command):
                    self.assertTrue(help_of(command), "no such command")
                    for flag in set(re.findall(r"(?<!\S)--[a-z0-9-]+", rest)) - {"--help"}:
                        self.assertIn(f"{flag} ", help_of(command))

    def test_settings_that_are_named_alone_are_the_servers(self):
        for name, text in BOOKS.items():
            for flag in re.findall(r"`(--[a-z0-9-]+)[^`]*`", text):
                with self.subTest(name):
                    self.assertIn(f"{flag} ", help_of("serve"))
            for variable in re.findall(r"\bWEIR_[A-Z0-9_]+", text):
                with self.subTest(name):
                    self.assertIn(variable, (ROOT / ".env.example").read_text())

    @staticmethod
    def code(text):
        return re.findall(r"```\n(.*?)```", text, re.DOTALL) + re.findall(r"`([^`\n]+)`", text)


class AgainstAServer(WithServer):
    def test_metrics_are_the_programs(self):
        exported = self.metrics()
        for name, text in BOOKS.items():
            with self.subTest(name):
                named = set(re.findall(r"\b(?:weir|process)_[a-z_]+\b", text))
                self.assertEqual(set(filter(of_a_node_alone, named)) - exported, set())

    def test_paths_are_the_programs(self):
        routes = {re.sub(r"\{\w+\}", "{}", path) for path in self.node.call("GET", "/openapi.json").body["paths"]}
        for name, text in BOOKS.items():
            for path in re.findall(r"(?:\$WEIR|[ `])(/(?:v1|schemas|healthz|readyz|metrics)[^\s`\"';|)?]*)", text):
                with self.subTest(runbook=name, path=path):
                    if path.startswith("/v1/"):
                        self.assertIn(re.sub(r"\{\w+\}", "{}", path), routes)
                    else:
                        self.assert_answers(path)

    def test_the_doctor_names_them(self):
        with tempfile.TemporaryDirectory(prefix="weir-deploy-") as folder:
            said = subprocess.run([BINARY, "doctor", "--data", folder], capture_output=True, text=True,
                                  timeout=WAIT_S_MAX, env=environment({"listen": "nowhere"})).stdout
        named = re.findall(r"^ +(deploy/runbooks/\S+)$", said, re.MULTILINE)
        self.assertGreaterEqual(len(named), 3, said)
        self.assertEqual(len(named), len(re.findall(r"^(?:WARNING|FAILURE) ", said, re.MULTILINE)), said)
        for path in named:
            self.assertTrue((ROOT / path).exists(), path)


class Misplaced(unittest.TestCase):
    def test_a_finding_without_a_runbook_would_be_seen(self):
        self.assertEqual(NAMED_SUBJECT.findall('visit.fail("broker", what, step);'), ["broker"])
        self.assertEqual(NAMED_SUBJECT.findall('const std::string subject = "topic of " + name;'), ["topic of "])
