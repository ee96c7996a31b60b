"""Counts tests as tests/run does."""

import sys
import unittest


class Counted(unittest.TextTestResult):
    """A test that fails in three ways is one that failed."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.passed, self.failed = 0, set()

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.failed.add(test.id())

    def addError(self, test, error):
        super().addError(test, error)
        self.failed.add(test.id())

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error:
            self.failed.add(test.id())


def run_tests(folder, patterns):
    """Runs the tests under the folder whose names match one of the patterns, or all. -> (passed, failed, skipped)"""
    loader = unittest.TestLoader()
    loader.testNamePatterns = [f"*{pattern}*" for pattern in patterns] or None
    result = unittest.TextTestRunner(sys.stdout, verbosity=2, resultclass=Counted).run(loader.discover(str(folder)))
    return result.passed, len(result.failed), len(result.skipped)
