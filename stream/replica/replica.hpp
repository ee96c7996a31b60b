// The views of one shard as another node's publisher tells them, in a store of this node: a mirror of what the shard's
// partition of the views topic holds, generation by generation, of which one generation is shown: the newest that is
// whole. It moves on by whole batches. No thread of its own (exchange.hpp).
//
// A reading begins at the begin of the partition. The topic takes away what was replaced, so batches that lie behind it
// may have holes: nothing is shown until the reading has once seen everything (KeyedPiece::at_end). From then on every
// batch is counted; where one is not whole, the topic was faster, and a new reading begins, while what is shown stays.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "schemas/base/clock.hpp"
#include "state/store/store.hpp"
#include "stream/log/keyed_topic.hpp"
#include "stream/replica/records.hpp"
#include "stream/runtime/change_sink.hpp"
#include "stream/runtime/commit_watch.hpp"

namespace weir::replica {

struct ReplicaOptions {
  std::size_t piece_bytes = std::size_t{1} << 20;        // taken in one step, about
  std::size_t batch_bytes_max = std::size_t{32} << 20;   // of a batch, held until its mark; a larger one is no batch
  Clock::Steady reading_gap = std::chrono::seconds{10};  // at least, between the begins of two readings
};

/// How a shard's views stand here.
struct ReplicaStatus {
  std::uint64_t generation = 0;  // that is shown; 0: none
  std::string owner;             // the address of who published it
  std::uint64_t lag = 0;         // records of the log that the views did not include then
  Clock::Steady staleness{};     // since it was last known to be the newest
  std::uint64_t batches = 0;     // applied
  std::uint64_t readings = 0;    // begun
  std::uint64_t strange = 0;     // records that are none of views, or of a format that is not known here
};

/// One thread at a time, but for snapshot() and status().
class Replica {
 public:
  /// Whom it tells what it shows, as the shard's task would if it were here.
  struct Listeners {
    runtime::CommitWatch* watch = nullptr;
    runtime::ChangeSink* changes = nullptr;  // null: none
  };

  /// All outlive it. `mirror` holds nothing of this shard; `arrived` as of KeyedTopic::read().
  Replica(std::uint32_t shard, log::KeyedTopic& topic, store::Store& mirror, const Clock& clock, Listeners listeners,
          std::function<void()> arrived, ReplicaOptions options = {});

  /// Does a bounded amount of work. True: there is more at once. Error: of the mirror, which is final.
  Result<bool> step();

  /// Whether it tells its listeners (at first: not). While the shard is here its task does. When it begins to tell,
  /// everything has changed. Error: of the mirror.
  Result<void> tell(bool tells);

  /// The state's views include all that is shown, which may be nothing; false while that is not known yet. Errors:
  /// those of both.
  Result<bool> is_included_in(const store::Reader& state) const;
  /// The newest generation that was claimed, 0 for none.
  std::uint64_t newest() const { return newest_; }
  /// Keys of records that generations older than this one have left, behind `after`, ascending, some thousand at a
  /// time; none while it is not the one that is shown.
  Result<std::vector<std::string>> obsolete(std::uint64_t generation, const std::string& after) const;

  // Any thread:
  /// What is shown; null: nothing yet.
  std::shared_ptr<const store::Snapshot> snapshot() const;
  ReplicaStatus status() const;

 private:
  struct Generation {
    std::optional<Head> head;
    bool has_mark = false;
    std::uint64_t rows = 0;   // behind its begin, its head or its last mark
    std::uint64_t batch = 0;  // the last that was ended
    std::uint64_t lag = 0;
  };

  Result<void> take(const log::KeyedEntry& entry);
  Result<void> take_row(std::uint64_t generation, std::string_view key, const std::optional<std::string>& value);
  Result<void> take_head(std::uint64_t generation, const std::optional<std::string>& value);
  Result<void> take_mark(std::uint64_t generation, const std::optional<std::string>& value);
  Result<void> end_batch(Generation& generation, const Mark& mark);
  Result<void> show_newest();
  Result<void> show(std::uint64_t generation);
  Result<void> tell_everything(const std::function<Result<void>()>& change);
  Result<void> tell_offsets(const std::vector<std::string>& workspaces);
  Result<void> write_aside();
  Result<bool> remove_former();
  Result<bool> remove_range(const std::string& from, const std::string& to);
  Result<bool> begin_reading();
  void forget(std::uint64_t generation);
  std::string reading_prefix(std::uint32_t reading) const;
  std::string prefix_of(std::uint64_t generation) const;
  std::string shown_prefix() const;

  const std::uint32_t shard_;
  log::KeyedTopic& topic_;
  store::Store& mirror_;
  const Clock& clock_;
  const Listeners listeners_;
  const std::function<void()> arrived_;
  const ReplicaOptions options_;

  std::unique_ptr<log::KeyedReader> reader_;  // null: none reads
  std::uint32_t reading_ = 0;                 // numbered from 1
  Clock::Steady read_at_{};                   // when the next reading may begin
  bool settled_ = false;                      // the reading has once seen everything
  bool is_broken_ = false;                    // the reading cannot be trusted any more
  std::map<std::uint64_t, Generation> generations_;
  std::uint64_t shown_ = 0;  // the generation of this reading that is shown; 0: none yet
  store::Batch open_;        // rows of its batch that has not ended
  store::Batch aside_;       // rows of others, not written yet
  std::uint64_t newest_ = 0;
  bool tells_ = false;
  bool former_left_ = false;   // there may be rows of former readings
  Clock::Steady marked_at_{};  // when the last mark of what is shown came

  mutable std::mutex mutex_;
  std::string shown_at_;  // prefix of what is shown, under mutex_ as all below
  ReplicaStatus status_;
  Clock::Steady fresh_at_;
};

}  // namespace weir::replica
