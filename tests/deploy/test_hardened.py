"""The program as the compiler and the linker made it: what makes a fault of memory hard to use (reliability R25)."""

import json
import os
import platform
import re
import subprocess
import unittest
from pathlib import Path

from running import BINARY, ROOT

FLAGS = ["-fPIE", "-fstack-protector-strong", "-fstack-clash-protection", "-D_FORTIFY_SOURCE=3"]
if platform.machine() == "x86_64":
    FLAGS.append("-fcf-protection")
BUILD = Path(os.environ.get("TESTED_BUILD", ROOT / "build/release"))


def cached(name):
    """A variable of the build's CMake."""
    found = re.search(rf"^{name}:\w+=(.*)$", (BUILD / "CMakeCache.txt").read_text(), re.MULTILINE)
    return found.group(1) if found else ""


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@unittest.skipUnless(cached("CMAKE_BUILD_TYPE") == "Release" and not cached("WEIR_SANITIZE"), "not a build to be shipped")
class Hardened(unittest.TestCase):
    def test_it_lies_at_another_address_each_time(self):
        self.assertIn("Type:                              DYN", output_of("readelf", "-hW", BINARY))
        self.assertIn("PIE", output_of("readelf", "-dW", BINARY))

    def test_what_the_loader_wrote_nobody_writes_again(self):
        self.assertIn("GNU_RELRO", output_of("readelf", "-lW", BINARY))
        self.assertRegex(output_of("readelf", "-dW", BINARY), r"FLAGS_1\).*\bNOW\b")

    def test_no_memory_is_written_and_run(self):
        segments = re.findall(r"^ +(LOAD|GNU_STACK) .* ([R ][W ][E ]) 0x", output_of("readelf", "-lW", BINARY), re.MULTILINE)
        self.assertIn("GNU_STACK", dict(segments))
        self.assertEqual([kind for kind, flags in segments if "W" in flags and "E" in flags], [])

    def test_stacks_and_copies_are_checked(self):
        symbols = set(re.findall(r" (__\w+_chk|__stack_chk_fail)@", output_of("readelf", "-sW", "--dyn-syms", BINARY)))
        self.assertIn("__stack_chk_fail", symbols)
        self.assertGreater(len(symbols), 3, "-D_FORTIFY_SOURCE")

    def test_every_part_is_compiled_so(self):
        """Most flags leave no mark that tells a program of which a part was compiled without."""
        commands = json.loads((BUILD / "compile_commands.json").read_text())
        parts = [one for one in commands if not Path(one["file"]).is_relative_to(ROOT / "tests")]
        self.assertGreater(len(parts), 200)
        for command in parts:
            self.assertEqual([flag for flag in FLAGS if flag not in command["command"].split()], [], command["file"])
