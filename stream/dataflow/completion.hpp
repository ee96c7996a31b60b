// When a case is complete (reference process-mining B6): its last activity is an end activity, or nothing has happened
// for longer than the declared inactivity, by the clock of the log's ticks. A later event reopens it. A complete case
// may be kept for a declared time only: then it is removed by the first tick of an hour, or archived.
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
  std::optional<std::int64_t> retain_micros;  // how long a complete case is kept; none: for ever
  bool archives = false;                      // then it is archived, not removed
  std::int64_t clock = 0;                     // time of the last tick, µs

  /// Sets has_policy, completed and completed_at from the rest of `facts`. Pure.
  void judge(CaseFacts& facts) const;
  /// When the case has to be looked at again: when silence will complete it, when it goes to the archive, or when it is
  /// removed, which is always ahead of the hour of the clock. None, if none of these will come.
  std::optional<std::int64_t> due(const CaseFacts& facts) const;
  /// The first tick of an hour, of this time, takes the case away, as it was judged before.
  bool leaves(const CaseFacts& facts, std::int64_t tick) const;
  /// Its place is the archive. Like all that views hold, a function of events, settings and clock: a late event does
  /// not bring an old case back to those that are kept.
  bool is_archived(const CaseFacts& facts) const { return archives && leaves(facts, clock); }
};

/// The full hour at or before the time, µs.
std::int64_t full_hour(std::int64_t micros);

}  // namespace weir::dataflow
