#include "schemas/base/clock.hpp"

#include <ctime>

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

}  // namespace weir
