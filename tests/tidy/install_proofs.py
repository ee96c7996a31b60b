"""Proofs that deploy/install asks apt for what is missing, on a bare machine too; dpkg-query and apt-get are stand-ins."""
import os
import pathlib
import shutil
import subprocess
import tempfile

INSTALL = pathlib.Path(__file__).parents[2] / "deploy" / "install"
GROUP = "fault"  # a group of one package
PACKAGE = "strace"
STOOD_IN = "nodejs"  # of the group build: not needed where its command is found
OLDER, NEWER = "libboost1.81-dev", "libboost1.83-dev"  # of the group build: either will do

# (what, what dpkg-query does, is apt-get asked)
CASES = [
    ("installs what dpkg has never heard of", "exit 1", True),
    ("installs what was removed", f"echo 'config-files {PACKAGE}'", True),
    ("leaves apt alone when all is there", f"echo 'installed {PACKAGE}'", False),
]


# (what, what dpkg-query says, which packages the release has, what apt-get is asked for)
ALTERNATIVES = [
    ("takes the first of two that the release has", "", "*", (OLDER,)),
    ("takes the second where the release has no other", "", "*1.83-dev", (NEWER,)),
    ("is content with either of two", f"installed {NEWER}", "*", ()),
]


def _stand_in(folder, name, script):
    path = pathlib.Path(folder) / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def _fault(dpkg_query, asked_expected):
    with tempfile.TemporaryDirectory(prefix="weir-tidy-") as folder:
        asked = pathlib.Path(folder) / "asked"
        _stand_in(folder, "dpkg-query", dpkg_query)
        _stand_in(folder, "apt-get", f'echo "$@" >> {asked}')
        _stand_in(folder, "sudo", 'exec "$@"')
        path = folder + os.pathsep + os.environ["PATH"]
        done = subprocess.run([INSTALL, GROUP], env={**os.environ, "PATH": path}, capture_output=True, text=True)
        wanted = asked.exists() and PACKAGE in asked.read_text()
    if done.returncode != 0:
        return f"it exits {done.returncode}: {done.stderr}"
    return "" if wanted == asked_expected else f"apt-get is {'' if wanted else 'not '}asked for {PACKAGE}"


def _stand_in_fault(there):
    """Whether a package is asked for while its command is there, or is not."""
    with tempfile.TemporaryDirectory(prefix="weir-tidy-") as folder:
        asked = pathlib.Path(folder) / "asked"
        _stand_in(folder, "dpkg-query", "exit 1")
        _stand_in(folder, "apt-get", f'echo "$@" >> {asked}')
        _stand_in(folder, "sudo", 'exec "$@"')
        _stand_in(folder, "apt-cache", 'echo "$2"')
        for tool in ("bash", "env", "dirname", "sed", "sort", "comm", "id"):
            os.symlink(shutil.which(tool), pathlib.Path(folder) / tool)
        if there:
            _stand_in(folder, "node", "exit 0")
        subprocess.run([INSTALL, "build"], env={**os.environ, "PATH": folder}, capture_output=True, check=True)
        wanted = STOOD_IN in asked.read_text().split()
    return "" if wanted != there else f"apt-get is {'' if wanted else 'not '}asked for {STOOD_IN}"


def _alternatives_fault(installed, offered, expected):
    with tempfile.TemporaryDirectory(prefix="weir-tidy-") as folder:
        asked = pathlib.Path(folder) / "asked"
        _stand_in(folder, "dpkg-query", f"echo '{installed}'")
        _stand_in(folder, "apt-get", f'echo "$@" >> {asked}')
        _stand_in(folder, "apt-cache", f'case "$2" in {offered}) echo "$2" ;; esac')
        _stand_in(folder, "sudo", 'exec "$@"')
        path = folder + os.pathsep + os.environ["PATH"]
        done = subprocess.run([INSTALL, "build"], env={**os.environ, "PATH": path}, capture_output=True, text=True)
        found = tuple(name for name in (OLDER, NEWER) if asked.exists() and name in asked.read_text().split())
    return "" if found == expected else f"apt-get is asked for {found}, not {expected}: {done.stderr}"


def run():
    """Yields (name, fault or "") for each proof."""
    for what, dpkg_query, asked in CASES:
        yield f"deploy/install {what}", _fault(dpkg_query, asked)
    for what, installed, offered, expected in ALTERNATIVES:
        yield f"deploy/install {what}", _alternatives_fault(installed, offered, expected)
    yield "deploy/install leaves out what a command stands in for", _stand_in_fault(True)
    yield "deploy/install asks for it where the command is missing", _stand_in_fault(False)
