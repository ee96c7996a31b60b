"""Proofs that tests/run cannot take a failure for a success."""
import importlib.machinery
import importlib.util
import json
import pathlib
import sys
import tempfile


def _load_runner():
    path = str(pathlib.Path(__file__).parents[1] / "run")
    loader = importlib.machinery.SourceFileLoader("weir_test_runner", path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    sys.modules[loader.name] = module
    loader.exec_module(module)
    return module


RUNNER = _load_runner()
GOOGLETEST = json.dumps({"testsuites": [{"testsuite": [
    {"status": "RUN", "result": "COMPLETED"}, {"status": "RUN", "result": "SKIPPED"},
    {"status": "NOTRUN", "result": "SUPPRESSED"}, {"status": "RUN", "result": "COMPLETED", "failures": [{}]}]}]})
ONE_GOOD = json.dumps({"testsuites": [{"testsuite": [{"status": "RUN", "result": "COMPLETED"}]}]})
write_report = "printf '%s' '{}' > \"${{GTEST_OUTPUT#json:}}\"; exit {}".format

# (what, is it a suite, the shell command that stands for it, (passed, failed, skipped))
CASES = [
    ("counts a suite's closing line", True, "echo '3 passed, 0 failed, 1 skipped'", (3, 0, 1)),
    ("fails a suite without a closing line", True, "echo fine", (0, 1, 0)),
    ("fails a suite whose closing line is not its last", True, "echo '3 passed, 0 failed'; echo more", (0, 1, 0)),
    ("fails a suite that says none failed but exits 1", True, "echo '3 passed, 0 failed'; exit 1", (3, 1, 0)),
    ("fails a suite that ran nothing", True, "echo '0 passed, 0 failed, 0 skipped'", (0, 1, 0)),
    ("counts a GoogleTest report", False, write_report(GOOGLETEST, 1), (1, 1, 2)),
    ("fails a GoogleTest program that reports success but exits 1", False, write_report(ONE_GOOD, 1), (1, 1, 0)),
    ("fails a GoogleTest program without tests", False, write_report('{"testsuites": []}', 0), (0, 1, 0)),
    ("takes a plain program's exit code 0 for one test", False, "exit 0", (1, 0, 0)),
    ("fails a program that exits 3", False, "exit 3", (0, 1, 0)),
    ("fails a program that crashes", False, "kill -SEGV $$", (0, 1, 0)),
    ("fails a program that is not done in time", False, "sleep 60", (0, 1, 0)),
]


def run():
    """Yields (name, fault or "") for each proof."""
    RUNNER.LIMIT_S = 2
    for what, is_suite, command, counts in CASES:
        program = RUNNER.Program("proof", ["bash", "-c", command], is_suite)
        with tempfile.TemporaryDirectory(prefix="weir-tidy-") as build:
            outcome = RUNNER.run(program, pathlib.Path(build), full=False)
        found = (outcome.passed, outcome.failed, outcome.skipped)
        yield f"tests/run {what}", "" if found == counts else f"it counted {found}, not {counts}: {outcome.reason}"
