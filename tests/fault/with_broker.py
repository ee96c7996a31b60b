"""A broker that goes with a class of tests."""

import unittest

from broker import Broker, Unavailable


def start_broker(case, *settings):
    """Skips the class where there can be none. `settings`: more of the broker's, as NAME=VALUE."""
    try:
        broker = Broker()
        case.addClassCleanup(broker.remove)
        return broker.start(*settings)
    except Unavailable as why:
        raise unittest.SkipTest(f"skipped: {why}") from why
