// How a case stands under SLA policies, as operators see it: how many cycles of which metric are in which state.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/result.hpp"
#include "state/format/codec.hpp"

namespace weir::dataflow {

/// What is counted of cycles; indices of a cell's counts.
struct ClockCell {
  enum Count : std::uint8_t { met, met_late, running, paused, cancelled, breached, counts };
};

/// What is promised to whom. Policies, metrics and targets change with documents and not with events, so they are known
/// by hashes and not by numbers of the process's names: these would depend on when a document was read.
struct Promised {
  std::string policy;
  std::string metric;
  std::string target;

  /// Which clock it is, whoever it is promised to: POLICY/METRIC.
  std::string measure() const { return policy + '/' + metric; }
  friend auto operator<=>(const Promised&, const Promised&) = default;
};

/// As a cell's note.
std::string note_of(const Promised& promised);
/// Error: state_format.
Result<Promised> promised_of(std::string_view note);

/// Cycles of one promise in one case.
struct ClockTally {
  std::uint64_t measure = 0;  // hash of policy and metric
  std::uint64_t target = 0;   // hash of its name
  std::array<std::int64_t, ClockCell::counts> counts{};
  std::string note;  // note_of() what is promised; empty where only to be taken back

  friend bool operator==(const ClockTally& a, const ClockTally& b) {
    return a.measure == b.measure && a.target == b.target && a.counts == b.counts;
  }
};

using ClockTallies = std::vector<ClockTally>;  // ascending by (measure, target)

/// One without counts.
ClockTally tally_of(const Promised& promised);

}  // namespace weir::dataflow
