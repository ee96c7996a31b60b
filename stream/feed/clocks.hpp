// Open SLA clocks of a process over all shards, in the order in which they are due. Those of a shard that is elsewhere
// are read from its owner (stream/asking); errors as of stream/feed/cases.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stream/feed/process_view.hpp"
#include "stream/runtime/case_clocks.hpp"

namespace weir::feed {

struct ClockRow {
  std::string place;  // where the list goes on behind it
  std::string case_id;
  runtime::OpenClock clock;
};

/// What is set must be so.
struct ClockFilter {
  std::optional<std::string> policy;
  std::optional<std::string> metric;
  std::optional<std::string> target;
  std::optional<bool> paused;
  std::optional<bool> breached;

  bool takes(const runtime::OpenClock& clock) const;
};

/// Up to `limit` of those behind `after`, a row's place. What is due first comes first, what is not due comes last.
/// O(clocks looked at) per shard.
Result<std::vector<ClockRow>> list_clocks(const Snapshots& snapshots, const std::string& workspace,
                                          const std::string& process, const ClockFilter& filter, std::string_view after,
                                          std::size_t limit);

/// Those that people look at first, each list by when they are due.
struct UrgentClocks {
  std::vector<ClockRow> overdue;  // before `now`
  std::vector<ClockRow> next;     // from then on
};

/// Up to `limit` of each.
Result<UrgentClocks> urgent_clocks(const Snapshots& snapshots, const std::string& workspace, const std::string& process,
                                   Time now, std::size_t limit);

}  // namespace weir::feed
