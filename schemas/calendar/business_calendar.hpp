// Business time: which parts of the UTC line count, by opening hours in a zone (reference sla-rules-conversations B1).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "schemas/calendar/zone.hpp"

namespace weir {

/// Opening hours as somebody declares them, in wall clock time.
struct OpeningHours {
  /// Of one date, from <= t < to, seconds behind its midnight, 0 to 86,400 (24:00, the next midnight). Several may
  /// overlap; one that is empty or ends before it begins opens nothing.
  struct Span {
    std::int32_t from = 0;
    std::int32_t to = 0;
    friend bool operator==(const Span&, const Span&) = default;
  };
  using Spans = std::vector<Span>;
  using Date = std::chrono::local_days;

  std::array<Spans, 7> week;     // Monday first
  std::map<Date, Spans> shifts;  // take the place of that weekday's
  std::map<Date, Spans> breaks;  // are taken out of the date's
  std::set<Date> holidays;       // nothing of the date is left, shifts included

  /// Every minute of every day.
  static OpeningHours always();
  /// Open where both are: the dates' spans cut, breaks and holidays of both, no shifts.
  static OpeningHours intersection(const OpeningHours& one, const OpeningHours& other);

  friend bool operator==(const OpeningHours&, const OpeningHours&) = default;
};

/// The same on the UTC line: a day of 00:00–24:00 has 23, 24 or 25 hours. Immutable; every function may be called from
/// any thread. It spans the local dates of 1970 to 2069; outside of them it is closed. Five hundred kilobytes for five
/// days a week with a lunch hour, next to nothing for always().
class BusinessCalendar {
 public:
  /// O(days spanned · spans of a day): some milliseconds.
  BusinessCalendar(const OpeningHours& hours, const Zone& zone);

  /// Business time from the begin of the span up to `time`. Rises with it. O(log openings), as all below.
  Duration up_to(Time time) const;
  /// Business time between the two, negative if `to` is before `from`.
  Duration between(Time from, Time to) const { return up_to(to) - up_to(from); }
  bool is_open(Time time) const;
  /// The time itself where it is open, else the next opening. None: it opens no more.
  std::optional<Time> opening(Time time) const;
  /// When `business` has passed since `from`: the earliest such time, which is the closing bell and not the next
  /// opening. `business` of nothing or less: opening(from). None: never.
  std::optional<Time> after(Time from, Duration business) const;

 private:
  /// Seconds since 1970; `before`: open seconds ahead of it.
  struct Opening {
    std::uint32_t from;
    std::uint32_t to;
    std::uint32_t before;
  };

  /// The first that ends behind the time.
  std::vector<Opening>::const_iterator ending_after(Time time) const;

  std::vector<Opening> openings_;  // ascending, neither touching nor overlapping
};

}  // namespace weir
