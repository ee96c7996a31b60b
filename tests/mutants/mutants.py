"""The list of sown bugs (mutants.txt)."""
from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).resolve().parent / "mutants.txt"


@dataclass(frozen=True)
class Mutant:
    name: str
    path: str
    tests: tuple
    search: str
    replace: str


def read_mutants(text=None):
    """Raises ValueError, naming the entry that cannot be read."""
    entries = ("\n" + (LIST.read_text() if text is None else text)).split("\n=== ")[1:]
    return [_read(entry) for entry in entries]


def _read(entry):
    head, _, body = entry.partition("\n")
    fields = [field.strip() for field in head.split("|")]
    search, dashes, replace = (body + "\n").partition("\n---\n")
    if len(fields) != 3 or not dashes or not search.strip():
        raise ValueError(f"`{head}` is no mutant")
    return Mutant(fields[0], fields[1], tuple(fields[2].split()), search, replace.rstrip("\n"))
