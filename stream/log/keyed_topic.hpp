// A topic that keeps the last record of each key: how nodes tell each other what holds now. Partitioned as the log; a
// partition is a sequence of records with offsets, from which the topic takes away, whenever it likes, a record that a
// later one of the same key has replaced, and in the end also one without a value (compaction).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "schemas/base/result.hpp"

namespace weir::log {

struct KeyedRecord {
  std::string key;
  std::optional<std::string> value;  // none: nothing holds under the key any more

  friend bool operator==(const KeyedRecord&, const KeyedRecord&) = default;
};

/// A record as it is read.
struct KeyedEntry {
  std::uint64_t offset = 0;
  KeyedRecord record;

  friend bool operator==(const KeyedEntry&, const KeyedEntry&) = default;
};

/// What has arrived of a partition.
struct KeyedPiece {
  std::vector<KeyedEntry> entries;  // ascending by offset
  /// Nothing lay behind the last record handed out when it was looked last. Then whatever was taken away before it was
  /// read had been replaced by something that was read.
  bool at_end = false;
  std::uint64_t left_out = 0;  // records that nobody of this cluster wrote
};

/// Reads one partition from its begin on. One thread at a time; not to outlive its topic.
class KeyedReader {
 public:
  virtual ~KeyedReader() = default;
  /// What has arrived, at most some more than `bytes_max` of it. Does not wait. Errors, which are final for this
  /// reader: log_damaged, log_recreated, log_truncated.
  virtual Result<KeyedPiece> take(std::size_t bytes_max) = 0;
};

/// Thread-safe.
class KeyedTopic {
 public:
  /// Told once, on a thread of the topic, when the records are durable: the offset of the last. After an error
  /// (log_unreachable) some of them may be there. Must return soon.
  using Appended = std::function<void(Result<std::uint64_t> last)>;

  virtual ~KeyedTopic() = default;

  virtual std::uint32_t partitions() const = 0;
  /// Queues the records and returns at once; those of a partition become durable in the order given. When an error is
  /// returned nothing was queued and `appended` is never called: overloaded, log_unreachable.
  virtual Result<void> append(std::uint32_t partition, std::vector<KeyedRecord> records, Appended appended) = 0;
  /// `arrived` is called on a thread of the topic when take() may have more; not once the reader is gone.
  virtual Result<std::unique_ptr<KeyedReader>> read(std::uint32_t partition, std::function<void()> arrived) = 0;
};

}  // namespace weir::log
