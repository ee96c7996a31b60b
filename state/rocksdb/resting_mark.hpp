// Inside state/rocksdb only: what a store was when it was opened or closed last, in a file beside its own. RocksDB
// opens without complaint when the end of its manifest, or of a write-ahead log, is gone with the rows in it
// (reliability M5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "schemas/base/hash.hpp"
#include "schemas/base/result.hpp"

namespace weir::rocks {

struct RestingMark {
  std::string manifest;       // the name of the file that CURRENT named
  std::uint64_t bytes = 0;    // of it, which from then on only grew
  Hash128 content;            // of these bytes
  std::uint64_t changes = 0;  // that the store had seen, each of one row
};

/// The mark of the store in the folder; nothing if it has none: it is new, or a copy of one at work. Errors:
/// state_damaged, storage_failed.
Result<std::optional<RestingMark>> load_mark(const std::string& path);
/// Before the store is opened: the manifest is at least what it was. Error: state_damaged.
Result<void> check_manifest(const std::string& path, const RestingMark& mark);
/// Of a store whose files are durable up to `changes`. Two fsyncs. Error: storage_failed.
Result<void> save_mark(const std::string& path, std::uint64_t changes);

}  // namespace weir::rocks
