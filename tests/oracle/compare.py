"""Compares an answer of Weir with the expected one by the rules of B12: counts and names exactly, times within 1 µs,
ratios within 1e-12, quantiles within 1 %. What the expected answer does not name is free; every entry of its lists must
be there, and no other."""

from datetime import datetime

QUANTILES = ("p50", "p90", "p95", "p99")
RATIOS = ("share", "flow_efficiency")
MOMENTS = ("first_event", "last_event")
SHOWN_MAX = 60


def near(expected, actual, absolute, relative):
    return abs(expected - actual) <= max(absolute, relative * abs(expected))


def same_number(name, inside, expected, actual):
    if name in QUANTILES:
        return near(expected, actual, 1e-6, 0.01)
    if name in RATIOS:
        return near(expected, actual, 1e-12, 0)
    if inside.endswith("_s"):
        return near(expected, actual, 1e-6, 1e-15)  # the last digit of a double is wider than 1 µs beyond 10^9 s
    return expected == actual


def same_moment(expected, actual):
    gap = datetime.fromisoformat(expected) - datetime.fromisoformat(actual)
    return abs(gap.total_seconds()) <= 1e-6


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def same_value(name, inside, expected, actual):
    if is_number(expected) and is_number(actual):
        return same_number(name, inside, expected, actual)
    if name in MOMENTS and isinstance(expected, str) and isinstance(actual, str):
        return same_moment(expected, actual)
    return type(expected) is type(actual) and expected == actual


def identity(entry):
    """What tells the entries of a list apart."""
    if "activities" in entry:
        return " > ".join(entry["activities"])
    if "from" in entry:
        return f"{entry['from']} -> {entry['to']}"
    return entry["name"]


def is_list_of_entries(value):
    return isinstance(value, list) and all(isinstance(entry, dict) for entry in value)


def compare_lists(expected, actual, path):
    theirs = {identity(entry): entry for entry in actual}
    if len(theirs) != len(actual):
        yield f"{path}: an entry appears twice"
    for entry in expected:
        name = identity(entry)
        if name in theirs:
            yield from compare_any(entry, theirs.pop(name), f"{path}[{name}]")
        else:
            yield f"{path}[{name}]: missing"
    for name in theirs:
        yield f"{path}[{name}]: not expected"


def compare_any(expected, actual, path):
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key, value in expected.items():
            if key in actual:
                yield from compare_any(value, actual[key], f"{path}.{key}")
            else:
                yield f"{path}.{key}: missing"
    elif is_list_of_entries(expected) and is_list_of_entries(actual):
        yield from compare_lists(expected, actual, path)
    else:
        *_, inside, name = ["", *path.split(".")]
        if not same_value(name, inside, expected, actual):
            yield f"{path}: expected {expected!r}, got {actual!r}"


def compare_order(variants):
    """Variants come by count, descending, then by their activities or by their ids; ids are distinct."""
    by_activities = [(-entry["count"], entry["activities"]) for entry in variants]
    by_id = [(-entry["count"], entry["id"]) for entry in variants if "id" in entry]
    if by_activities != sorted(by_activities) and (not by_id or by_id != sorted(by_id)):
        yield "variants: not in order"
    if len({identifier for _, identifier in by_id}) != len(by_id):
        yield "variants: an id appears twice"


def compare(expected, actual):
    """-> list of differences, empty when the answers are equal."""
    differences = list(compare_any(expected, actual, ""))
    if not differences and "variants" in expected and "variants" in expected["variants"]:
        differences += compare_order(actual["variants"]["variants"])
    return [difference.removeprefix(".") for difference in differences]


def summary_of(differences):
    """The differences for a person, the first of them only."""
    more = [f"… and {len(differences) - SHOWN_MAX} more"] if len(differences) > SHOWN_MAX else []
    return "\n".join(f"    {line}" for line in differences[:SHOWN_MAX] + more)
