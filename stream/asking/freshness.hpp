// Which questions between nodes are new: one that somebody heard and sends again, or kept for later, is not.
#pragma once

#include <array>
#include <mutex>

#include <boost/unordered/unordered_flat_set.hpp>

#include "schemas/base/clock.hpp"
#include "schemas/base/hash.hpp"
#include "schemas/base/result.hpp"

namespace weir::asking {

/// Thread-safe. What it has seen it remembers for at least as long as the time in the question makes it acceptable; at
/// most some 10 MB.
class Freshness {
 public:
  /// How far the clocks of two nodes may be apart.
  static constexpr std::chrono::seconds skew_max{30};

  explicit Freshness(const Clock& clock, std::size_t seen_max = std::size_t{1} << 18)
      : clock_(clock), seen_max_(seen_max) {}

  /// Errors: invalid_token (its time is too far from ours, or it was seen before), overloaded (more than `seen_max`
  /// within a minute). O(1).
  Result<void> take(Time asked, const Hash128& nonce);

 private:
  using Seen = boost::unordered_flat_set<Hash128, std::hash<Hash128>>;

  const Clock& clock_;
  const std::size_t seen_max_;
  std::mutex mutex_;
  std::array<Seen, 2> seen_;   // under mutex_: of this minute, and of the one before
  Clock::Steady turned_at_{};  // under mutex_
};

}  // namespace weir::asking
