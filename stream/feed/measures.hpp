// What thresholds are judged by: figures of a process's merged views, and of what the engine has yet to do.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stream/feed/process_view.hpp"
#include "stream/thresholds/threshold.hpp"

namespace weir::feed {

/// How the process's view is to be read for the threshold: these tables, of what the filter takes. `now` is where its
/// `last` ends: events within it for events, activities and edges, cases that began in it for arrivals, else cases
/// whose last event lies in it.
struct Reading {
  std::vector<dataflow::Table> tables;
  Filter filter;
};
Reading reading_of(const thresholds::Threshold& threshold, Time now);

/// The figure, in the unit of its measure, which is not of the engine; nothing: there is nothing to measure. O(cells).
std::optional<double> measured(const thresholds::Threshold& threshold, ProcessView& view);

// Of the engine; errors as of stream/feed/cases.hpp.
/// Dead letters of the workspace that came since then; none: all that are kept. O(those).
Result<std::uint64_t> count_dead_letters(const Snapshots& snapshots, const std::string& workspace,
                                         std::optional<Time> since);
/// Targets to which something waits to be told that was tried in vain; of each the first rows are looked at.
/// O(targets).
Result<std::uint64_t> count_failing_targets(const Snapshots& snapshots, const std::string& workspace);

}  // namespace weir::feed
