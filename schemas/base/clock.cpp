#include "schemas/base/clock.hpp"

#include <ctime>

#include <sys/timex.h>

namespace weir {
namespace {

std::chrono::nanoseconds read(clockid_t id) {
  timespec at{};
  clock_gettime(id, &at);
  return std::chrono::seconds{at.tv_sec} + std::chrono::nanoseconds{at.tv_nsec};
}

}  // namespace

Time SystemClock::now() const { return Time{std::chrono::floor<Duration>(read(CLOCK_REALTIME))}; }

Clock::Steady SystemClock::steady() const { return read(CLOCK_BOOTTIME); }

bool SystemClock::wall_is_confirmed() const {
  timex state{};  // asks, sets nothing
  const int clock = adjtimex(&state);
  return clock >= 0 && clock != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
}

}  // namespace weir
