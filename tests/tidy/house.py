"""The house as it is meant to be: what tests/tidy holds the tree to. Lists of exceptions may only shrink."""

# A room includes itself and rooms to its left.
ROOMS = ("schemas", "state", "stream", "api")
# These may include every room; no room may include them.
AROUND = ("tests", "bench")
# Each has a README.md. A room's README also lists its folders in their order: a folder includes only folders above it.
WITH_README = (*ROOMS, "deploy", *AROUND)

# Library: (what its #include begins with, the folders that may write it).
# What bench/limits measures is a library without anything of ours.
DOORS = {
    "simdjson": (("simdjson",), ("schemas/codec", "bench/limits")),
    "xxhash": (("xxhash", "xxh3"), ("schemas/base",)),
    "date": (("date/",), ("schemas/calendar",)),
    "rocksdb": (("rocksdb/",), ("state/rocksdb", "bench/limits")),
    "libcurl": (("curl/",), ("state/http",)),
    "librdkafka": (("librdkafka/",), ("stream/log/kafka", "bench/limits")),
    "expat": (("expat",), ("stream/ingest",)),
    "zlib": (("zlib",), ("stream/ingest",)),
    "re2": (("re2/",), ("stream/rules",)),
    "openssl": (("openssl/",), ("schemas/crypto", "api/net")),
    "libsodium": (("sodium",), ("schemas/crypto",)),
    "Boost.Beast and Asio": (("boost/beast", "boost/asio"), ("api/net",)),
    "prometheus-cpp": (("prometheus/",), ("api/metrics",)),
    "spdlog": (("spdlog/", "fmt/"), ("api/app",)),
    "yaml-cpp": (("yaml-cpp/",), ("api/app",)),
    "CLI11": (("CLI/",), ("api/app",)),
}
# Libraries without a door: headers alone, wanted in many places.
EVERYWHERE = ("boost/container/", "boost/multiprecision/", "boost/unordered/")
# What the machine itself offers.
SYSTEM = ("arpa/", "linux/", "net/", "netinet/", "sys/", "dirent.h", "dlfcn.h", "emmintrin.h", "execinfo.h", "fcntl.h",
          "malloc.h", "netdb.h", "poll.h", "pthread.h", "sched.h", "signal.h", "stdio.h", "stdlib.h", "string.h",
          "termios.h", "time.h", "unistd.h")

# The one file that reads the machine's clocks.
CLOCK = "schemas/base/clock.cpp"

# One thread at a time: what shares memory between threads is not written here…
SINGLE_THREADED = ("schemas", "state", "stream/dataflow", "stream/operators")
# …but for these, which say in their headers what they lock and why.
MAY_LOCK = ("state/memory", "state/rocksdb", "state/store")

FILE_LINES = 500
FUNCTION_LINES = 60
# path: lines. Larger than the rule allows, and may only shrink.
LONG_FILES = {}
# (path, function): lines.
LONG_FUNCTIONS = {}

# Names that say nothing.
EMPTY_NAMES = ("util", "utils", "utility", "utilities", "helper", "helpers", "manager", "common", "misc")

# Hosts of package registries, in two halves so that this file does not name them.
REGISTRIES = tuple(".".join(halves) for halves in (
    ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("yarnpkg", "com"), ("crates", "io"),
    ("deb.debian", "org"), ("security.debian", "org"), ("ftp.debian", "org"), ("snapshot.debian", "org"),
    ("proxy.golang", "org"), ("sum.golang", "org"), ("repo.maven.apache", "org"), ("repo1.maven", "org"),
    ("archive.ubuntu", "com"), ("docker", "io"), ("ghcr", "io"), ("quay", "io")))

ERRORS = "schemas/base/errors.def"
# Codes of errors.def that nothing uses yet. May only shrink.
UNUSED_CODES = {
    "bad_cursor", "bad_xes", "bad_xml", "doctype_refused", "draining", "erased", "invalid_document", "log_damaged",
    "not_caught_up", "precondition_failed", "quota_exceeded", "storage_full"}
# While the first rooms are being filled, a listed code that has come into use is no fault. Then: False.
UNUSED_CODES_MAY_BE_STALE = True
