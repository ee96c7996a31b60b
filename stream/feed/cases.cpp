#include "stream/feed/cases.hpp"

#include <algorithm>
#include <map>

#include "stream/asking/elsewhere.hpp"
#include "stream/feed/case_scan.hpp"
#include "stream/log/partitioner.hpp"

namespace weir::feed {

using namespace dataflow;

namespace {

CaseRow row_of(const ScannedCase& one, const ShardScan& shard) {
  const CaseFacts& facts = one.facts;
  CaseRow row;
  row.case_id = one.case_id;
  row.events = facts.summary.events;
  row.began = facts.summary.first_began;
  row.ended = facts.summary.last_ended;
  row.busy = facts.summary.busy;
  row.variant = to_hex(facts.summary.variant.id());
  row.first_activity = shard.names.text(facts.summary.first_activity);
  row.last_activity = shard.names.text(facts.summary.last_activity);
  row.completed = facts.completed;
  row.archived = one.archived;
  return row;
}

}  // namespace

Result<CaseHistory> read_case(const std::shared_ptr<const store::Snapshot>& snapshot, const std::string& workspace,
                              const std::string& process, const std::string& case_id) {
  const auto whole = asking::whole(snapshot, workspace);
  if (!whole) return whole.error();
  ShardScan shard{**whole, workspace, process};
  if (const auto opened = shard.open(); !opened) return opened.error();
  const auto record = shard.cases(true).record(case_id);
  if (!record) return record.error();
  if (!*record) return CaseHistory{};
  const auto stored = runtime::CaseState::read(**record, {shard.store, shard.scope, process, case_id}, shard.names);
  if (!stored) return stored.error();
  return CaseHistory{shard.events_of(stored->entries, case_id), stored->archived};
}

Result<std::vector<CaseRow>> list_cases(const Snapshots& snapshots, const std::string& workspace,
                                        const std::string& process, const Filter& filter, std::string_view after,
                                        std::size_t limit) {
  std::vector<CaseRow> rows;
  for (const auto& snapshot : snapshots) {
    const auto whole = asking::whole(snapshot, workspace);
    if (!whole) return whole.error();
    ShardScan shard{**whole, workspace, process};
    if (const auto opened = shard.open(); !opened) return opened.error();
    std::size_t taken = 0;
    const auto scanned = shard.each(filter, after, [&](const ScannedCase& one) {
      rows.push_back(row_of(one, shard));
      return ++taken < limit;
    });
    if (!scanned) return scanned.error();
  }
  std::sort(rows.begin(), rows.end(), [](const CaseRow& a, const CaseRow& b) { return a.case_id < b.case_id; });
  if (rows.size() > limit) rows.resize(limit);
  return rows;
}

Result<std::vector<CaseRow>> find_cases(const Snapshots& snapshots, const std::string& workspace,
                                        const std::string& process, const Filter& filter,
                                        const std::vector<std::string>& case_ids) {
  std::map<std::uint32_t, std::vector<std::string_view>> by_shard;
  for (const std::string& id : case_ids) {
    by_shard[log::partition_of(process, id, static_cast<std::uint32_t>(snapshots.size()))].push_back(id);
  }
  std::vector<CaseRow> rows;
  for (const auto& [index, ids] : by_shard) {
    const auto whole = asking::whole(snapshots[index], workspace);
    if (!whole) return whole.error();
    ShardScan shard{**whole, workspace, process};
    if (const auto opened = shard.open(); !opened) return opened.error();
    for (const std::string_view id : ids) {
      const auto looked =
          shard.one(filter, std::string{id}, [&](const ScannedCase& found) { rows.push_back(row_of(found, shard)); });
      if (!looked) return looked.error();
    }
  }
  std::sort(rows.begin(), rows.end(), [](const CaseRow& a, const CaseRow& b) { return a.case_id < b.case_id; });
  return rows;
}

Result<std::vector<std::string>> activities_of(const Snapshots& snapshots, const std::string& workspace,
                                               const std::string& process, const Filter& filter,
                                               const std::string& case_id) {
  const auto shard = log::partition_of(process, case_id, static_cast<std::uint32_t>(snapshots.size()));
  const auto history = read_case(snapshots[shard], workspace, process, case_id);
  if (!history) return history.error();
  std::vector<std::string> activities;
  for (const Event& event : history->events) {
    if (filter.complete_only && event.lifecycle != "complete") continue;
    if (filter.window == Window::events) {
      const std::int64_t at = to_micros(event.timestamp);
      if ((filter.from && at < *filter.from) || (filter.to && at >= *filter.to)) continue;
    }
    activities.push_back(event.activity);
  }
  return activities;
}

Result<void> each_event(const Snapshots& snapshots, const std::string& workspace, const std::string& process,
                        const Filter& filter, const std::function<bool(const Event&)>& visit) {
  for (const auto& snapshot : snapshots) {
    const auto whole = asking::whole(snapshot, workspace);
    if (!whole) return whole.error();
    ShardScan shard{**whole, workspace, process};
    if (const auto opened = shard.open(); !opened) return opened;
    bool goes_on = true;
    const auto scanned = shard.each(filter, {}, [&](const ScannedCase& one) {
      for (const Event& event : shard.events_of(one.entries, one.case_id)) goes_on = goes_on && visit(event);
      return goes_on;
    });
    if (!scanned || !goes_on) return scanned;
  }
  return {};
}

}  // namespace weir::feed
