// The log on one keyed store: everything queued becomes one batch and one fsync (group commit). One row per block;
// every row carries digests of its content and of all blocks before it, so that damage, loss and reordering are
// noticed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "schemas/base/clock.hpp"
#include "state/store/store.hpp"
#include "stream/log/high_water.hpp"
#include "stream/log/log.hpp"

namespace weir::log {

struct EmbeddedOptions {
  std::uint32_t partitions = 16;  // must be what the log was made with
  std::size_t queue_bytes = std::size_t{64} << 20;
  std::size_t tail_bytes = std::size_t{64} << 20;    // recently appended blocks kept in memory
  std::size_t block_bytes = std::size_t{256} << 10;  // a block is closed when it reaches this
  std::size_t commit_bytes = std::size_t{8} << 20;   // of one group commit
};

/// What to do with a record: nothing keeps it, else what takes its place (Record{Kind::redacted, ""} erases it).
using Redact = std::function<std::optional<Record>(const Entry& entry)>;

/// Has no thread: AppenderThread, or the simulator, calls commit_pending().
class EmbeddedLog final : public Log {
 public:
  /// Opens or makes the log in a store that holds nothing else; `store`, `high_water` and `clock` must outlive it.
  /// Checks the chain from the high water on (from the beginning if there is none). Errors: log_damaged naming
  /// workspace and partition, state_format (made with another partition count or version), storage_failed.
  static Result<std::unique_ptr<EmbeddedLog>> open(store::Store& store, HighWaterKeeper& high_water, const Clock& clock,
                                                   const EmbeddedOptions& options);
  ~EmbeddedLog() override;

  std::uint32_t partitions() const override;
  std::vector<std::string> workspaces() const override;
  Result<void> ensure_workspace(const std::string& name) override;
  Result<void> append(const std::string& workspace, std::vector<Addressed> records, Appended appended) override;
  Result<Blocks> read(const std::string& workspace, std::uint32_t partition, std::uint64_t from,
                      std::size_t max_bytes) const override;
  Result<std::uint64_t> begin_offset(const std::string& workspace, std::uint32_t partition) const override;
  Result<std::uint64_t> end_offset(const std::string& workspace, std::uint32_t partition) const override;
  std::unique_ptr<Subscription> subscribe(std::uint32_t partition, Grown grown) override;

  /// Writes what is queued as one synced batch, then tells subscribers and appenders; saves the high water when a
  /// second has passed since the last time. One thread at a time. Returns the number of appends committed. An error is
  /// final: every append, queued or later, gets storage_failed.
  Result<std::size_t> commit_pending();
  /// Waits until something is queued, `wait` has passed, or wake() is called.
  void wait_for_pending(Clock::Steady wait);
  void wake();
  /// For a clean stop: the next open has nothing to check. Called by the thread that commits.
  Result<void> save_high_water();

  /// Rewrites the blocks of the partition in which `redact` changes a record, then compacts, so that the old bytes
  /// leave the disk; what was read before stays in memory as long as its reader holds it. Returns the number of records
  /// changed. Slow; beside appends and reads. A crash in between is made good by finish_rewrites().
  Result<std::uint64_t> rewrite(const std::string& workspace, std::uint32_t partition, const Redact& redact);
  /// Compacts what a rewrite before a crash left behind. To be called once after opening, in the background.
  Result<void> finish_rewrites();
  /// Drops the blocks that lie wholly below `offset`.
  Result<void> trim(const std::string& workspace, std::uint32_t partition, std::uint64_t offset);
  /// By which the records before `offset` are known again, also when some were redacted: the chain over them and what
  /// was appended together with the last of them. Error: log_damaged, when they are not there or were trimmed.
  Result<Hash128> fingerprint(const std::string& workspace, std::uint32_t partition, std::uint64_t offset) const;
  /// Does the work while nothing in the log's store changes, so that a copy of it and of what depends on it are of one
  /// moment. What is appended waits. Returns the work's error.
  Result<void> while_still(const std::function<Result<void>()>& work);
  /// Reads the whole partition and checks every digest. Errors: log_damaged, storage_failed.
  Result<void> verify(const std::string& workspace, std::uint32_t partition) const;

  /// Bytes that wait to be committed.
  std::size_t queued_bytes() const;
  /// Appends that were refused because their workspace held its share of the queue.
  std::uint64_t refused_appends() const;

 private:
  struct Parts;

  explicit EmbeddedLog(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace weir::log
