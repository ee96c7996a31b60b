// The keyed store: ordered bytes to bytes, atomic batches, snapshots. Two implementations hold one contract: RocksDB
// (state/rocksdb) and an ordered map (state/memory). The embedded log and every shard's state stand on it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schemas/base/result.hpp"

namespace weir::store {

/// A list of puts and deletes that takes effect as a whole or not at all. Later entries win over earlier ones. The
/// bytes are copied into the batch; two allocations a key would cost as much as the write.
class Batch {
 public:
  /// Valid until clear().
  struct Entry {
    std::string_view key;
    std::optional<std::string_view> value;  // empty: delete
  };

  void put(std::string_view key, std::string_view value) { entries_.push_back({copy(key), copy(value)}); }
  void erase(std::string_view key) { entries_.push_back({copy(key), std::nullopt}); }
  const std::vector<Entry>& entries() const { return entries_; }
  bool empty() const { return entries_.empty(); }
  /// Of keys and values.
  std::size_t bytes() const { return bytes_; }
  void clear();
  /// Sorts by key, keeping only the last entry of each: a sorted batch is what a memtable takes fastest. O(n log n).
  void sort();

 private:
  struct Chunk {
    std::unique_ptr<char[]> bytes;
    std::size_t free;
    char* at;
  };
  std::string_view copy(std::string_view bytes);

  std::vector<Entry> entries_;
  std::vector<Chunk> chunks_;
  std::size_t bytes_ = 0;
};

/// Called for each pair in key order; the views are valid during the call only. Return false to stop.
using Visit = std::function<bool(std::string_view key, std::string_view value)>;

/// What both a store and a snapshot of it can be asked.
class Reader {
 public:
  virtual ~Reader() = default;
  /// The value under the key, or nothing. Errors of all: storage_failed, state_damaged.
  virtual Result<std::optional<std::string>> get(std::string_view key) const = 0;
  /// One answer per key, in the order asked. Faster than single gets; `keys` should be sorted.
  virtual Result<std::vector<std::optional<std::string>>> multi_get(const std::vector<std::string>& keys) const = 0;
  /// Every pair with from <= key < to, ascending; an empty `to` has no upper end.
  virtual Result<void> scan(std::string_view from, std::string_view to, const Visit& visit) const = 0;
  /// The same pairs, descending.
  virtual Result<void> scan_backwards(std::string_view from, std::string_view to, const Visit& visit) const = 0;
};

/// An unchanging view of the store as of its creation. May be read from any thread; release it soon, it pins space.
class Snapshot : public Reader {};

enum class Durability : std::uint8_t {
  buffered,  // survives the end of the process, not the loss of power
  synced,    // on the disk when the call returns
};

/// Thread-safe. An error of write() is final: what was written is unknown, no later write succeeds, and the process
/// must reopen the store (reliability R4).
class Store : public Reader {
 public:
  virtual Result<void> write(const Batch& batch, Durability durability) = 0;
  virtual std::shared_ptr<const Snapshot> snapshot() const = 0;
  /// Rewrites the range so that deleted and overwritten bytes leave the disk. Slow; runs beside reads and writes.
  virtual Result<void> compact(std::string_view from, std::string_view to) = 0;
  /// Makes every buffered write durable.
  virtual Result<void> sync() = 0;
};

/// A store that keeps its content in files.
class DiskStore : public Store {
 public:
  /// Makes `folder`, which must not be there, a store with this one's content: every write that ended before the call
  /// is in it, of those under way a prefix. Tables that never change are shared by hard links where the disk is the
  /// same, so it costs little but a flush. Beside reads and writes. Error: storage_failed, which is not final.
  virtual Result<void> copy_to(const std::string& folder) = 0;
};

/// The smallest key that is greater than every key with this prefix; empty if there is none.
std::string end_of_prefix(std::string_view prefix);

}  // namespace weir::store
