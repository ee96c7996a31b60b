"""The oracle for SLA clocks: a case's cycles from its events, business time summed interval by interval, calendars by
zoneinfo. Policies are those documents that `weir discover --sla` reads, with the few conditions that these use."""

import json
import subprocess
import tempfile
from bisect import bisect_right
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import logs
from readers import Options, read_log
from reference import timestamp, traces_of
from weir import PATIENCE

DISCOVER_S_MAX = 60 * PATIENCE
SECOND = 1_000_000
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
OFFICE = {
    "zone": "Europe/Amsterdam",
    "week": {day: ["09:00-12:30", "13:00-17:00"] for day in WEEKDAYS[:5]},
    "shifts": {"2011-12-24": ["09:00-12:00"]},
    "breaks": {"2012-05-04": ["14:00-15:00"]},
    "holidays": ["2011-12-26", "2012-05-17", "2012-12-25", "2013-01-01"],
}
ROUND_THE_CLOCK = {"zone": "America/Sao_Paulo", "week": {day: ["00:00-24:00"] for day in WEEKDAYS}}


def first():
    return {"path": "case.events", "op": "eq", "value": 1}


def is_one(path, *values):
    return {"path": path, "op": "in", "value": list(values)}


def policy(target, calendar, **metrics):
    promises = {name: f"{target}s" for name in metrics}
    return {"metrics": metrics, "targets": [{"name": "all", "calendar": calendar, "promises": promises}]}


# What is promised, by log: a deadline, a helpdesk that reopens, incidents whose waiting states are pauses.
POLICIES = {
    "receipt.xes.gz": policy(
        16 * 3600, "office",
        checked={"start": first(), "stop": is_one("activity", "T02 Check confirmation of receipt"), "reopening": "once"},
        decided={"start": is_one("activity", "T04 Determine confirmation of receipt"),
                 "stop": is_one("activity", "T05 Print and send confirmation of receipt")},
    ),
    "helpdesk_utc.xes.gz": policy(
        40 * 3600, "office",
        resolution={"start": first(), "stop": is_one("activity", "Resolve ticket", "Closed"),
                    "pause": is_one("activity", "Wait"), "reopening": "resume"},
        update={"stop": is_one("activity", "Take in charge ticket"), "stop_starts": True},
    ),
    "bpic2013_incidents.xes.gz": policy(
        5 * 86_400, "round-the-clock",
        work={"start": is_one("activity", "Accepted"), "stop": is_one("activity", "Completed"),
              "pause": is_one("lifecycle", "Wait - User", "Wait - Vendor", "Wait - Customer", "Wait - Implementation",
                              "Wait"),
              "reopening": "restart"},
    ),
}
CALENDARS = {"office": OFFICE, "round-the-clock": ROUND_THE_CLOCK}


def micros(moment):
    return (moment - EPOCH) // timedelta(microseconds=1)


class Calendar:
    """Openings on the UTC line between two instants, and how much lies before each."""

    def __init__(self, document, begin, end):
        zone, spans = ZoneInfo(document["zone"]), []
        day = (EPOCH + timedelta(microseconds=begin)).date() - timedelta(days=2)
        while micros(datetime(day.year, day.month, day.day, tzinfo=timezone.utc)) < end:
            spans += [tuple(self.instant(day, text, zone) for text in span) for span in self.spans(document, day)]
            day += timedelta(days=1)
        self.spans_of = [span for span in sorted(spans) if span[0] < span[1]]
        self.before, passed = [], 0
        for opening, closing in self.spans_of:
            self.before.append(passed)
            passed += closing - opening

    @staticmethod
    def spans(document, day):
        name = day.isoformat()
        if name in document.get("holidays", ()):
            return []
        spans = document.get("shifts", {}).get(name, document["week"].get(WEEKDAYS[day.weekday()], []))
        open_spans = [tuple(span.split("-")) for span in spans]
        for pause in document.get("breaks", {}).get(name, ()):
            begin, end = pause.split("-")
            open_spans = [piece for span in open_spans
                          for piece in ((span[0], min(span[1], begin)), (max(span[0], end), span[1]))
                          if piece[0] < piece[1]]
        return open_spans

    @staticmethod
    def instant(day, text, zone):
        hour, minute = map(int, text.split(":"))
        local = datetime(day.year, day.month, day.day) + timedelta(hours=hour, minutes=minute)
        return micros(local.replace(tzinfo=zone).astimezone(timezone.utc))

    def up_to(self, instant):
        at = bisect_right(self.spans_of, (instant, float("inf"))) - 1
        if at < 0:
            return 0
        opening, closing = self.spans_of[at]
        return self.before[at] + min(instant, closing) - opening

    def after(self, instant, span):
        """The earliest instant at which so much has passed."""
        sought = self.up_to(instant) + span
        for at in range(max(0, bisect_right(self.before, sought) - 2), len(self.spans_of)):
            opening, closing = self.spans_of[at]
            if self.before[at] + closing - opening >= sought:
                return opening + sought - self.before[at]
        raise ValueError("the calendar ends before that")


def holds(condition, event, number):
    value = {"activity": event.activity, "lifecycle": event.lifecycle, "case.events": number}[condition["path"]]
    return value in condition["value"] if condition["op"] == "in" else value == condition["value"]


class Cycle:
    def __init__(self, began):
        self.began, self.elapsed, self.resumed, self.ended, self.breach = began, 0, None, None, None


def cycles_of(trace, metric, target, calendar, now):
    """-> the cycles of a case, each as the answer of Weir tells it, without its names."""
    cycles, reopening = [], metric.get("reopening", "restart")

    def run_until(cycle, instant):
        if cycle.resumed is None:
            return
        due = calendar.after(cycle.resumed, target - cycle.elapsed)
        if cycle.breach is None and due < instant and due <= now:
            cycle.breach = due
        cycle.elapsed += calendar.up_to(instant) - calendar.up_to(cycle.resumed)
        cycle.resumed = None

    for number, event in enumerate(sorted(trace, key=lambda one: one.ended), 1):
        starts, stops, pauses = (name in metric and holds(metric[name], event, number)
                                 for name in ("start", "stop", "pause"))
        cycle, at = cycles[-1] if cycles else None, event.ended
        if cycle and cycle.ended is None:
            if stops or (pauses and cycle.resumed is not None):
                run_until(cycle, at)
            if stops:
                cycle.ended = at
                if metric.get("stop_starts"):
                    cycles.append(Cycle(at))
                    cycles[-1].resumed = None if pauses else at
            elif not pauses and cycle.resumed is None:
                cycle.resumed = at
        elif metric.get("stop_starts") if stops else starts:
            if not cycle or reopening == "restart":
                cycles.append(Cycle(at))
            elif reopening == "once":
                continue
            cycles[-1].ended, cycles[-1].resumed = None, None if pauses else at
    return [told(cycle, target, calendar, now, run_until) for cycle in cycles]


def told(cycle, target, calendar, now, run_until):
    runs, due = cycle.resumed is not None, None
    if runs:
        due = cycle.breach or calendar.after(cycle.resumed, target - cycle.elapsed)
        if cycle.breach is None and due <= now:
            cycle.breach = due
        run_until(cycle, now)
    state = "running" if runs else "paused"
    if cycle.ended is not None:
        state = "met" if cycle.breach is None else "met_late"
    return {
        "state": state, "began": timestamp(cycle.began), "ended": cycle.ended and timestamp(cycle.ended),
        "due": due and timestamp(due), "elapsed": cycle.elapsed, "breach": cycle.breach and timestamp(cycle.breach),
    }


def expected_of(path, document):
    events, _ = read_log(path, Options(zone="UTC"))
    begin, now = min(event.ended for event in events), max(event.ended for event in events)
    target = document["targets"][0]
    calendar = Calendar(CALENDARS[target["calendar"]], begin, now + 5 * 366 * 86_400 * SECOND)
    cycles = []
    for case_id, trace in traces_of(events).items():
        for name, metric in document["metrics"].items():
            metric = {"start": metric["stop"], **metric}
            promised = int(target["promises"][name][:-1]) * SECOND
            for number, one in enumerate(cycles_of(trace, metric, promised, calendar, now), 1):
                cycles.append(((case_id, name, number), one))
    return dict(cycles)


def same_moment(text):
    return text and datetime.fromisoformat(text.replace("Z", "+00:00"))


def answered_by(weir, path, document):
    with tempfile.TemporaryDirectory(prefix="weir-sla-") as folder:
        policies = Path(folder) / "sla.json"
        policies.write_text(json.dumps({"calendars": CALENDARS, "policies": {"p": document}}), encoding="utf-8")
        command = [str(weir), "discover", str(path), "--zone", "UTC", "--sla", str(policies)]
        run = subprocess.run(command, capture_output=True, text=True, timeout=DISCOVER_S_MAX, check=False)
    if run.returncode != 0:
        raise ValueError(f"exit code {run.returncode}: {run.stderr.strip()[-500:]}")
    return {
        (one["case"], one["metric"], one["cycle"]): {
            "state": one["state"], "began": one["began"], "ended": one["ended"], "due": one["due"],
            "elapsed": round(one["elapsed_s"] * SECOND), "breach": one["breach"] and one["breach"]["at"],
        }
        for one in json.loads(run.stdout)["sla"]["policies"][0]["cycles"]
    }


def differences_of(weir, path, document):
    """-> a line for each cycle that differs."""
    try:
        found = answered_by(weir, path, document)
    except ValueError as why:
        return [str(why)]
    expected, differences = expected_of(path, document), []
    if not expected:
        return ["the policy measures nothing"]
    for key in sorted(expected.keys() | found.keys()):
        ours, theirs = expected.get(key), found.get(key)
        moments = ("began", "ended", "due", "breach")
        same = ours and theirs and all(
            same_moment(ours[name]) == same_moment(theirs[name]) if name in moments else ours[name] == theirs[name]
            for name in ours)
        if not same:
            differences.append(f"{key}: expected {ours}, found {theirs}")
    return differences


def check(weir, score, chosen):
    """Every policy on its log."""
    for name, document in POLICIES.items():
        path = logs.PUBLIC / name
        if chosen and name not in chosen:
            continue
        if path.exists():
            score.record(f"{name}, SLA", differences_of(weir, path, document))
        else:
            score.skip(f"{name}, SLA", f"{logs.PUBLIC} is absent")
