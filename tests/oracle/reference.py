"""The batch answer for a list of events, written straight from the definitions (reference process-mining, B1-B8).

Slow, plain and exact: integers of microseconds throughout, floating point only where a figure is written out. It shares
no code and no algorithm with the engine, nor with PM4Py, which checks it in turn (oracle.py).
"""

import heapq
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from math import sqrt

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
HOUR = 3_600_000_000


@dataclass(slots=True)
class Event:
    """One event; times in microseconds since 1970 UTC. `began` is its start, or its timestamp."""

    case_id: str
    activity: str
    began: int
    ended: int
    sequence: int = 0
    lifecycle: str = "complete"
    instance: str = ""
    resource: str = ""
    source: str = ""
    id: str = ""
    has_start: bool = False


@dataclass(frozen=True)
class Completion:
    """When a case is complete (B6). Inactivity and now in microseconds."""

    end_activities: frozenset = frozenset()
    inactivity: int | None = None
    now: int | None = None

    def completed_at(self, trace):
        """The time of completion, or None while the case runs."""
        last = max(event.ended for event in trace)
        if trace[-1].activity in self.end_activities:
            return last
        if self.inactivity is not None and last + self.inactivity <= self.now:
            return last + self.inactivity
        return None


# ---- B1: order ------------------------------------------------------------------------------------------------------


def trace_order(event):
    first_start = 0 if event.lifecycle == "start" else 1
    return event.began, event.ended, event.sequence, first_start, event.source.encode(), event.id.encode()


def traces_of(events):
    """case id -> its events in trace order."""
    cases = defaultdict(list)
    for event in events:
        cases[event.case_id].append(event)
    for trace in cases.values():
        trace.sort(key=trace_order)
    return dict(cases)


# ---- B8: life cycle -------------------------------------------------------------------------------------------------


def completes_only(trace):
    """The completes of a trace as instances: each takes the begin of the earliest start of its activity and instance
    that is still unpaired. A complete that carries a start of its own keeps it. Unpaired starts are left out."""
    waiting = defaultdict(deque)
    instances = []
    for event in trace:
        key = event.activity, event.instance
        if event.lifecycle == "start":
            waiting[key].append(event.began)
        elif event.lifecycle == "complete":
            if not event.has_start and waiting[key]:
                event = replace(event, began=waiting[key].popleft(), has_start=True)
            instances.append(event)
    return sorted(instances, key=trace_order)


# ---- figures --------------------------------------------------------------------------------------------------------


def quantile(ordered, per_mille):
    """The order statistic at the nearest rank, ceil(p * n)."""
    return ordered[max(1, -(-len(ordered) * per_mille // 1000)) - 1]


def statistics(durations):
    """Durations in µs -> the figures in seconds. Without observations all are null; stdev is n-1."""
    figures = dict.fromkeys(("mean", "min", "max", "sum", "stdev", "p50", "p90", "p95", "p99"))
    if not durations:
        return figures
    count, total, ordered = len(durations), sum(durations), sorted(durations)
    figures["mean"], figures["sum"] = total / (count * 1_000_000), total / 1_000_000
    figures["min"], figures["max"] = ordered[0] / 1_000_000, ordered[-1] / 1_000_000
    if count > 1:
        spread = count * sum(value * value for value in durations) - total * total
        figures["stdev"] = sqrt(spread / (count * (count - 1))) / 1_000_000
    for name, per_mille in (("p50", 500), ("p90", 900), ("p95", 950), ("p99", 990)):
        figures[name] = quantile(ordered, per_mille) / 1_000_000
    return figures


def timestamp(micros):
    """RFC 3339 in UTC."""
    return (EPOCH + timedelta(microseconds=micros)).isoformat().replace("+00:00", "Z")


# ---- B4: times ------------------------------------------------------------------------------------------------------


def enabled_times(trace):
    """For each event the latest end among the earlier ones that ended by its begin; else the begin of the case."""
    enabled, running, latest = [], [], trace[0].began
    for event in trace:
        while running and running[0] <= event.began:
            latest = max(latest, heapq.heappop(running))
        enabled.append(latest)
        heapq.heappush(running, event.ended)
    return enabled


def cycle_of(trace):
    return max(event.ended for event in trace) - trace[0].began


def busy_of(trace):
    """Length of the union of the service intervals."""
    busy, until = 0, trace[0].began
    for event in trace:
        busy += max(0, event.ended - max(event.began, until))
        until = max(until, event.ended)
    return busy


# ---- B2, B3: the map ------------------------------------------------------------------------------------------------


def edges_of(traces):
    count, cases, overlaps, durations = Counter(), Counter(), Counter(), defaultdict(list)
    for trace in traces:
        seen = set()
        for before, after in zip(trace, trace[1:]):
            edge = before.activity, after.activity
            gap = after.began - before.ended
            count[edge] += 1
            overlaps[edge] += gap < 0
            durations[edge].append(max(0, gap))
            seen.add(edge)
        cases.update(seen)
    return [
        {
            "from": edge[0],
            "to": edge[1],
            "count": count[edge],
            "cases": cases[edge],
            "overlaps": overlaps[edge],
            "duration_s": statistics(durations[edge]),
        }
        for edge in sorted(count)
    ]


def activities_of(traces):
    count, cases, rework, loops = Counter(), Counter(), Counter(), Counter()
    service, waiting, sojourn = defaultdict(list), defaultdict(list), defaultdict(list)
    for trace in traces:
        inside = Counter(event.activity for event in trace)
        count.update(inside)
        cases.update(inside.keys())
        rework.update(name for name, times in inside.items() if times > 1)
        loops.update(after.activity for before, after in zip(trace, trace[1:]) if before.activity == after.activity)
        for event, enabled in zip(trace, enabled_times(trace)):
            service[event.activity].append(event.ended - event.began)
            waiting[event.activity].append(event.began - enabled)
            sojourn[event.activity].append(event.ended - enabled)
    return [
        {
            "name": name,
            "count": count[name],
            "cases": cases[name],
            "rework_cases": rework[name],
            "self_loops": loops[name],
            "service_s": statistics(service[name]),
            "waiting_s": statistics(waiting[name]),
            "sojourn_s": statistics(sojourn[name]),
        }
        for name in sorted(count)
    ]


def named_counts(counter):
    return [{"name": name, "count": counter[name]} for name in sorted(counter)]


def map_of(traces):
    return {
        "activities": activities_of(traces),
        "edges": edges_of(traces),
        "start": named_counts(Counter(trace[0].activity for trace in traces)),
        "end": named_counts(Counter(trace[-1].activity for trace in traces)),
    }


# ---- B7: variants, handover -----------------------------------------------------------------------------------------


def variants_of(traces):
    """The engine's ids are its own and are not recomputed here."""
    cycles = defaultdict(list)
    for trace in traces:
        cycles[tuple(event.activity for event in trace)].append(cycle_of(trace))
    ordered = sorted(cycles, key=lambda activities: (-len(cycles[activities]), activities))
    return {
        "total": len(cycles),
        "variants": [
            {
                "activities": list(activities),
                "count": len(cycles[activities]),
                "share": len(cycles[activities]) / len(traces),
                "cycle_time_s": statistics(cycles[activities]),
            }
            for activities in ordered
        ],
    }


def handover_of(traces):
    """Successions between events that both name a resource; a share is of all successions, self included."""
    resources, successions = Counter(), Counter()
    for trace in traces:
        resources.update(event.resource for event in trace if event.resource)
        for before, after in zip(trace, trace[1:]):
            if before.resource and after.resource:
                successions[before.resource, after.resource] += 1
    total = sum(successions.values())
    return {
        "resources": named_counts(resources),
        "edges": [
            {"from": giver, "to": taker, "count": successions[giver, taker], "share": successions[giver, taker] / total}
            for giver, taker in sorted(successions)
        ],
    }


# ---- B4-B7: the figures of the process ------------------------------------------------------------------------------


def kpis_of(traces, completion):
    """With a completion policy cycle, busy and waiting times cover completed cases alone (B6)."""
    completed = [trace for trace in traces if completion and completion.completed_at(trace) is not None]
    measured = completed if completion else traces
    cycles, busy = [cycle_of(trace) for trace in measured], [busy_of(trace) for trace in measured]
    neighbours = [pair for trace in traces for pair in zip(trace, trace[1:])]
    return {
        "events": sum(map(len, traces)),
        "cases": len(traces),
        "running": len(traces) - len(completed),
        "completed": len(completed),
        "variants": len({tuple(event.activity for event in trace) for trace in traces}),
        "activities": len({event.activity for trace in traces for event in trace}),
        "duplicates": 0,
        "cycle_time_s": statistics(cycles),
        "open_included": completion is None,
        "busy_time_s": statistics(busy),
        "waiting_time_s": statistics([whole - part for whole, part in zip(cycles, busy)]),
        "flow_efficiency": sum(busy) / sum(cycles) if sum(cycles) else None,
        "rework_cases": sum(len({event.activity for event in trace}) < len(trace) for trace in traces),
        "self_loops": sum(before.activity == after.activity for before, after in neighbours),
        "overlaps": sum(after.began < before.ended for before, after in neighbours),
        "first_event": timestamp(min(trace[0].began for trace in traces)) if traces else None,
        "last_event": timestamp(max(event.ended for trace in traces for event in trace)) if traces else None,
    }


def flow_per_hour(events, completion=None):
    """B5: hour (µs, UTC) -> [arrivals, completions]: cases by their begin and by the time of their completion."""
    hours = defaultdict(lambda: [0, 0])
    for trace in traces_of(events).values():
        hours[trace[0].began // HOUR * HOUR][0] += 1
        done = completion.completed_at(trace) if completion else None
        if done is not None:
            hours[done // HOUR * HOUR][1] += 1
    return dict(hours)


def answer(events, lifecycle="all", completion=None):
    """Weir's answer: {"map", "kpis", "variants", "handover"}. lifecycle "complete" pairs starts with completes (B8)."""
    traces = list(traces_of(events).values())
    if lifecycle == "complete":
        traces = [trace for trace in map(completes_only, traces) if trace]
    return {
        "map": map_of(traces),
        "kpis": kpis_of(traces, completion),
        "variants": variants_of(traces),
        "handover": handover_of(traces),
    }
