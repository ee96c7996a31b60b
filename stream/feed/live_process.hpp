// One process as whoever shows it live follows it: what changed since one last looked, and the changed entries read
// again from snapshots that belong to just that list.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "stream/feed/change_channel.hpp"
#include "stream/feed/process_view.hpp"
#include "stream/feed/variant_counts.hpp"

namespace weir::feed {

/// One thread at a time. Reads stores, never a task.
class LiveProcess {
 public:
  /// Null: the shard is not here.
  using SnapshotOf = std::function<std::shared_ptr<const store::Snapshot>(std::uint32_t shard)>;

  /// `channel` and `operators` must outlive it. `changed` as of ChangeChannel::follow().
  LiveProcess(ChangeChannel& channel, std::uint32_t shards, SnapshotOf snapshot, const dataflow::Operators& operators,
              std::string workspace, std::string process, std::function<void()> changed,
              std::size_t variants_max = 1'000'000);
  ~LiveProcess();

  /// Goes on to what the shards hold now and tells what changed since the last call (at first: everything). Cells are
  /// numbered in names of its own, the same for all shards; of handovers nothing is told. An error (storage_failed,
  /// state_format, shard_elsewhere) leaves it where all has to be read again. O(changes).
  Result<Changes> advance();

  /// As of the last advance().
  const Snapshots& snapshots() const { return snapshots_; }

  /// These cells, merged over all shards, with the record; a cell that is not there is gone. Null where the cells do
  /// not know some extreme, which only read_all() looks up. O(cells × shards).
  Result<std::unique_ptr<ProcessView>> read(const std::vector<dataflow::CellKey>& cells);
  /// Whole tables, as read_view().
  Result<std::unique_ptr<ProcessView>> read_all(const std::vector<dataflow::Table>& tables);
  /// The name of a number in a cell's key that advance() told.
  std::string_view name(std::uint64_t number) const { return names_.text(static_cast<dataflow::NameId>(number)); }

  /// From now on every advance() counts variants. Error: as of advance(). O(variants) at first.
  Result<void> count_variants();
  /// Null where they are not counted, or were once more than `variants_max`: that would take too much memory.
  const VariantCounts* variants() const { return variants_.get(); }

 private:
  struct Shard;

  Result<Changes> advance_shard(std::uint32_t index);
  Result<void> read_names(std::uint32_t index);
  bool translate(std::uint32_t index, const Changes& changes, Changes& told);
  dataflow::NameId number_of(std::uint32_t index, std::uint64_t number);
  Result<void> count_changed(std::uint32_t index, const Changes& changes);
  Result<void> count_shard(std::uint32_t index);
  void give_up_if_too_many();
  using VisitRead = std::function<void(const dataflow::CellKey&, dataflow::Cell)>;
  std::vector<dataflow::CellKey> in_shard(std::uint32_t index, const std::vector<dataflow::CellKey>& cells) const;
  Result<void> visit_cells(std::uint32_t index, const std::vector<dataflow::CellKey>& cells,
                           const dataflow::HashedCells::Size& hashed, const VisitRead& visit) const;

  const SnapshotOf snapshot_;
  const dataflow::Operators& operators_;
  const std::string workspace_;
  const std::string process_;
  const format::Scope scope_;
  dataflow::Names names_;
  std::vector<std::unique_ptr<Shard>> shards_;
  Snapshots snapshots_;
  const std::size_t variants_max_;
  std::unique_ptr<VariantCounts> variants_;  // null: not counted
  bool too_many_variants_ = false;
  std::unique_ptr<ChangeChannel::Follower> follower_;
};

}  // namespace weir::feed
