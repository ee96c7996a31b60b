"""A file of 4 GiB goes through a server in little memory. Only in the long form: it writes some 10 GB."""

import os
import re
import time
import unittest
from pathlib import Path

from running import Node

ROW_BYTES = 2048
ROWS = (4 << 30) // ROW_BYTES
ROWS_PER_BLOCK = 512
DONE_S_MAX = 3600
PROCESS_BYTES_MAX = 256 * 1_000_000
HEADER = b"case_id,activity,timestamp,n,text\n"


def blocks():
    """Rows of one length each, with a text that compresses; never stored."""
    yield HEADER
    for first in range(0, ROWS, ROWS_PER_BLOCK):
        rows = []
        for n in range(first, min(first + ROWS_PER_BLOCK, ROWS)):
            start = f"case-{n % 200_000:06},activity {n % 20:02},2026-01-{n % 28 + 1:02}T{n % 24:02}:{n % 60:02}:00Z,{n:08},"
            rows.append(start + "x" * (ROW_BYTES - len(start) - 1) + "\n")
        yield "".join(rows).encode()


@unittest.skipUnless(os.environ.get("TESTED_FULL"), "only in the long form")
class BigFile(unittest.TestCase):
    def test_four_gibibytes_take_less_than_256_megabytes(self):
        node = Node(memory_bytes="64MiB")
        self.addCleanup(node.remove)
        node.start()
        token = node.token("w")
        began = time.monotonic()
        answer = node.call("POST", "/v1/uploads?process=p", blocks(), token, content_type="text/csv",
                           content_length=str(len(HEADER) + ROWS * ROW_BYTES))
        self.assertEqual(answer.status, 202, answer)
        received = time.monotonic() - began
        while (found := node.call("GET", f"/v1/uploads/{answer.body['upload']}", None, token).body)["state"] != "done":
            self.assertIn(found["state"], ("waiting", "reading"), found)
            self.assertLess(time.monotonic() - began, DONE_S_MAX)
            time.sleep(1)
        self.assertEqual((found["accepted"], found["rejected"]), (ROWS, 0))
        status = Path(f"/proc/{node.process.pid}/status").read_text()
        peak = int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1)) * 1024
        print(f"{ROWS} rows, 4 GiB: received in {received:.0f} s, done after {time.monotonic() - began:.0f} s, "
              f"at most {peak / 1e6:.0f} MB in the process", flush=True)
        self.assertLess(peak, PROCESS_BYTES_MAX)
