"""Holds every answer of a server to the OpenAPI document that it serves itself."""

import re

from jsonschema import Draft202012Validator


class Contract:
    """Callable with each Answer; raises where one does not follow the document."""

    def __init__(self, document):
        self.document = document
        plain_first = sorted(document["paths"], key=lambda path: path.count("{"))
        self.paths = [(self._pattern(path), path) for path in plain_first]
        self.validators = {}

    @staticmethod
    def _pattern(path):
        return re.compile(re.sub(r"\\\{[^/]+?\\\}", "[^/]+", re.escape(path)))

    def __call__(self, answer):
        if not isinstance(answer.body, (dict, list)):
            return
        validator = self._validator(answer)
        fault = next(validator.iter_errors(answer.body), None)
        if fault:
            raise AssertionError(f"{answer} breaks the contract at {fault.json_path}: {fault.message[:300]}")

    def _validator(self, answer):
        path = self._declared_path(answer.path.partition("?")[0])
        media = answer.headers["content-type"].partition(";")[0]
        key = path, answer.method.lower(), str(answer.status), media
        if key not in self.validators:
            self.validators[key] = Draft202012Validator({**self.document, "$ref": self._pointer(*key)})
        return self.validators[key]

    def _declared_path(self, path):
        for pattern, declared in self.paths:
            if pattern.fullmatch(path):
                return declared
        raise AssertionError(f"{path} is not in the contract")

    def _pointer(self, path, method, status, media):
        """The JSON pointer of the response's schema."""
        responses = self.document["paths"][path].get(method, {}).get("responses", {})
        steps = ["paths", path, method, "responses", status if status in responses else "default"]
        declared = responses.get(steps[-1])
        if declared is None:
            raise AssertionError(f"{method} {path} does not declare status {status}")
        if "$ref" in declared:
            named = declared["$ref"].removeprefix("#/").split("/")
            steps = [step.replace("~1", "/").replace("~0", "~") for step in named]
            declared = self._at(steps)
        if media not in declared.get("content", {}):
            raise AssertionError(f"{method} {path} {status} does not declare {media}")
        steps += ["content", media, "schema"]
        return "#/" + "/".join(step.replace("~", "~0").replace("/", "~1") for step in steps)

    def _at(self, steps):
        found = self.document
        for step in steps:
            found = found[step]
        return found
