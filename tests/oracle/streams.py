"""Makes of the events of a log what a server may meet: out of order, twice, without some cases, in overlapping files;
and writes them in Weir's wire form."""

import csv
import io
import json
import random
from dataclasses import replace

from reference import timestamp


def shuffled(events, share, seed):
    """The events with `share` of them (0..1), drawn at random, permuted among their places."""
    draw = random.Random(seed)
    places = sorted(draw.sample(range(len(events)), round(share * len(events))))
    moved = draw.sample(places, len(places))
    result = list(events)
    for place, origin in zip(places, moved):
        result[place] = events[origin]
    return result


def with_duplicates(events, share, seed):
    """The events with `share` of them sent once more, at a random later place."""
    draw = random.Random(seed)
    again = draw.sample(range(len(events)), round(share * len(events)))
    placed = [(place, 0, event) for place, event in enumerate(events)]
    placed += [(draw.randint(place, len(events)), 1, events[place]) for place in again]
    placed.sort(key=lambda entry: entry[:2])
    return [event for _, _, event in placed]


def without_cases(events, case_ids):
    """What is left when these cases are erased."""
    return [event for event in events if event.case_id not in case_ids]


def some_cases(events, share, seed):
    """At least one case, `share` of them, drawn at random."""
    case_ids = sorted({event.case_id for event in events})
    return set(random.Random(seed).sample(case_ids, max(1, round(share * len(case_ids)))))


def overlapping(events, seed):
    """Two halves that share about a fifth of the events: (first, second)."""
    draw = random.Random(seed)
    size = len(events)
    first_end = draw.randint(size // 2, size * 7 // 10)
    second_begin = draw.randint(size * 3 // 10, size // 2)
    return events[:first_end], events[second_begin:]


def renumbered(events):
    """The events with the row numbers that they have in a file of their own."""
    return [replace(event, sequence=row) for row, event in enumerate(events, 1)]


def united(*files):
    """The events that several uploads brought: each once, with the least of its row numbers."""
    found = {}
    for event in (event for file in files for event in renumbered(file)):
        known = found.get(event.id)
        if known is None or event.sequence < known.sequence:
            found[event.id] = event
    return list(found.values())


def wire(event, process):
    """The event as POST /v1/events takes it, with its identity."""
    fields = {
        "process": process,
        "case_id": event.case_id,
        "activity": event.activity,
        "timestamp": timestamp(event.ended),
        "id": event.id,
        "sequence": event.sequence,
        "lifecycle": event.lifecycle,
    }
    if event.has_start:
        fields["start"] = timestamp(event.began)
    for name in ("instance", "resource"):
        if getattr(event, name):
            fields[name] = getattr(event, name)
    return fields


def ndjson(events, process):
    return "".join(json.dumps(wire(event, process), ensure_ascii=False) + "\n" for event in events).encode()


def batches(events, size):
    return [events[begin : begin + size] for begin in range(0, len(events), size)]


CSV_COLUMNS = ("case_id", "activity", "start", "timestamp", "id", "lifecycle", "instance", "resource")


def csv_file(events):
    """The events as a CSV with an id column, in their order."""
    text = io.StringIO(newline="")
    rows = csv.DictWriter(text, CSV_COLUMNS, restval="", extrasaction="ignore")
    rows.writeheader()
    rows.writerows(wire(event, "") for event in events)
    return text.getvalue().encode()
