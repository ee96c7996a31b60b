"""The logs that the oracle runs on, and their expected answers: ours under tests/data with recorded answers, and the
public ones under ../shared/data/eventlogs, whose answers are computed once and cached under build/."""

import gzip
import hashlib
import json
from pathlib import Path

import reference
from readers import Options, read_log

ROOT = Path(__file__).resolve().parents[2]
OWN = ROOT / "tests" / "data"
PUBLIC = ROOT.parent / "shared" / "data" / "eventlogs"
CACHE = ROOT / "build" / "oracle-cache"

# Their times are typed as text ("?", or one that could be read): to be reported, nothing to be counted.
WITHOUT_TIMES = (
    "partial_order_1.xes",
    "partial_order_3.xes",
    "string_timestamps_orders.xes.gz",
    "string_timestamps_tickets.xes.gz",
)
NOT_EVENT_LOGS = ("receipt_case_relations.csv.gz", "pm4py_expected.json.gz")


def public_logs():
    """Paths, or nothing where the data is absent."""
    if not PUBLIC.is_dir():
        return []
    unusable = WITHOUT_TIMES + NOT_EVENT_LOGS
    return sorted(path for path in PUBLIC.iterdir() if path.is_file() and path.name not in unusable)


def public_log(name):
    """A log by its file name, or by the part of it before the first dot."""
    found = [path for path in public_logs() if name in (path.name, path.name.split(".")[0])]
    if not found:
        raise SystemExit(f"no log named {name} under {PUBLIC}")
    return found[0]


def own_logs():
    """(path, recorded) for each log under tests/data; recorded holds `options`, `arguments` and `expected`."""
    for answer in sorted(OWN.glob("*.expected.json")):
        recorded = json.loads(answer.read_text(encoding="utf-8"))
        yield OWN / recorded["log"], recorded


def fingerprint(path):
    digest = hashlib.sha256(path.read_bytes())
    for source in ("reference.py", "readers.py"):
        digest.update((Path(__file__).parent / source).read_bytes())
    return digest.hexdigest()[:16]


def expected_of(path, recompute=False):
    """The reference's answer for a public log."""
    cached = CACHE / f"{path.name}-{fingerprint(path)}.json.gz"
    if cached.exists() and not recompute:
        with gzip.open(cached, "rt", encoding="utf-8") as stream:
            return json.load(stream)
    answered = reference.answer(read_log(path)[0])
    CACHE.mkdir(parents=True, exist_ok=True)
    partial = cached.with_suffix(".partial")
    with gzip.open(partial, "wt", encoding="utf-8") as stream:
        json.dump(answered, stream)
    partial.rename(cached)
    return answered


def own_options(recorded):
    return Options(**recorded.get("options", {}))
