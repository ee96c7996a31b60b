// How a threshold stands: a fold of what was observed of it and of its versions, in the order of its partition. What
// holds long enough is an alert, and goes on until it has not held for long enough.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/hash.hpp"
#include "stream/rules/firing.hpp"
#include "stream/thresholds/observation.hpp"
#include "stream/thresholds/threshold.hpp"

namespace weir::thresholds {

/// Numbers are stored.
enum class Phase : std::uint8_t {
  quiet = 0,    // it does not hold
  pending = 1,  // it holds, not yet for as long as it must
  up = 2,       // it is an alert
  leaving = 3,  // an alert that does not hold any more, not yet for as long as it stays up
};

/// A time during which it was an alert.
struct Episode {
  std::uint64_t number = 1;  // from 1
  Time began;                // since when it held
  Time up;                   // since when it is an alert
  std::optional<Time> over;
  std::string process;  // that was measured; empty: the engine
  rules::Deed deed;     // what is said of it

  friend bool operator==(const Episode&, const Episode&) = default;
};

struct Standing {
  static constexpr std::size_t episodes_max = 100;  // the newest are kept

  std::uint64_t number = 0;  // how many observations and versions made it
  Phase phase = Phase::quiet;
  Time since{};                   // the phase began
  Hash128 condition{};            // what it pends under: what held under another counts for nothing
  std::uint64_t up_ever = 0;      // episodes, also those that are not kept
  std::vector<Episode> episodes;  // ascending; the last one may go on

  friend bool operator==(const Standing&, const Standing&) = default;
};

/// Whether an observation would change how it stands: only then it is worth a record. O(1).
bool would_change(const Standing& standing, const Threshold& threshold, std::optional<double> value, Time at);

/// False: it does not count, as somebody else was first. `threshold`: the version that it names. O(episodes).
bool take(Standing& standing, const Threshold& threshold, const Observation& observation);

/// There is no such threshold from then on. False: that changes nothing.
bool withdraw(Standing& standing, Time at);

std::string encode(const Standing& standing);
/// Error: state_format.
Result<Standing> decode_standing(std::string_view bytes);

}  // namespace weir::thresholds
