// How long a connection may take for what it is doing. Read by the sweep of its I/O thread, so that no operation needs
// a timer of its own. Pure.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace weir::net {

class Deadline {
 public:
  using Steady = std::chrono::nanoseconds;

  enum class Doing : std::uint8_t {
    handshake,
    waiting_for_request,
    reading_head,
    reading_body,
    writing,
    lingering,
    none
  };

  /// From now on `doing` has `allowed` time.
  void begin(Doing doing, Steady now, Steady allowed) { *this = {doing, now + allowed, allowed, 0}; }
  /// As begin, and every byte moved extends the time by 1 / `bytes_per_second`, but never to more than `grace` from
  /// then: a burst buys no long silence.
  void begin_transfer(Doing doing, Steady now, Steady grace, std::uint64_t bytes_per_second) {
    *this = {doing, now + grace, grace, bytes_per_second};
  }
  void moved(std::uint64_t bytes, Steady now) {
    if (bytes_per_second_ > 0) at_ = std::min(at_ + Steady{bytes * 1'000'000'000 / bytes_per_second_}, now + allowed_);
  }
  /// Waiting for ourselves (a handler, a full sink): the client is not to blame.
  void suspend(Steady now) { suspended_ = now; }
  void resume(Steady now) {
    at_ += now - suspended_;
    suspended_ = never;
  }
  void clear() { *this = {}; }

  Doing doing() const { return doing_; }
  bool expired(Steady now) const { return doing_ != Doing::none && suspended_ == never && now >= at_; }

  Deadline() = default;

 private:
  static constexpr Steady never = Steady::min();

  Deadline(Doing doing, Steady at, Steady allowed, std::uint64_t bytes_per_second)
      : doing_(doing), at_(at), allowed_(allowed), bytes_per_second_(bytes_per_second) {}

  Doing doing_ = Doing::none;
  Steady at_{};
  Steady allowed_{};
  Steady suspended_ = never;
  std::uint64_t bytes_per_second_ = 0;
};

}  // namespace weir::net
