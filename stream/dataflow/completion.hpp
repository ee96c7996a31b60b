// When a case is complete (reference process-mining B6): its last activity is an end activity, or nothing has happened
// for longer than the declared inactivity, by the clock of the log's ticks. A later event reopens it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "stream/dataflow/operator.hpp"

namespace weir::dataflow {

/// The policy of one process, its names resolved.
struct Completion {
  bool declared = false;
  std::vector<NameId> end_activities;  // ascending
  std::optional<std::int64_t> inactivity_micros;
  std::int64_t clock = 0;  // time of the last tick, µs

  /// Sets has_policy, completed and completed_at from the rest of `facts`. Pure.
  void judge(CaseFacts& facts) const;
  /// When silence will complete the case, if it is still open and silence can.
  std::optional<std::int64_t> due(const CaseFacts& facts) const;
};

}  // namespace weir::dataflow
