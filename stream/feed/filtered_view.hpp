// The views of the cases that a filter selects, kept as the cases change: what a changed case contributed is taken back
// and what it contributes now is added, both by the operators, from the snapshots before and after (design, "A filter
// selects whole cases").
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "stream/feed/case_scan.hpp"
#include "stream/feed/change_channel.hpp"

namespace weir::feed {

/// One thread at a time. Keeps the last snapshots it was given.
class FilteredView {
 public:
  /// `operators` must outlive it. Views that take more than `bytes_max` in memory are not kept from call to call. SLA
  /// clocks only `with_clocks`, and then not for advance(): the clock moves them without their cases.
  FilteredView(const dataflow::Operators& operators, std::string workspace, std::string process, Filter filter,
               std::size_t bytes_max = std::size_t{64} << 20, bool with_clocks = false);
  ~FilteredView();

  /// Reads every case: as scan_view(). O(events). Errors: storage_failed, state_format.
  Result<std::unique_ptr<ProcessView>> load(const Snapshots& snapshots);
  /// The same, where since the snapshots of the last call (of either function) only `changes` came about. Null where
  /// only load() can tell: which cases changed is not known, or a part of a case stands in the view, or the settings
  /// changed, or an extreme is not known any more. O(events of the changed cases + view). Errors: as load(), which then
  /// has to be called.
  Result<std::unique_ptr<ProcessView>> advance(const Snapshots& snapshots, const Changes& changes);

 private:
  struct Shard;

  Result<bool> advance_shard(std::unique_ptr<Shard>& shard, std::shared_ptr<const store::Snapshot> snapshot,
                             const std::vector<const std::string*>& case_ids);
  Result<bool> advance_shards(const Snapshots& snapshots, const Changes& changes);
  Result<std::unique_ptr<ProcessView>> merged();

  const dataflow::Operators& operators_;
  const std::string workspace_;
  const std::string process_;
  const Filter filter_;
  const std::size_t bytes_max_;
  const bool with_clocks_;
  std::vector<std::unique_ptr<Shard>> shards_;  // empty: nothing is kept
};

}  // namespace weir::feed
