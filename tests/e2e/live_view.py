"""A client of the live views that knows nothing but the contract: every message is held to asyncapi.json, deltas are applied
by its one rule."""

import json
from datetime import datetime

from jsonschema import Draft202012Validator

KEYS = {"activities": ["name"], "edges": ["from", "to"], "start": ["name"], "end": ["name"], "hours": ["from"],
        "days": ["from"], "variants": ["id"], "cases": ["case_id"], "overdue": ["id"], "clocks": ["id"], "alerts": ["id"],
        "uploads": ["upload"]}
ORDER = {"variants": lambda entry: (-entry["count"], entry["id"]),
         "clocks": lambda entry: (entry["due"] is None, entry["due"] or "", entry["case"], entry["id"])}
ORDER["overdue"] = ORDER["clocks"]
ORDER["alerts"] = lambda entry: (-datetime.fromisoformat(entry["since"]).timestamp(), entry["case"], entry["id"])


class Messages:
    """Validators of what the server sends."""

    def __init__(self, asyncapi, openapi):
        text = json.dumps(openapi).replace('"#/components', '"#/openapi/components')
        local = json.dumps(asyncapi).replace('"openapi.json#/', '"#/openapi/')
        self.document = {**json.loads(local), "openapi": json.loads(text)}

    def check(self, message, channel=None):
        name = "".join(part.title() for part in message["type"].split("_"))
        self._check(name, message)
        if name == "Snapshot" and not message["recovered"]:
            self._check(channel.title(), message["data"])
        if name == "Delta":
            self._check(channel.title() + "Delta", message["data"])

    def _check(self, schema, value):
        validator = Draft202012Validator({**self.document, "$ref": f"#/components/schemas/{schema}"})
        fault = next(validator.iter_errors(value), None)
        if fault:
            raise AssertionError(f"{str(value)[:200]} is no {schema} at {fault.json_path}: {fault.message[:300]}")


def key_of(name, entry):
    return tuple(entry[part] for part in KEYS[name])


def apply(held, delta):
    for name, change in delta.items():
        if name == "flow":
            apply(held[name], change)
        elif name in KEYS and isinstance(held.get(name), list):
            gone = {tuple(key) if isinstance(key, list) else (key,) for key in change.get("remove", [])}
            put = {key_of(name, entry): entry for entry in change.get("put", [])}
            kept = [entry for entry in held[name] if key_of(name, entry) not in gone | put.keys()]
            held[name] = sorted(kept + list(put.values()), key=ORDER.get(name, lambda entry: key_of(name, entry)))
        else:
            held[name] = change


class LiveView:
    """One subscription: what was asked and what is held."""

    def __init__(self, channel):
        self.channel = channel
        self.held, self.seq, self.epoch, self.deltas = None, 0, None, 0

    def take(self, message):
        if message["type"] == "snapshot":
            if not message["recovered"]:
                self.held = message["data"]
            self.epoch, self.seq = message["epoch"], message["seq"]
        elif message["type"] == "delta":
            assert message["prev"] == self.seq, message
            apply(self.held, message["data"])
            self.seq = message["seq"]
            self.deltas += 1
        elif message["type"] == "heartbeat":
            assert message["seq"] == self.seq, message
