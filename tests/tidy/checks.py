"""What the tree is held to. Each check takes a Tree and yields its faults as `path:line: what is wrong`."""
import pathlib
import re
import sys

import house
from tree import CPP, SCRIPTS, cpp_functions, folder_of, line_of, python_functions

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "mutants"))

from mutants import read_mutants  # noqa: E402

MUTANTS = "tests/mutants/mutants.txt"
HELD = (*house.ROOMS, *house.AROUND)


def include_direction(tree):
    """A room includes itself and rooms to its left; includes are written from the root."""
    for path in tree.in_folders(HELD):
        room = path.split("/")[0]
        for include in tree.includes(path):
            target = include.path.split("/")[0]
            if include.quoted and target not in HELD:
                yield f'{path}:{include.line}: "{include.path}" is not written from the root'
            elif room in house.ROOMS and target in house.AROUND:
                yield f"{path}:{include.line}: the product includes {target}/"
            elif room in house.ROOMS and target in house.ROOMS and (
                    house.ROOMS.index(target) > house.ROOMS.index(room)):
                yield f"{path}:{include.line}: {room} includes {target}, which is to its right"


def listed_folders(tree, room):
    """The room's folders in the order of its README: lines that begin with `folder/`, in a list or a table."""
    rows = re.finditer(r"^\s*[|*-]\s*`([a-z0-9_]+)/`", tree.text(f"{room}/README.md"), re.MULTILINE)
    return [row.group(1) for row in rows]


def folder_order(tree):
    """Within a room a folder includes only itself and folders that the room's README lists above it."""
    for room in house.ROOMS:
        order = listed_folders(tree, room) if f"{room}/README.md" in tree.files else []
        unlisted = {}
        for path in tree.in_folders([room]):
            folder = folder_of(path).partition("/")[2]
            if folder not in order:
                unlisted.setdefault(folder, path)
                continue
            for include in tree.includes(path):
                target_room, _, target = folder_of(include.path).partition("/")
                if include.quoted and target_room == room and target not in order[:order.index(folder) + 1]:
                    yield f"{path}:{include.line}: {folder} includes {target}, which {room}/README.md lists below it"
        for folder, path in unlisted.items():
            yield f"{path}:1: {room}/README.md does not list `{folder}/`"


def _library_of(include):
    for library, (beginnings, _) in house.DOORS.items():
        if include.path.startswith(beginnings):
            return library
    return None


def _at_door(path, library):
    return path.startswith(tuple(f"{door}/" for door in house.DOORS[library][1]))


def one_door_per_library(tree):
    """Only a library's door includes it; a library without a door is not used."""
    for path in tree.in_folders(house.ROOMS):
        for include in tree.includes(path):
            if include.quoted:
                continue
            library = _library_of(include)
            if library and not _at_door(path, library):
                yield f"{path}:{include.line}: {library} has its door at {' and '.join(house.DOORS[library][1])}"
            elif not library and ("/" in include.path or "." in include.path) and not include.path.startswith(
                    (*house.EVERYWHERE, *house.SYSTEM)):
                yield f"{path}:{include.line}: <{include.path}> has no door; see tests/tidy/house.py"


def _libraries_behind(tree, path, known):
    """The libraries that including `path` brings along."""
    if path not in known:
        known[path] = set()
        for include in tree.includes(path) if path in tree.files else ():
            if include.quoted:
                known[path] |= _libraries_behind(tree, include.path, known)
            elif library := _library_of(include):
                known[path].add(library)
    return known[path]


def doors_stay_shut(tree):
    """No header that another folder includes shows a library."""
    known = {}
    for path in tree.in_folders(house.ROOMS):
        for include in tree.includes(path):
            if not include.quoted or folder_of(include.path) == folder_of(path):
                continue
            for library in sorted(_libraries_behind(tree, include.path, known)):
                if not _at_door(path, library):
                    yield f"{path}:{include.line}: {include.path} brings {library} along"


def _uses(tree, paths, pattern, sentence):
    for path in paths:
        for match in re.finditer(pattern, tree.code(path)):
            yield f"{path}:{line_of(tree.code(path), match.start())}: {match.group(0).strip()}: {sentence}"


def time_through_clock(tree):
    """Only the clock's own file reads the machine's clocks."""
    paths = [path for path in tree.in_folders(house.ROOMS) if path != house.CLOCK]
    pattern = (r"\b(?:system|steady|high_resolution|utc|tai|gps|file)_clock\s*::\s*now\b|\bclock_gettime\b"
               r"|\bgettimeofday\b|\btimespec_get\b|\bftime\b|\b(?:local|gm)time(?:_r)?\s*\("
               r"|(?<![\w.>])time\s*\(\s*(?:nullptr|NULL|0|&[^)]*)\s*\)|\bstd\s*::\s*clock\b")
    return _uses(tree, paths, pattern, "time comes through weir::Clock")


def no_locks(tree):
    """What is single-threaded shares nothing between threads."""
    paths = [path for path in tree.in_folders(house.SINGLE_THREADED) if folder_of(path) not in house.MAY_LOCK]
    pattern = (r"\bstd\s*::\s*(?:(?:recursive_|shared_|timed_)*mutex|(?:lock_guard|unique_lock|scoped_lock|shared_lock)"
               r"|condition_variable(?:_any)?|atomic\w*|j?thread|async|future|promise|call_once|once_flag"
               r"|counting_semaphore|binary_semaphore|latch|barrier)\b|\bpthread_\w+")
    return _uses(tree, paths, pattern, "this part of the house has one thread at a time")


def _over(found, exceptions, limit):
    """Faults of sizes (key: (place, size)) over a limit, where exceptions may only shrink."""
    for key, (place, size) in found.items():
        allowed = exceptions.get(key, limit)
        if size > allowed:
            yield f"{place}: {size} lines, {allowed} allowed"
        elif key in exceptions and size <= limit:
            yield f"{place}: within the limit now: strike it from tests/tidy/house.py"
        elif key in exceptions and size < allowed:
            yield f"{place}: shrunk to {size}: lower its number in tests/tidy/house.py"
    for key in exceptions.keys() - found.keys():
        yield f"tests/tidy/house.py:1: {key} is gone: strike it"


def file_size(tree):
    """Files are short."""
    found = {path: (f"{path}:1", tree.text(path).count("\n"))
             for path in tree.in_folders((*HELD, "deploy"), (*CPP, *SCRIPTS))}
    yield from _over(found, house.LONG_FILES, house.FILE_LINES)


def function_size(tree):
    """Functions are short."""
    found = {}
    for path in tree.in_folders((*HELD, "deploy"), (*CPP, ".py")):
        functions = python_functions(tree.text(path)) if path.endswith(".py") else cpp_functions(tree.code(path))
        for function in functions:
            place = (f"{path}:{function.line}: {function.name}", function.lines)
            found[path, function.name] = max(place, found.get((path, function.name), place), key=lambda it: it[1])
    yield from _over(found, house.LONG_FUNCTIONS, house.FUNCTION_LINES)


def _lists_of(tree, path):
    """The CMakeLists.txt of the file's folder and of those above it, nearest first, with the file's name from there."""
    for folder in pathlib.PurePosixPath(path).parents:
        yield str(folder / "CMakeLists.txt"), str(pathlib.PurePosixPath(path).relative_to(folder))


def _names(tree, lists, word):
    text = re.sub(r"#[^\n]*", "", tree.text(lists))
    return re.search(rf"(?<![\w./-]){re.escape(word)}(?![\w./-])", text) is not None


def nothing_unlisted(tree):
    """Every .cpp file and every CMakeLists.txt is named by a CMakeLists.txt above it, so that it is built."""
    for path in tree.in_folders(HELD, (".cpp",)):
        if not any(lists in tree.files and _names(tree, lists, name) for lists, name in _lists_of(tree, path)):
            yield f"{path}:1: no CMakeLists.txt lists it"
    for path in tree.in_folders(HELD, ("/CMakeLists.txt",)):
        folder = str(pathlib.PurePosixPath(path).parent)
        if not any(lists in tree.files and _names(tree, lists, name)
                   for lists, name in _lists_of(tree, folder)):
            yield f"{path}:1: no CMakeLists.txt above adds its folder"


def readme_per_room(tree):
    """Each room says what it is."""
    for room in house.WITH_README:
        if any(path.startswith(room + "/") for path in tree.files) and f"{room}/README.md" not in tree.files:
            yield f"{room}:1: it has no README.md"


def names_say_something(tree):
    """No file or folder has an empty name."""
    for path in tree.files:
        for word in re.split(r"[/._-]", path.lower()):
            if word in house.EMPTY_NAMES:
                yield f'{path}:1: "{word}" says nothing'


def no_registry_hosts(tree):
    """Package registries are reached as the machine is set up, never by a name in the tree."""
    pattern = re.compile("|".join(re.escape(host) for host in house.REGISTRIES), re.IGNORECASE)
    for path in tree.files:
        for match in pattern.finditer(tree.text(path)):
            yield f"{path}:{line_of(tree.text(path), match.start())}: names the registry host {match.group(0)}"


def codes_are_used(tree):
    """Every code of the errors list is given by somebody."""
    if house.ERRORS not in tree.files:
        return
    product = "\n".join(tree.code(path) for path in tree.in_folders(house.ROOMS))
    used = set(re.findall(r"\bCode::(\w+)", product))
    text = tree.text(house.ERRORS)
    declared = {match.group(1): line_of(text, match.start()) for match in re.finditer(r"^WEIR_ERROR\((\w+)", text, re.M)}
    for code, line in declared.items():
        if code not in used and code not in house.UNUSED_CODES:
            yield f"{house.ERRORS}:{line}: nothing gives {code}"
        elif code in used and code in house.UNUSED_CODES and not house.UNUSED_CODES_MAY_BE_STALE:
            yield f"{house.ERRORS}:{line}: {code} is used now: strike it from tests/tidy/house.py"
    for code in sorted(house.UNUSED_CODES - declared.keys()):
        yield f"tests/tidy/house.py:1: {code} is no code: strike it"


def package_list(tree):
    """The package that removes Boost 1.81 is never installed."""
    for number, line in enumerate(tree.text("deploy/packages.txt").splitlines() if "deploy/packages.txt" in tree.files
                                  else (), 1):
        for package in re.split(r"[\s|]+", line.partition("#")[0])[1:]:
            if re.fullmatch(r"libboost(-all|-[a-z]+)?-dev", package):
                yield f"deploy/packages.txt:{number}: {package} removes Boost 1.81"


def mutants_stand(tree):
    """The text of each bug that `make mutants` sows stands in its file exactly once."""
    if MUTANTS not in tree.files:
        return
    listing = tree.text(MUTANTS)
    for mutant in read_mutants(listing):
        count = tree.text(mutant.path).count(mutant.search) if mutant.path in tree.files else 0
        if count != 1 or not mutant.tests:
            line = line_of(listing, listing.index(f"=== {mutant.name}"))
            yield f"{MUTANTS}:{line}: its text stands {count} times in {mutant.path}, for {len(mutant.tests)} tests"


ALL = (include_direction, folder_order, one_door_per_library, doors_stay_shut, time_through_clock, no_locks, file_size,
       function_size, nothing_unlisted, readme_per_room, names_say_something, no_registry_hosts, codes_are_used,
       package_list, mutants_stand)
