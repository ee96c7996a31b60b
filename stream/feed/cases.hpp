// Cases as the outside sees them: one with its timeline, or a list in the order of their ids. Those of a shard that is
// elsewhere are read from its owner (stream/asking); errors of all: shard_elsewhere, not_caught_up, overloaded (it
// cannot be asked), storage_failed, state_format.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/event.hpp"
#include "stream/feed/process_view.hpp"

namespace weir::feed {

/// A case in a list.
struct CaseRow {
  std::string case_id;
  std::int64_t events = 0;
  std::int64_t began = 0;  // µs
  std::int64_t ended = 0;
  std::int64_t busy = 0;
  std::string variant;  // id
  std::string first_activity;
  std::string last_activity;
  bool completed = false;
  bool archived = false;
};

/// The events of one case in trace order, as accepted, with process and case_id; none when there is no such case.
struct CaseHistory {
  std::vector<Event> events;
  bool archived = false;
};
Result<CaseHistory> read_case(const std::shared_ptr<const store::Snapshot>& snapshot, const std::string& workspace,
                              const std::string& process, const std::string& case_id);

/// Up to `limit` cases that the filter selects with ids greater than `after`, ascending by id over all shards. O(cases
/// looked at) per shard.
Result<std::vector<CaseRow>> list_cases(const Snapshots& snapshots, const std::string& workspace,
                                        const std::string& process, const Filter& filter, std::string_view after,
                                        std::size_t limit);

/// Those of the cases that are there and that the filter selects, ascending by id. O(cases and names of the shards they
/// are in).
Result<std::vector<CaseRow>> find_cases(const Snapshots& snapshots, const std::string& workspace,
                                        const std::string& process, const Filter& filter,
                                        const std::vector<std::string>& case_ids);

/// The activities of a case as the filter sees them.
Result<std::vector<std::string>> activities_of(const Snapshots& snapshots, const std::string& workspace,
                                               const std::string& process, const Filter& filter,
                                               const std::string& case_id);

/// Every event of the process, case by case, in trace order: what an export writes. Return false to stop.
Result<void> each_event(const Snapshots& snapshots, const std::string& workspace, const std::string& process,
                        const Filter& filter, const std::function<bool(const Event&)>& visit);

}  // namespace weir::feed
