"""Holds what clients were told against what is there, and names what is wrong in Jepsen's words.

    lost          acknowledged, and not there
    duplicate     there more than once, or a message that was received before
    phantom       there, and never sent, refused for good, or erased
    stale read    an answer without what was acknowledged before the position that it was asked with
    out of order  an answer older than one before it, or a message that goes on from before the last one
    gap           a message that goes on from one that was not received
    diverged      what is held, or answered, is not what the plain batch makes of what is there

Values are the ids of events: unique, so that each is told from all others. Standard library only."""

import threading
from collections import Counter
from dataclasses import dataclass

SHOWN_MAX = 10


@dataclass(frozen=True)
class Finding:
    name: str
    what: str

    def __str__(self):
        return f"{self.name}: {self.what}"


class History:
    """What producers sent and what they were told of it. Thread-safe."""

    def __init__(self):
        self.lock = threading.Lock()
        self.sent, self.acknowledged, self.refused = set(), set(), set()
        self.erasing, self.erased = set(), set()

    def invoke(self, values):
        """They are about to be sent, perhaps again: until an answer comes, nobody knows."""
        with self.lock:
            self.sent.update(values)

    def acknowledge(self, values):
        with self.lock:
            self.acknowledged.update(values)

    def refuse(self, values):
        """For good: it was said that they were not taken."""
        with self.lock:
            self.refused.update(values)

    def invoke_erase(self, values):
        """Their erasure is about to be asked for: until an answer comes, they may be there or not."""
        with self.lock:
            self.erasing.update(values)

    def erase(self, values):
        """Their erasure was acknowledged."""
        with self.lock:
            self.erasing.update(values)
            self.erased.update(values)

    def expected(self):
        """Which must be there."""
        with self.lock:
            return self.acknowledged - self.erasing


def _named(name, values):
    shown = ", ".join(map(str, sorted(values)[:SHOWN_MAX]))
    return [Finding(name, f"{len(values)} of them: {shown}")] if values else []


def check_log(history, found):
    """`found`: the value of each event that is there, in any order. Ask when nothing is under way."""
    counts = Counter(found)
    with history.lock:
        allowed = (history.sent - history.erased) - (history.refused - history.acknowledged)
    return (_named("lost", history.expected() - counts.keys())
            + _named("duplicate", {value for value, count in counts.items() if count > 1})
            + _named("phantom", counts.keys() - allowed))


@dataclass(frozen=True)
class Read:
    """An answer: how many values it counted, and how many were acknowledged before the position it was asked with."""

    count: int
    acknowledged: int = 0


def check_reads(reads):
    """The answers that one client got, in their order, of a process from which nothing was erased meanwhile."""
    findings, most = [], 0
    for number, read in enumerate(reads):
        if read.count < read.acknowledged:
            findings.append(Finding("stale read", f"answer {number} counts {read.count} of {read.acknowledged}"))
        if read.count < most:
            findings.append(Finding("out of order", f"answer {number} counts {read.count} after {most}"))
        most = max(most, read.count)
    return findings


def check_socket(messages):
    """What one subscription received, over all of its connections."""
    findings, epoch, seq = [], None, None
    for number, message in enumerate(messages):
        kind = message["type"]
        if kind == "snapshot":
            if message["epoch"] == epoch and message["seq"] < seq:
                findings.append(Finding("out of order", f"message {number} is a snapshot at {message['seq']} after {seq}"))
            epoch, seq = message["epoch"], message["seq"]
        elif kind in ("delta", "heartbeat"):
            findings += _step(number, message, seq)
            seq = message["seq"]
    return findings


def _step(number, message, seq):
    goes_on_from = message["prev"] if message["type"] == "delta" else message["seq"]
    said = f"message {number} goes on from {goes_on_from}, received was {seq}"
    if seq is None or goes_on_from > seq:
        return [Finding("gap", said)]
    if message["type"] == "delta" and message["seq"] == seq:
        return [Finding("duplicate", said)]
    if goes_on_from < seq or (message["type"] == "delta" and message["seq"] <= seq):
        return [Finding("out of order", said)]
    return []


def check_equal(what, found, expected):
    """What is held by deltas against what is answered, or what is answered against the batch."""
    return [] if found == expected else [Finding("diverged", f"{what}: {str(found)[:300]} is not {str(expected)[:300]}")]


def report(findings):
    return "\n".join(map(str, findings))
