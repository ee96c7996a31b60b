"""Losses of power after which any of what was not synced is there, and any of it is not: blocks of files, entries of folders,
in any order (reliability, F4). The server opens what is left with all that it acknowledged, or refuses it by name; what was
synced alone it opens. TESTED_FULL: a hundred."""

import os
import random
import re
import unittest
from collections import Counter
from pathlib import Path

from checker import History
from faulty_node import Faults
from running import BINARY
from unsynced import Disk

IS_FULL = bool(os.environ.get("TESTED_FULL"))
ROUNDS = 100 if IS_FULL else 4
SHARES = (0.5, 0.9, 0.1, 1.0, 0.0)  # what of the unsynced stays; the last must open
RECORD_CALLS = Path(BINARY).parent / "record_calls"
REFUSED = re.compile(r"weir(?: serve)?: (state_damaged|log_damaged)\b[^\n]*\n\Z")


class Torn(Faults):
    def test_f4_what_was_acknowledged_outlives_torn_and_reordered_writes(self):
        if not RECORD_CALLS.exists():
            raise unittest.SkipTest(f"skipped: {RECORD_CALLS} is not built")
        draw, history, verdicts, unsynced = random.Random(4), History(), Counter(), 0
        node = self.make_node()
        data, journal = node.folder / "data", node.folder / "journal"
        data.mkdir(mode=0o700)
        node.under = (str(RECORD_CALLS), str(journal), str(data))
        for number in range(ROUNDS):
            disk = Disk(data, without=["reserve"])  # 256 MiB of nothing
            node.start()
            if number:
                self.check(node, history)
            loads = self.start_load(node, 2, history, f"{number}-", per_body=20)
            self.assertTrue(loads[0].wait_for_more(20 * draw.randrange(1, 20)))
            node.kill()
            self.break_off(loads)
            disk.replay(journal)
            unsynced += disk.unsynced()
            verdicts.update(self.opens_what_is_left(node, disk, data, draw))
        node.under = ()
        node.start()
        self.check(node, history)
        print(f"F4: {ROUNDS} losses of power, {unsynced} blocks and entries were not synced; {dict(verdicts)}; "
              f"{len(history.acknowledged)} events acknowledged", flush=True)

    def opens_what_is_left(self, node, disk, data, draw):
        """Tries what may be left until the server opens it. -> how each went"""
        recorded, node.under, told = node.under, (), []
        first = draw.randrange(len(SHARES))
        try:
            for share in (*SHARES[first:-1], SHARES[-1]):
                disk.leave(data, draw, share)
                try:
                    node.start()
                    node.kill()
                    return [*told, f"opened with {share:.0%}"]
                except RuntimeError:
                    self.assertRegex(node.last_words(), REFUSED)
                    told.append(f"refused with {share:.0%}")
            self.fail(f"what was synced alone is refused: {node.last_words()}")
        finally:
            node.under = recorded


del Faults  # it has no tests of its own
