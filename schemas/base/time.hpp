// Event time: a point on the UTC line in whole microseconds, and durations in the same unit.
#pragma once

#include <chrono>
#include <cstdint>

namespace weir {

using Duration = std::chrono::microseconds;
using Time = std::chrono::sys_time<Duration>;

/// Microseconds since 1970-01-01T00:00:00Z, negative before it.
constexpr std::int64_t to_micros(Time time) { return time.time_since_epoch().count(); }
constexpr Time from_micros(std::int64_t micros) { return Time{Duration{micros}}; }

}  // namespace weir
