// A clock that tests move by hand.
#pragma once

#include <atomic>

#include "schemas/base/clock.hpp"

namespace weir {

/// Thread-safe. Starts on 2026-01-01T00:00:00Z.
class ManualClock final : public Clock {
 public:
  Time now() const override { return from_micros(now_.load()); }
  Steady steady() const override { return Steady(steady_.load()); }
  bool wall_is_confirmed() const override { return confirmed_; }

  /// Both clocks go on together.
  void advance(std::chrono::nanoseconds by) {
    now_ += std::chrono::duration_cast<Duration>(by).count();
    steady_ += by.count();
  }
  /// Only the wall clock jumps, as when somebody sets it.
  void set_wall(Time time) { now_ = to_micros(time); }
  void confirm_wall(bool confirmed) { confirmed_ = confirmed; }

 private:
  std::atomic<std::int64_t> now_{1'767'225'600'000'000};
  std::atomic<std::int64_t> steady_{3'600'000'000'000};
  std::atomic<bool> confirmed_{false};
};

}  // namespace weir
