"""What every benchmark needs: time and memory of a command, the machine, medians, results as files and tables."""

import datetime
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent
RESULTS = HOUSE / "bench" / "results"


def run(command, output=None):
    """-> (seconds, peak MiB) of a command that must succeed. `output`: the file that takes its stdout. Started by a small
    process of its own: the peak of a child is never told as less than what its parent held."""
    told = subprocess.run([sys.executable, __file__, str(output or os.devnull), *(str(part) for part in command)],
                          stdout=subprocess.PIPE, text=True, check=True)
    return tuple(json.loads(told.stdout))


def measure(output, command):
    with open(output, "wb") as sink:
        begin = time.monotonic()
        process = subprocess.Popen(command, stdout=sink)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}")
    return seconds, usage.ru_maxrss / 1024


def fsyncs_per_second(folder, size_bytes, seconds=2.0):
    """How often this disk makes appends of so many bytes durable, one after the other: no log can commit more often."""
    path, piece, count = Path(folder) / "fsync", os.urandom(size_bytes), 0
    with open(path, "wb", buffering=0) as file:
        begin = time.monotonic()
        while time.monotonic() - begin < seconds:
            file.write(piece)
            os.fdatasync(file.fileno())
            count += 1
        spent = time.monotonic() - begin
    path.unlink()
    return count / spent


def machine():
    cpu = [line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
           if line.startswith("model name")]
    memory_kib = int(Path("/proc/meminfo").read_text().split()[1])
    return {
        "cpu": cpu[0] if cpu else platform.machine(),
        "cores": os.cpu_count(),
        "memory_gib": round(memory_kib / 2**20, 1),
        "kernel": platform.release(),
        "load_before": os.getloadavg()[0],
    }


def commit():
    asked = subprocess.run(["git", "-C", str(HOUSE), "describe", "--always", "--dirty"], capture_output=True, text=True)
    return asked.stdout.strip() or None


def summary(values, digits=3):
    """Median and spread."""
    return {"median": round(statistics.median(values), digits), "min": round(min(values), digits),
            "max": round(max(values), digits), "runs": len(values)}


def spread(one):
    """`3.2 (3.1-3.4)`; a single run has no spread."""
    return f"{one['median']:,}" + (f" ({one['min']:,}-{one['max']:,})" if one["runs"] > 1 else "")


def npm_packages(folder, wanted):
    """Fetched once below the folder, never kept in the tree. `wanted`: name -> version, as npm writes it. -> the folder of
    modules, or None where there is no npm."""
    modules = folder / "peers" / "node_modules"
    missing = [f"{name}@{version}" for name, version in wanted.items() if not (modules / name).exists()]
    if missing:
        if not shutil.which("npm"):
            return None
        subprocess.run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix",
                        str(folder / "peers"), *missing], check=True, capture_output=True)
    return modules


def npm_package(folder, name):
    """-> the folder of the package, or None where there is no npm."""
    modules = npm_packages(folder, {name: "latest"})
    return modules and modules / name


def go_program(folder, source):
    """Built below the folder from its own folder in the tree, with the modules of its go.sum. -> the program, or None where
    there is no Go."""
    if not shutil.which("go"):
        return None
    program = folder / "peers" / source.name
    subprocess.run(["go", "build", "-buildvcs=false", "-o", str(program), "."], cwd=source, check=True)
    return program


class Report:
    """One benchmark: begins with the machine as it is, ends as bench/results/DATE-WHAT.json and a Markdown table."""

    def __init__(self, what, settings):
        self.what = what
        self.document = {
            "what": what,
            "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
            "command": " ".join(sys.argv),
            "commit": commit(),
            "machine": machine(),
            "settings": settings,
        }

    def finish(self, figures, rows, note):
        """`rows`: the table, its first row the heading. `note`: what the figures mean."""
        self.document["figures"] = figures
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / f"{self.document['date'][:10]}-{self.what}.json"
        path.write_text(json.dumps(self.document, indent=2) + "\n")
        heading, *body = [[str(cell) for cell in row] for row in rows]
        print(f"\n### {self.what}\n")
        for row in (heading, ["---"] * len(heading), *body):
            print("| " + " | ".join(row) + " |")
        print(f"\n{note}\n({path.relative_to(HOUSE)})", flush=True)


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], sys.argv[2:])))
