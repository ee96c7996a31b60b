"""PM4Py's batch answer in Weir's shapes, by the protocol of B12: stamps are converted to UTC microseconds here, PM4Py
never parses one; the frame's index is our trace order; its lower-level calls sort for themselves. It covers what PM4Py
defines as Weir does; `cross_check` holds the reference to it."""

import gzip
import json
from collections import Counter

import pandas as pd
from pm4py.algo.discovery.dfg.adapters.pandas import df_statistics
from pm4py.algo.organizational_mining.sna.variants.pandas import handover
from pm4py.statistics.attributes.pandas import get as attribute_statistics
from pm4py.statistics.end_activities.pandas import get as end_activities
from pm4py.statistics.rework.pandas import get as rework
from pm4py.statistics.start_activities.pandas import get as start_activities
from pm4py.statistics.variants.pandas import get as variants

import reference
from compare import compare

CASE, ACTIVITY, TIME, START, RESOURCE = (
    "case:concept:name",
    "concept:name",
    "time:timestamp",
    "start_timestamp",
    "org:resource",
)

# Where PM4Py's recorded answers (pm4py_expected.json.gz) differ from ours: (file, figure) -> why. Every entry is a
# definition; a figure listed here that does not differ fails the check too, so that the list stays true.
DEFINITIONS = {
    ("interval_event_log.csv.gz", "start"): "B1: its frame is in order of completion, ours of begin",
    ("interval_event_log.csv.gz", "end"): "B1: its frame is in order of completion, ours of begin",
    ("interval_event_log.csv.gz", "variants"): "B1: its frame is in order of completion, ours of begin",
    ("production.csv.gz", "end"): "B1: its frame is in order of completion, ours of begin",
}


def frame_of(events):
    """A formatted frame: by case, then trace order, which is the index."""
    ordered = [event for trace in reference.traces_of(events).values() for event in trace]
    return pd.DataFrame(
        {
            CASE: [event.case_id for event in ordered],
            ACTIVITY: [event.activity for event in ordered],
            START: pd.to_datetime([event.began for event in ordered], unit="us", utc=True),
            TIME: pd.to_datetime([event.ended for event in ordered], unit="us", utc=True),
        }
    )


def edges_of(frame):
    options = {"start_timestamp_key": START, "sort_caseid_required": True, "sort_timestamp_along_case_id": True}
    if len(frame) == frame[CASE].nunique():
        return []  # no case has two events; PM4Py's pivot refuses an empty frame
    counts = df_statistics.get_dfg_graph(frame, **options)
    cases = df_statistics.get_dfg_graph(frame, keep_once_per_case=True, **options)
    seconds = df_statistics.get_dfg_graph(frame, measure="performance", perf_aggregation_key="raw_values", **options)
    return [
        {
            "from": edge[0],
            "to": edge[1],
            "count": int(counts[edge]),
            "cases": int(cases[edge]),
            "duration_s": reference.statistics([round(value * 1_000_000) for value in seconds[edge]]),
        }
        for edge in sorted(counts)
    ]


def named_counts(counts):
    return reference.named_counts(Counter({name: int(count) for name, count in counts.items()}))


def map_of(frame):
    counts = attribute_statistics.get_attribute_values(frame, ACTIVITY)
    cases = attribute_statistics.get_attribute_values(frame, ACTIVITY, {"keep_once_per_case": True})
    again = rework.apply(frame)
    return {
        "activities": [
            {
                "name": name,
                "count": int(counts[name]),
                "cases": int(cases[name]),
                "rework_cases": int(again.get(name, 0)),
            }
            for name in sorted(counts)
        ],
        "edges": edges_of(frame),
        "start": named_counts(start_activities.get_start_activities(frame)),
        "end": named_counts(end_activities.get_end_activities(frame)),
    }


def cycle_times(frame):
    """Case durations, begin of the first to the latest end, in µs."""
    cases = frame.groupby(CASE)
    return [round(span.total_seconds() * 1_000_000) for span in cases[TIME].max() - cases[START].min()]


def variants_of(frame):
    counts = variants.get_variants_count(frame)
    ordered = sorted(counts, key=lambda activities: (-counts[activities], activities))
    return {
        "total": len(counts),
        "variants": [
            {
                "activities": list(activities),
                "count": int(counts[activities]),
                "share": int(counts[activities]) / frame[CASE].nunique(),
            }
            for activities in ordered
        ],
    }


def handover_of(events):
    """Only where every event names a resource: PM4Py has no rule for the others."""
    frame = frame_of(events)
    frame[RESOURCE] = [event.resource for trace in reference.traces_of(events).values() for event in trace]
    shares = handover.apply(frame).connections
    return {
        "edges": [
            {"from": giver, "to": taker, "share": float(shares[giver, taker])}
            for giver, taker in sorted(shares)
            if shares[giver, taker] > 0
        ]
    }


def answer(events):
    """What PM4Py says, in Weir's shapes. Events must not be empty."""
    frame = frame_of(events)
    found = {"map": map_of(frame), "variants": variants_of(frame)}
    found["kpis"] = {
        "events": len(frame),
        "cases": int(frame[CASE].nunique()),
        "variants": found["variants"]["total"],
        "activities": len(found["map"]["activities"]),
        "cycle_time_s": reference.statistics(cycle_times(frame)),
    }
    if found["map"]["edges"] and all(event.resource for event in events):
        found["handover"] = handover_of(events)
    return found


def cross_check(events, expected):
    """-> differences between PM4Py's answer and the reference's."""
    return compare(answer(events), expected)


def recorded_figures(recorded):
    """The shape of pm4py_expected.json.gz -> figures by name."""
    return {
        "events": recorded["events"],
        "cases": recorded["cases"],
        "variants": recorded["variants"],
        "edges": {(edge[0], edge[1]): edge[2] for edge in recorded["dfg"]},
        "activities": recorded.get("activity_frequency"),
        "start": recorded.get("start"),
        "end": recorded.get("end"),
    }


def our_figures(answered):
    figures = {name: answered["kpis"][name] for name in ("events", "cases", "variants")}
    for part in ("activities", "start", "end"):
        figures[part] = {entry["name"]: entry["count"] for entry in answered["map"][part]}
    figures["edges"] = {(edge["from"], edge["to"]): edge["count"] for edge in answered["map"]["edges"]}
    return figures


def check_recorded(path, answered):
    """Compares with the counts that PM4Py gave when the data was collected. -> (differences, definitions met)."""
    with gzip.open(path.parent / "pm4py_expected.json.gz") as stream:
        recorded = recorded_figures(json.load(stream)[path.name])
    differences, met = [], []
    for figure, ours in our_figures(answered).items():
        differs = recorded[figure] is not None and recorded[figure] != ours
        reason = DEFINITIONS.get((path.name, figure))
        if differs and reason:
            met.append(f"{figure}: {reason}")
        elif differs or reason:
            differences.append(f"{figure}: recorded {recorded[figure]}, ours {ours}"[:300])
    return differences, met
