"""Reads an event log file (CSV or XES, plain or gzip) into events. Only what the logs at hand need, nothing inferred:
how a file is written is told by its options. Rows that cannot be used are returned as faults, never guessed."""

import csv
import gzip
import io
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from xml.etree.ElementTree import iterparse
from zoneinfo import ZoneInfo

from reference import EPOCH, Event

COLUMNS = {
    "case_id": "case:concept:name",
    "activity": "concept:name",
    "timestamp": "time:timestamp",
    "start": "start_timestamp",
    "resource": "org:resource",
    "lifecycle": "lifecycle:transition",
    "instance": "concept:instance",
}


@dataclass
class Options:
    """How a file is written. `mapping` replaces COLUMNS field by field. `zone` is that of times without an offset.
    `text_times` also takes XES times that are typed as strings."""

    mapping: dict = field(default_factory=dict)
    delimiter: str = ","
    encoding: str = "utf-8-sig"
    zone: str = "UTC"
    day_first: bool = False
    classifier: str = ""
    text_times: bool = False

    @property
    def columns(self):
        return {**COLUMNS, **self.mapping}


DAY_FIRST = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})(.*)")


def micros_of(text, options):
    """Microseconds since 1970 UTC; ValueError where the text is no time. Of a local time that exists twice the first
    is meant, one that does not exist is an hour later: what fold=0 means."""
    if options.day_first and (match := DAY_FIRST.fullmatch(text)):
        day, month, year, rest = match.groups()
        text = f"{year}-{int(month):02}-{int(day):02}{rest}"
    if re.match(r"\d{4}/\d\d/\d\d", text):
        text = text.replace("/", "-", 2)
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc if options.zone == "UTC" else ZoneInfo(options.zone))
    return (moment.astimezone(timezone.utc) - EPOCH) // timedelta(microseconds=1)


def event_of(fields, sequence, options):
    """Fields of design §4 as text -> Event. ValueError tells what is wrong with the row."""
    for name in ("case_id", "activity", "timestamp"):
        if not fields.get(name):
            raise ValueError(f"{name} is missing")
    ended = micros_of(fields["timestamp"], options)
    began = micros_of(fields["start"], options) if fields.get("start") else ended
    if began > ended:
        raise ValueError("start is later than timestamp")
    lifecycle = fields.get("lifecycle") or "complete"
    if lifecycle.lower() in ("start", "complete"):
        lifecycle = lifecycle.lower()
    return Event(
        fields["case_id"],
        fields["activity"],
        began,
        ended,
        sequence,
        lifecycle,
        fields.get("instance") or "",
        fields.get("resource") or "",
        id=fields.get("id") or str(sequence),
        has_start=bool(fields.get("start")),
    )


def csv_rows(stream, options):
    """The fields of each row."""
    rows = csv.DictReader(io.TextIOWrapper(stream, options.encoding, newline=""), delimiter=options.delimiter)
    present = {name: column for name, column in options.columns.items() if column in (rows.fieldnames or ())}
    for row in rows:
        yield {name: row[column] for name, column in present.items()}


def local_name(element):
    return element.tag.rpartition("}")[2]


def attributes(element):
    """key -> (type, value) of the element's own attributes; nested ones belong to their parents."""
    return {child.get("key"): (local_name(child), child.get("value", "")) for child in element if child.get("key")}


def xes_fields(element, activity_keys, options):
    own = attributes(element)
    fields = {name: own[column][1] for name, column in options.columns.items() if column in own and name != "case_id"}
    if activity_keys:
        fields["activity"] = "+".join(own[key][1] for key in activity_keys if key in own)
    for name in ("timestamp", "start"):
        kind = own.get(options.columns[name], ("date",))[0]
        if kind != "date" and not options.text_times:
            fields.pop(name)
    return fields


def xes_rows(stream, options):
    """The fields of each event; a trace's name is looked up when the trace ends, wherever it stood."""
    pending, activity_keys = [], None
    for _, element in iterparse(stream):
        name = local_name(element)
        if name == "classifier" and options.classifier and element.get("name") == options.classifier:
            activity_keys = element.get("keys").split()
        elif name == "event":
            pending.append(xes_fields(element, activity_keys, options))
            element.clear()
        elif name == "trace":
            case_id = attributes(element).get("concept:name", ("", ""))[1]
            for fields in pending:
                yield {**fields, "case_id": case_id}
            pending = []
            element.clear()


def read_log(path, options=None):
    """-> (events, faults); a fault is (row, what). Rows count from 1, faulty ones included."""
    options = options or Options()
    events, faults = [], []
    opened = gzip.open if path.name.endswith(".gz") else open
    rows = xes_rows if path.name.removesuffix(".gz").endswith(".xes") else csv_rows
    with opened(path, "rb") as stream:
        for sequence, fields in enumerate(rows(stream, options), 1):
            try:
                events.append(event_of(fields, sequence, options))
            except ValueError as fault:
                faults.append((sequence, str(fault)))
    return events, faults
