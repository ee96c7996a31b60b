// A circuit breaker: a target that fails again and again is left alone for a while, then tried with one effect.
#pragma once

#include <optional>

#include "schemas/base/clock.hpp"

namespace weir::effects {

struct BreakerOptions {
  unsigned failures_max = 5;  // in a row
  Clock::Steady open_min = std::chrono::seconds{30};
  Clock::Steady open_max = std::chrono::minutes{10};  // it doubles up to this
};

/// Times are of the steady clock, handed in. Not thread-safe.
class Breaker {
 public:
  explicit Breaker(const BreakerOptions& options = {}) : options_(options) {}

  /// An attempt may begin: it is closed, or was open for long enough and no other attempt tries it out.
  bool lets_through(Clock::Steady now) const { return !open_until_ || (now >= *open_until_ && !probing_); }
  /// When it will let one through; nothing while it is closed.
  std::optional<Clock::Steady> open_until() const { return open_until_; }
  /// Nothing is wrong, and was not lately.
  bool is_pristine() const { return !open_until_ && failures_ == 0; }

  void began() { probing_ = open_until_.has_value(); }
  /// The target answered as one that works.
  void succeeded();
  /// Opens it after so many in a row. What began before it opened changes nothing any more.
  void failed(Clock::Steady now);
  /// The target asked to be left alone for so long.
  void hold(Clock::Steady now, Clock::Steady span);
  /// The attempt came to nothing by no fault of the target.
  void abandoned() { probing_ = false; }

 private:
  BreakerOptions options_;
  std::optional<Clock::Steady> open_until_;
  bool probing_ = false;
  unsigned failures_ = 0;
  unsigned opened_ = 0;  // times, since it was last closed
};

}  // namespace weir::effects
