"""What deploy/monitoring asks for is what the program exports, and the other way round; promtool tries the alerts."""

import importlib.machinery
import importlib.util
import json
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from running import ROOT, WithNode, event

MONITORING = ROOT / "deploy/monitoring"
ALERTS = (MONITORING / "alerts.yml").read_text()
METRIC = re.compile(r"\b(?:weir|process)_[a-z0-9_]+")
PROMTOOL = shutil.which("promtool") or shutil.which(str(ROOT / "build/tools/promtool"))
OF_HISTOGRAMS = re.compile(r"_(?:bucket|sum|count)$")


def load_dashboard():
    loader = importlib.machinery.SourceFileLoader("weir_dashboard", str(MONITORING / "dashboard"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


DASHBOARD = load_dashboard()


def expressions():
    return [target["expr"] for panel in DASHBOARD.panels() for target in panel.get("targets", ())]


def metrics_in(text):
    return {OF_HISTOGRAMS.sub("", name) if name.endswith("_bucket") else name for name in METRIC.findall(text)}


def asked_for():
    """By the dashboard and the alerts."""
    return metrics_in("\n".join(expressions())) | metrics_in(ALERTS)


def of_a_node_alone(metric):
    """What only nodes of a group export is held to them (tests/cluster)."""
    return not metric.startswith(DASHBOARD.ONLY_IN_GROUPS)


def alerts_of(text):
    """The rules as {name: text}."""
    parts = re.split(r"^ *- alert: *(\w+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2]))


class Exported(WithNode):
    def exported(self):
        self.view("map", self.post([event("1", "a", 0)]))
        return self.call("GET", "/metrics").body.decode()

    def names(self):
        return set(re.findall(r"^# TYPE (\w+)", self.exported(), re.MULTILINE))

    def test_what_is_asked_for_is_there(self):
        self.assertEqual(set(filter(of_a_node_alone, asked_for())) - self.names(), set())

    def test_what_is_there_is_on_the_dashboard_or_left_out_with_a_reason(self):
        shown = metrics_in("\n".join(expressions()))
        self.assertEqual(self.names() - shown - set(DASHBOARD.LEFT_OUT), set(),
                         "give each a line in ROWS of deploy/monitoring/dashboard, or a reason in LEFT_OUT")
        self.assertEqual(set(DASHBOARD.LEFT_OUT) - self.names(), set())

    @unittest.skipUnless(PROMTOOL, "promtool is not installed (deploy/monitoring/promtool)")
    def test_promtool_finds_no_fault_with_the_names(self):
        done = subprocess.run([PROMTOOL, "check", "metrics"], input=self.exported(), capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))


class Files(unittest.TestCase):
    def test_the_committed_dashboard_is_what_the_table_says(self):
        committed = json.loads((MONITORING / "grafana.json").read_text())
        self.assertEqual(committed, DASHBOARD.dashboard(), "deploy/monitoring/dashboard > deploy/monitoring/grafana.json")

    def test_panels_do_not_overlap(self):
        taken = set()
        for panel in DASHBOARD.panels():
            at = panel["gridPos"]
            cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
            self.assertEqual(taken & cells, set(), panel["title"])
            taken |= cells

    def test_every_alert_says_what_to_do_and_is_tried_out(self):
        alerts, tried = alerts_of(ALERTS), (MONITORING / "alerts_test.yml").read_text()
        self.assertGreater(len(alerts), 10)
        for name, text in alerts.items():
            with self.subTest(name):
                for part in ("expr:", "severity:", "summary:", "runbook:"):
                    self.assertIn(part, text)
                self.assertIn(f'alertname="{name}"', tried)

    @unittest.skipUnless(PROMTOOL, "promtool is not installed (deploy/monitoring/promtool)")
    def test_promtool_accepts_and_tries_the_rules(self):
        for command in (["check", "config", "prometheus.yml"], ["test", "rules", "alerts_test.yml"]):
            done = subprocess.run([PROMTOOL, *command], cwd=MONITORING, capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    @unittest.skipUnless(PROMTOOL, "promtool is not installed (deploy/monitoring/promtool)")
    def test_promtool_reads_every_expression_of_the_dashboard(self):
        rules = [{"record": f"panel:{number}", "expr": text.replace("$__rate_interval", "5m").replace("$instance", ".*")}
                 for number, text in enumerate(expressions())]
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
            json.dump({"groups": [{"name": "dashboard", "rules": rules}]}, file)
            file.flush()
            done = subprocess.run([PROMTOOL, "check", "rules", file.name], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
