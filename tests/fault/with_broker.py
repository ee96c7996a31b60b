"""A broker that goes with a class of tests."""

import unittest

from broker import Broker, Unavailable


def start_broker(case):
    """Skips the class where there can be none."""
    try:
        broker = Broker()
        case.addClassCleanup(broker.remove)
        return broker.start()
    except Unavailable as why:
        raise unittest.SkipTest(f"skipped: {why}") from why
