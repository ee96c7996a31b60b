// Points in time as text and as numbers. No allocation, no locale.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "schemas/base/time.hpp"

namespace weir {

/// A date and a time of day as a calendar and a clock on a wall show them, and how far that clock is from UTC if the
/// text says so. Every field is in its range; the day exists in its month. second is 60 in a leap second.
struct CivilTime {
  std::int32_t year = 1;  // 1 to 9999, proleptic Gregorian
  std::uint8_t month = 1;
  std::uint8_t day = 1;
  std::uint8_t hour = 0;
  std::uint8_t minute = 0;
  std::uint8_t second = 0;
  std::uint32_t micros = 0;
  std::optional<std::chrono::minutes> offset;  // east of UTC

  friend bool operator==(const CivilTime&, const CivilTime&) = default;
};

/// Reads `2026-01-02T03:04:05.678+01:00`: RFC 3339, also with `t`, `z` or a space, and with the offset left out. Digits
/// of the second beyond the sixth are cut off. Nothing if anything else stands in the text or the date does not exist.
std::optional<CivilTime> parse_civil_time(std::string_view text);

/// The point in time, the clock being `offset` east of UTC. A leap second is the second after it; it exists only at
/// 23:59:60 UTC. Nothing if it does not exist, or lies outside the years 1 to 9999.
std::optional<Time> to_time(const CivilTime& civil, std::chrono::minutes offset);

/// RFC 3339 with an offset. Nothing if it is not that.
std::optional<Time> parse_rfc3339(std::string_view text);

/// Epoch milliseconds from 10^11 (March 1973) to below 10^14 (the year 5138). Outside are what are evidently seconds,
/// microseconds or nanoseconds: nothing. Older events are written in RFC 3339.
std::optional<Time> from_epoch_ms(std::int64_t ms);

/// `2026-01-02T03:04:05Z`, with `.678` or `.000006` where the second has a fraction. Years 1 to 9999 (checked).
void append_rfc3339(std::string& out, Time time);
std::string to_rfc3339(Time time);

}  // namespace weir
