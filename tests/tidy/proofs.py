"""Proofs that every check can fail: a small tree in order, and for each rule the change that breaks it."""
import contextlib
import pathlib
import tempfile
from unittest import mock

import checks
import house
from tree import Tree

LONG_BODY = "  x();\n" * (house.FUNCTION_LINES - 2)
IN_ORDER = {
    "CMakeLists.txt": "add_subdirectory(schemas)\nadd_subdirectory(stream)\nadd_subdirectory(tests)\n",
    "schemas/README.md": "- `base/` words\n- `codec/` bytes\n",
    "schemas/CMakeLists.txt": "add_subdirectory(base)\nadd_subdirectory(codec)\n",
    "schemas/base/CMakeLists.txt": "weir_library(schemas_base SOURCES clock.cpp error.cpp)\n",
    "schemas/base/clock.cpp": "int now() { return clock_gettime(0); }\n",
    "schemas/base/error.cpp": "// std::mutex in words, and system_clock::now\nconst char* x = \"std::mutex\";\n",
    "schemas/base/errors.def": "WEIR_ERROR(schema, 422, \"s\")\n",
    "schemas/codec/CMakeLists.txt": "weir_library(schemas_codec SOURCES json.cpp)\n",
    "schemas/codec/json.hpp": "#include \"schemas/base/time.hpp\"\n",
    "schemas/codec/json.cpp": "#include <simdjson.h>\n#include <vector>\nauto f() { return Code::schema; }\n",
    "stream/README.md": "| folder | holds |\n| --- | --- |\n| `log/` | log |\n",
    "stream/CMakeLists.txt": "add_subdirectory(log)\n",
    "stream/log/CMakeLists.txt": "weir_library(stream_log SOURCES log.cpp)\n",
    "stream/log/log.cpp": "#include \"schemas/codec/json.hpp\"\n#include <mutex>\nstd::mutex guard;\n"
                          "Log::Log(int a) : a_{a}, b_(1) {\n" + LONG_BODY + "}\n",
    "tests/README.md": "tests\n",
    "tests/CMakeLists.txt": "add_subdirectory(log)\n",
    "tests/log/CMakeLists.txt": "weir_test(log_test SOURCES log_test.cpp)\n",
    "tests/log/log_test.cpp": "#include \"stream/log/log.hpp\"\nTEST(Log, Works) {\n}\n",
    "deploy/README.md": "deploy\n",
    "deploy/packages.txt": "build  libboost1.81-dev\n",
}
REGISTRY = house.REGISTRIES[0]

# (check, what breaks it: file → content, or None for a file that goes; what the fault says)
BREAKS = [
    (checks.mutants_stand, {checks.MUTANTS: "=== a bug | stream/log/log.cpp | log_test\nnot there\n---\n\n"}, "stands 0 times"),
    (checks.mutants_stand, {checks.MUTANTS: "=== a bug | stream/log/gone.cpp | log_test\nguard;\n---\n\n"}, "stands 0 times"),
    (checks.mutants_stand, {checks.MUTANTS: "=== a bug | stream/log/log.cpp |\nguard;\n---\n\n"}, "for 0 tests"),
    (checks.include_direction, {"schemas/codec/json.hpp": '#include "stream/log/log.hpp"\n'}, "to its right"),
    (checks.include_direction, {"schemas/codec/json.hpp": '#include "json.hpp"\n'}, "not written from the root"),
    (checks.include_direction, {"stream/log/log.cpp": '#include "tests/log/x.hpp"\n'}, "the product includes tests/"),
    (checks.folder_order, {"schemas/base/error.cpp": '#include "schemas/codec/json.hpp"\n'}, "lists below it"),
    (checks.folder_order, {"schemas/calendar/zone.cpp": ""}, "does not list `calendar/`"),
    (checks.one_door_per_library, {"stream/log/log.cpp": "#include <rocksdb/db.h>\n"}, "has its door at state/rocksdb"),
    (checks.one_door_per_library, {"stream/log/log.cpp": "#include <sqlite3.h>\n"}, "has no door"),
    (checks.doors_stay_shut, {"schemas/codec/json.hpp": "#include <simdjson.h>\n"}, "brings simdjson along"),
    (checks.doors_stay_shut, {"schemas/codec/json.hpp": '#include "schemas/codec/in.hpp"\n',
                              "schemas/codec/in.hpp": "#include <simdjson.h>\n"}, "brings simdjson along"),
    (checks.time_through_clock, {"stream/log/log.cpp": "auto t = std::chrono::system_clock::now();\n"}, "weir::Clock"),
    (checks.time_through_clock, {"stream/log/log.cpp": "auto t = steady_clock :: now();\n"}, "weir::Clock"),
    (checks.time_through_clock, {"stream/log/log.cpp": "auto t = std::time(nullptr);\n"}, "weir::Clock"),
    (checks.time_through_clock, {"stream/log/log.cpp": "void f() { clock_gettime(0, &t); }\n"}, "weir::Clock"),
    (checks.time_through_clock, {"stream/log/log.cpp": "void f() { gettimeofday(&t, 0); }\n"}, "weir::Clock"),
    (checks.no_locks, {"schemas/base/error.cpp": "std::mutex guard;\n"}, "one thread"),
    (checks.no_locks, {"stream/operators/x.cpp": "std::atomic<int> count;\n"}, "one thread"),
    (checks.no_locks, {"state/format/x.cpp": "std::jthread other;\n"}, "one thread"),
    (checks.file_size, {"stream/log/log.cpp": "\n" * (house.FILE_LINES + 1)}, f"{house.FILE_LINES + 1} lines"),
    (checks.function_size, {"stream/log/log.cpp": "void f() {\n" + LONG_BODY + "  x();\n}\n"}, "f: 61 lines"),
    (checks.function_size, {"stream/log/log.cpp": "Log::Log(int a) : a_{a}, b_(1) {\n" + LONG_BODY + " x();\n}\n"},
     "Log::Log: 61 lines"),
    (checks.function_size, {"tests/log/log_test.cpp": "TEST(A, B) {\n" + LONG_BODY + "  x();\n}\n"}, "TEST(A, B): 61"),
    (checks.function_size, {"tests/x.py": "def f():\n" + " x()\n" * house.FUNCTION_LINES}, "f: 61 lines"),
    (checks.nothing_unlisted, {"tests/log/other_test.cpp": ""}, "no CMakeLists.txt lists it"),
    (checks.nothing_unlisted, {"tests/log/CMakeLists.txt": "# log_test.cpp\n"}, "no CMakeLists.txt lists it"),
    (checks.nothing_unlisted, {"tests/CMakeLists.txt": "add_subdirectory(catalogue)\n"}, "adds its folder"),
    (checks.readme_per_room, {"tests/README.md": None}, "has no README.md"),
    (checks.names_say_something, {"stream/log/log_helper.hpp": ""}, '"helper" says nothing'),
    (checks.names_say_something, {"stream/common/x.hpp": ""}, '"common" says nothing'),
    (checks.no_registry_hosts, {"deploy/fetch": f"get https://{REGISTRY}/x\n"}, "names the registry host"),
    (checks.codes_are_used, {"schemas/base/errors.def": 'WEIR_ERROR(idle, 400, "s")\n'}, "nothing gives idle"),
    (checks.package_list, {"deploy/packages.txt": "build  libboost-dev\n"}, "removes Boost 1.81"),
    (checks.package_list, {"deploy/packages.txt": "build  libboost1.81-dev|libboost-dev\n"}, "removes Boost 1.81"),
]

# The same for the lists of exceptions: (check, list, its content, what breaks it, what the fault says).
LOG = "stream/log/log.cpp"
STALE = [
    (checks.file_size, "LONG_FILES", {LOG: 600}, {LOG: "\n" * 550}, "shrunk to 550"),
    (checks.file_size, "LONG_FILES", {LOG: 600}, {LOG: "\n" * 601}, "600 allowed"),
    (checks.file_size, "LONG_FILES", {LOG: 600}, {}, "within the limit now"),
    (checks.file_size, "LONG_FILES", {"stream/gone.cpp": 600}, {}, "is gone"),
    (checks.function_size, "LONG_FUNCTIONS", {(LOG, "f"): 70}, {LOG: "void f() {\n" + "x();\n" * 65 + "}\n"},
     "shrunk to 67"),
    (checks.codes_are_used, "UNUSED_CODES", {"schema"}, {}, "is used now"),
    (checks.codes_are_used, "UNUSED_CODES", {"never"}, {}, "is no code"),
]


@contextlib.contextmanager
def planted(changes):
    """A tree in order, but for the changes."""
    with tempfile.TemporaryDirectory(prefix="weir-tidy-") as root:
        for path, content in {**IN_ORDER, **changes}.items():
            if content is not None:
                file = pathlib.Path(root, path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(content)
        yield Tree(root)


def faults(check, changes, **lists):
    """What the check finds, with only the exceptions given."""
    lists = {"LONG_FILES": {}, "LONG_FUNCTIONS": {}, "UNUSED_CODES": set(), "UNUSED_CODES_MAY_BE_STALE": False, **lists}
    with planted(changes) as tree, mock.patch.multiple(house, **lists):
        return list(check(tree))


def run():
    """Yields (name, fault or "") for each proof."""
    for check in checks.ALL:
        found = faults(check, {})
        yield f"{check.__name__} passes a tree in order", "\n".join(found)
    for check, changes, says in BREAKS:
        found = faults(check, changes)
        yield f"{check.__name__} finds: {says}", "" if any(says in fault for fault in found) else f"it found {found}"
    for check, name, exceptions, changes, says in STALE:
        found = faults(check, changes, **{name: exceptions})
        yield f"{check.__name__} finds: {says}", "" if any(says in fault for fault in found) else f"it found {found}"
    unproven = [check.__name__ for check in checks.ALL if not any(check is broken[0] for broken in BREAKS)]
    yield "every check is proven", ", ".join(unproven)
