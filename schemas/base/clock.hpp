// The only door to the clocks of the machine. Everything that needs a time is given a Clock, so that tests and the
// simulator drive it. Wall time is for "now" alone; durations, deadlines and backoff use steady().
#pragma once

#include <chrono>

#include "schemas/base/time.hpp"

namespace weir {

class Clock {
 public:
  using Steady = std::chrono::nanoseconds;

  virtual ~Clock() = default;
  /// Wall clock, UTC. May jump; never use a difference of two calls as a duration.
  virtual Time now() const = 0;
  /// Time since boot, suspended time included. Never runs backwards. Thread-safe.
  virtual Steady steady() const = 0;
  /// A second source, outside of this machine, agrees with the wall clock. Thread-safe.
  virtual bool wall_is_confirmed() const = 0;
};

class SystemClock final : public Clock {
 public:
  Time now() const override;
  Steady steady() const override;
  /// By NTP, as the kernel knows: whoever sets the clock by hand takes the confirmation away until NTP gives it again.
  bool wall_is_confirmed() const override;
};

}  // namespace weir
