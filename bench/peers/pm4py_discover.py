#!/usr/bin/env python3
"""What `weir discover` is measured against: PM4Py's own way from a CSV file to the directly-follows graph and the
variants. Prints {"events", "edges", "variants", "seconds", "parts_s", "peak_rss_mib"} as JSON; importing the libraries
is not counted in the seconds.

    .venv/bin/python bench/peers/pm4py_discover.py FILE.csv
"""

import json
import resource
import sys
import time

import pandas
import pm4py


def timed(parts, name, work):
    begin = time.monotonic()
    result = work()
    parts[name] = round(time.monotonic() - begin, 3)
    return result


def main(path):
    parts = {}
    frame = timed(parts, "import", lambda: pandas.read_csv(path))
    names = {"case_id": "case_id", "activity_key": "activity", "timestamp_key": "timestamp"}
    frame = timed(parts, "format", lambda: pm4py.format_dataframe(frame, **names))
    edges, _, _ = timed(parts, "dfg", lambda: pm4py.discover_dfg(frame))
    variants = timed(parts, "variants", lambda: pm4py.get_variants(frame))
    found = {
        "events": len(frame),
        "edges": len(edges),
        "variants": len(variants),
        "seconds": round(sum(parts.values()), 3),
        "parts_s": parts,
        "peak_rss_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
