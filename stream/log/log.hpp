// The log: the one buffer of Weir and the truth about what was accepted. Every workspace has one topic of events with
// the same number of partitions; a partition is a sequence of records, each with an offset (0, 1, …), kept in immutable
// blocks. Two implementations: embedded (embedded_log.hpp) and Kafka (kafka/kafka_log.hpp).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/hash.hpp"
#include "schemas/base/result.hpp"
#include "schemas/base/time.hpp"
#include "stream/log/position.hpp"

namespace weir::log {

/// What a record says. The numbers are stored: add, never change.
enum class Kind : std::uint8_t {
  redacted = 0,  // its content was erased; the offset stays taken
  event = 1,     // canonical JSON
  tick = 2,      // from here on, control records: stream/runtime/control_records.hpp
  upload_end = 3,
  upload_abort = 4,
  withdraw = 5,
  erase = 6,
  settings = 7,
  replay = 8,
  document = 9,      // stream/documents
  delivery = 10,     // stream/alerts/delivery.hpp
  command = 11,      // stream/alerts/command.hpp
  observation = 12,  // stream/thresholds/observation.hpp
  // What nobody appends, but a reader of Kafka may find:
  produced = 254,  // an event as any producer wrote it, to be validated like a posted one
  unsealed = 255,  // a record that claims to be ours and is not
};
inline constexpr Kind last_kind = Kind::observation;  // of those that are appended

struct Record {
  Kind kind = Kind::event;
  std::string value;

  friend bool operator==(const Record&, const Record&) = default;
};

/// A record for a partition; partition_of() says which one a case has.
struct Addressed {
  std::uint32_t partition = 0;
  Record record;
};

/// A record as it is read; `value` points into its block.
struct Entry {
  std::uint64_t offset = 0;
  Kind kind = Kind::event;
  std::string_view value;
};

/// Records that were appended together. Immutable, shared between threads.
class Block {
 public:
  virtual ~Block() = default;
  virtual std::uint64_t base_offset() const = 0;
  /// The offset behind the last record; the next block's base.
  virtual std::uint64_t end_offset() const = 0;
  /// The log's wall clock when it took the records.
  virtual Time append_time() const = 0;
  /// Ascending by offset. An offset between base and end that no entry has is not taken by anything (Kafka: by nothing
  /// that readers are shown).
  virtual const std::vector<Entry>& entries() const = 0;
  /// What it holds in memory.
  virtual std::size_t bytes() const = 0;
};
using Blocks = std::vector<std::shared_ptr<const Block>>;

/// The last record that a reader took: whether a log is still the one that was read.
struct Witness {
  std::uint64_t next = 0;    // the offset that the reader goes on from
  std::uint64_t offset = 0;  // of the record, < next
  Hash128 content;           // hash128 of its value
};

/// Told once when the records are durable, on the log's thread, or that they may not be. Must return soon.
using Appended = std::function<void(Result<Position>)>;

/// Told, on the log's thread, that a partition of the workspace has grown. Must return soon, and neither subscribe nor
/// end a subscription.
using Grown = std::function<void(const std::string& workspace)>;

/// Ends the subscription when destroyed; once that returns, no call is under way nor will come. Not to outlive the log.
class Subscription {
 public:
  virtual ~Subscription() = default;
};

/// Thread-safe.
class Log {
 public:
  virtual ~Log() = default;

  /// The same for every workspace, for the life of the log.
  virtual std::uint32_t partitions() const = 0;

  /// The names of all workspaces, sorted.
  virtual std::vector<std::string> workspaces() const = 0;
  /// Makes the workspace (a plain name) if there is none; durable on return.
  virtual Result<void> ensure_workspace(const std::string& name) = 0;

  /// Queues the records and returns at once. They become durable in the order given: embedded all together or none, on
  /// Kafka each by itself, so that after an error some may be there; whoever sends them again with the same identities
  /// changes nothing. When an error is returned nothing was queued and `appended` is never called. Errors: overloaded
  /// (the workspace holds its share of the queue), log_unreachable (Kafka: it took nothing for 10 s), not_found (no
  /// such workspace), storage_failed (the log has failed; the process has to stop).
  virtual Result<void> append(const std::string& workspace, std::vector<Addressed> records, Appended appended) = 0;

  /// Blocks from the one that holds `from` on, only durable ones: at least one if `from` is less than end_offset(),
  /// more until `max_bytes` is reached. Entries before `from` are to be skipped. On Kafka one reader at a time reads a
  /// partition; where it does not go on from its last blocks, they have to be fetched first: nothing is returned and
  /// end_offset() is `from` until they have arrived. Errors: not_found; log_damaged, also when `from` lies before the
  /// begin or behind the end; log_truncated, log_recreated; storage_failed.
  virtual Result<Blocks> read(const std::string& workspace, std::uint32_t partition, std::uint64_t from,
                              std::size_t max_bytes) const = 0;

  /// The first offset that was not trimmed. Error: not_found.
  virtual Result<std::uint64_t> begin_offset(const std::string& workspace, std::uint32_t partition) const = 0;
  /// The offset behind the last durable record that can be read now. Errors: not_found, and those of read(). Cheap.
  virtual Result<std::uint64_t> end_offset(const std::string& workspace, std::uint32_t partition) const = 0;
  /// The offset behind the last record known to be durable: on Kafka it may not have arrived yet. Error: not_found.
  virtual Result<std::uint64_t> newest_offset(const std::string& workspace, std::uint32_t partition) const {
    return end_offset(workspace, partition);
  }

  /// To be called before the first read() of a partition by a reader who has read it before: nothing behind `last` is
  /// handed out until the log was seen to hold that record still (reliability R6). What is found is told by the next
  /// end_offset() or read(). The embedded log has its own chain of digests instead.
  virtual void resume(const std::string& workspace, std::uint32_t partition, const Witness& last) {
    (void)workspace, (void)partition, (void)last;
  }

  /// The partition's reader is gone, in every workspace: what was fetched ahead for it is dropped.
  virtual void release(std::uint32_t partition) { (void)partition; }

  /// Calls `grown` whenever that partition of any workspace has grown.
  virtual std::unique_ptr<Subscription> subscribe(std::uint32_t partition, Grown grown) = 0;
};

}  // namespace weir::log
