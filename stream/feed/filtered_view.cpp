#include "stream/feed/filtered_view.hpp"

#include "stream/asking/elsewhere.hpp"
#include "stream/feed/merging.hpp"
#include "stream/log/partitioner.hpp"

namespace weir::feed {

using namespace dataflow;

/// One shard's part of the view, in the shard's names.
struct FilteredView::Shard {
  Shard(std::shared_ptr<const store::Snapshot> at, const std::string& workspace, const std::string& process)
      : snapshot(std::move(at)), scan(*snapshot, workspace, process) {}

  std::shared_ptr<const store::Snapshot> snapshot;
  ShardScan scan;
  Views views;
};

FilteredView::FilteredView(const Operators& operators, std::string workspace, std::string process, Filter filter,
                           std::size_t bytes_max, bool with_clocks)
    : operators_(operators),
      workspace_(std::move(workspace)),
      process_(std::move(process)),
      filter_(std::move(filter)),
      bytes_max_(bytes_max),
      with_clocks_(with_clocks) {}

FilteredView::~FilteredView() = default;

Result<std::unique_ptr<ProcessView>> FilteredView::load(const Snapshots& snapshots) {
  shards_.clear();
  std::vector<std::unique_ptr<Shard>> shards;
  for (const auto& snapshot : snapshots) {
    auto whole = asking::whole(snapshot, workspace_);
    if (!whole) return whole.error();
    auto shard = std::make_unique<Shard>(*std::move(whole), workspace_, process_);
    if (const auto opened = shard->scan.open(); !opened) return opened.error();
    const auto judged = with_clocks_ ? shard->scan.read_judges() : Result<void>{};
    if (!judged) return judged.error();
    const auto scanned = shard->scan.each(filter_, {}, [&](const ScannedCase& one) {
      one.whole.apply(one.case_id, one.facts, operators_, shard->views);
      return true;
    });
    if (!scanned) return scanned.error();
    shards.push_back(std::move(shard));
  }
  shards_ = std::move(shards);
  return merged();
}

Result<std::unique_ptr<ProcessView>> FilteredView::advance(const Snapshots& snapshots, const Changes& changes) {
  const auto advanced = advance_shards(snapshots, changes);
  if (advanced && *advanced) return merged();
  shards_.clear();
  if (!advanced) return advanced.error();
  return std::unique_ptr<ProcessView>{};
}

Result<bool> FilteredView::advance_shards(const Snapshots& snapshots, const Changes& changes) {
  // A part of a case is judged by the clock, which moves without the case, and may have been suspended.
  if (shards_.size() != snapshots.size() || changes.all_cases || filter_.selects_events()) return false;
  std::vector<std::vector<const std::string*>> case_ids{snapshots.size()};
  for (const std::string& id : changes.cases) {
    case_ids[log::partition_of(process_, id, static_cast<std::uint32_t>(snapshots.size()))].push_back(&id);
  }
  for (std::size_t i = 0; i < snapshots.size(); ++i) {
    const auto advanced = advance_shard(shards_[i], snapshots[i], case_ids[i]);
    if (!advanced || !*advanced) return advanced;
  }
  return true;
}

/// False: only a scan can tell.
Result<bool> FilteredView::advance_shard(std::unique_ptr<Shard>& shard, std::shared_ptr<const store::Snapshot> snapshot,
                                         const std::vector<const std::string*>& case_ids) {
  if (asking::as_elsewhere(*snapshot) != nullptr) return true;  // had it changed, which cases would not be known
  auto next = std::make_unique<Shard>(std::move(snapshot), workspace_, process_);
  if (const auto opened = next->scan.open(); !opened) return opened.error();
  if (!(next->scan.record.settings == shard->scan.record.settings)) return false;
  next->views = std::move(shard->views);
  // Taken back first: a number that one name gave up and another took may stand in cells of both.
  for (const std::string* id : case_ids) {
    const auto looked = shard->scan.one(filter_, *id, [&](const ScannedCase& one) {
      one.whole.retract(one.case_id, one.facts, operators_, next->views);
    });
    if (!looked) return looked.error();
  }
  next->views.write_changed({}, nullptr);
  for (const std::string* id : case_ids) {
    const auto looked = next->scan.one(filter_, *id, [&](const ScannedCase& one) {
      one.whole.apply(one.case_id, one.facts, operators_, next->views);
    });
    if (!looked) return looked.error();
  }
  next->views.write_changed({}, nullptr);
  if (!next->views.exhausted().empty()) return false;
  shard = std::move(next);
  return true;
}

Result<std::unique_ptr<ProcessView>> FilteredView::merged() {
  auto view = std::make_unique<ProcessView>();
  std::size_t bytes = 0;
  for (const auto& shard : shards_) {
    add_record(shard->scan.record, view->record);
    Translation translation{shard->scan.names, view->names};
    const Relabel relabel = std::ref(translation);
    shard->views.each(
        [&](const CellKey& key, const Cell& cell) { add_cell(operators_, relabel, key, cell, view->views); });
    shard->views.each_tally([&](const CellKey& key, std::int64_t count) {
      Cell cell;
      cell.counts[0] = count;
      add_cell(operators_, relabel, key, std::move(cell), view->views);
    });
    if (const auto named = translation.outcome(); !named) return named.error();
    bytes += shard->views.bytes();
  }
  if (bytes > bytes_max_) shards_.clear();
  return view;
}

Result<std::unique_ptr<ProcessView>> scan_view(const Snapshots& snapshots, const std::string& workspace,
                                               const std::string& process, const Operators& operators,
                                               const Filter& filter, bool with_clocks) {
  constexpr std::size_t kept = 0;
  return FilteredView{operators, workspace, process, filter, kept, with_clocks}.load(snapshots);
}

}  // namespace weir::feed
