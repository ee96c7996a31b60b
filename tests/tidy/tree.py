"""The tree under test: its files, and C++ read just well enough to hold it to the house."""
import ast
import functools
import os
import pathlib
import re
from dataclasses import dataclass

NOT_OURS = {".git", ".venv", ".demo", "build", "__pycache__", "node_modules"}
CPP = (".cpp", ".hpp")
SCRIPTS = (".py", ".sh", ".js", ".mjs", ".ts", ".tsx", ".css", ".html")

_LITERAL_OR_COMMENT = re.compile(
    r'R"(?P<fence>[^()\\\s]{0,16})\(.*?\)(?P=fence)"'   # raw string
    r'|"(?:\\.|[^"\\\n])*"'                              # string
    r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'"              # character, but not the 1'000 of a number
    r"|//[^\n]*|/\*.*?\*/", re.DOTALL)
_COMMENT = re.compile(r'("(?:\\.|[^"\\\n])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)
_NO_FUNCTION = re.compile(r"^(namespace|class|struct|union|enum|extern|if|for|while|switch|catch|else|do|try|concept)\b")
_NAME = re.compile(r"([~\w:]+|operator\s*\S+)\s*\(([^()]*)")


@dataclass(frozen=True)
class Include:
    line: int
    quoted: bool
    path: str


@dataclass(frozen=True)
class Function:
    line: int
    name: str
    lines: int


def _blank(match):
    return re.sub(r"[^\n]", " ", match.group(0))


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


class Tree:
    """Every file under `root` that is ours. Paths are relative, with forward slashes."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.files = sorted(self._walk())

    def _walk(self):
        for folder, subfolders, names in os.walk(self.root):
            subfolders[:] = [name for name in subfolders if name not in NOT_OURS]
            for name in names:
                if not name.endswith(".pyc"):
                    yield pathlib.Path(folder, name).relative_to(self.root).as_posix()

    @functools.cache
    def text(self, path):
        """The content, or "" if it is not text."""
        try:
            return (self.root / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            return ""

    @functools.cache
    def code(self, path):
        """C++ with comments and literals blanked, every line and column where it was."""
        return _LITERAL_OR_COMMENT.sub(_blank, self.text(path))

    @functools.cache
    def includes(self, path):
        text = _COMMENT.sub(lambda m: m.group(1) or _blank(m), self.text(path))
        return [Include(line_of(text, m.start(1)), m.group(1) == '"', m.group(2)) for m in _INCLUDE.finditer(text)]

    def in_folders(self, folders, endings=CPP):
        return [path for path in self.files
                if path.endswith(endings) and any(path.startswith(folder + "/") for folder in folders)]


def folder_of(path):
    """`stream/log/block.cpp` and `stream/log/kafka/x.cpp` are of `stream/log`; `stream/x.hpp` of `stream`."""
    return "/".join(path.split("/")[:-1][:2])


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield Function(node.lineno, node.name, node.end_lineno - node.lineno + 1)


def cpp_functions(code):
    """The outermost function bodies of blanked C++; what is nested in one counts as its lines."""
    code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", _blank, code, flags=re.MULTILINE)
    start, depth, body = 0, 0, None  # start: where the declaration at hand begins; body: (name, offset, depth)
    for match in re.finditer(r"[{};]", code):
        mark, at = match.group(0), match.start()
        if mark == "}":
            depth -= 1
            if body and depth == body[2]:
                yield Function(line_of(code, body[1]), body[0], code.count("\n", body[1], at) + 1)
                body, start = None, match.end()
        head = code[start:at]
        if body is None and not _goes_on(head, mark):
            name = _function_named_by(head) if mark == "{" else None
            body = (name, start + len(head) - len(head.lstrip()), depth) if name else None
            start = match.end()
        depth += mark == "{"


def _goes_on(head, mark):
    """Whether the mark after `head` is part of it: of a default argument, or of a braced member initialiser."""
    if head.count("(") > head.count(")"):
        return True
    tail = head.rpartition(")")[2] if ")" in head else ""
    member = r"(?<!:)[:,](?!:)\s*[\w:<>]+\s*"
    return "->" not in tail and re.search(member + (r"$" if mark == "{" else r"{[^{}]*$"), tail) is not None


def _function_named_by(head):
    head = re.sub(r"^\s*((public|private|protected)\s*:\s*|\[\[[^\]]*\]\]\s*|template\s*<.*?>\s*(?=[\w\[]))*", "", head,
                  flags=re.DOTALL).strip()
    if "(" not in head or _NO_FUNCTION.match(head) or re.search(r"(^|[^=!<>])=\s*$", head):
        return None
    name = _NAME.search(head)
    if not name:
        return None
    return f"{name.group(1)}({name.group(2).strip()})" if name.group(1).startswith("TEST") else name.group(1)
