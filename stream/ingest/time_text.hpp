// The spellings of time that files use. ISO 8601 and RFC 3339 in all their forms, year-first with slashes,
// day.month.year, day/month/year and month/day/year (12 or 24 hours), dates alone, month names, epoch numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "schemas/calendar/zone.hpp"

namespace weir::ingest {

enum class DateOrder : std::uint8_t { undecided, day_first, month_first };

/// What epoch numbers of a file count, told by their largest: seconds below 10^11, and so on by thousands.
enum class EpochUnit : std::uint8_t { seconds, milliseconds, microseconds, nanoseconds };

/// What all times of a file tell together about how to read each of them.
struct TimeHabits {
  DateOrder order = DateOrder::undecided;
  EpochUnit unit = EpochUnit::seconds;
  bool numbered_months = false;  // some value is like 03/04/2020
  bool matters = false;          // some such value is another day in the other order
  bool contradicted = false;     // one value can only be day first, another only month first

  /// Takes one value into account; what is no time is ignored.
  void learn(std::string_view text);
  friend bool operator==(const TimeHabits&, const TimeHabits&) = default;
};

enum class TimeFault : std::uint8_t { none, bad, no_zone, order };

struct ParsedTime {
  Time time{};
  TimeFault fault = TimeFault::none;
};

/// Reads the times of one file by its habits. Keeps the zone's current stretch, so one object per thread.
class TimeReader {
 public:
  TimeReader(std::optional<Zone> zone, TimeHabits habits) : zone_(std::move(zone)), habits_(habits) {}

  /// `order`: the value contradicts the habits, or needs an order and has none.
  ParsedTime read(std::string_view text);
  /// Some value had no offset.
  bool zoneless() const { return zoneless_; }
  /// By which the next one is read: the first value that proves an order decides it.
  const TimeHabits& habits() const { return habits_; }

 private:
  ParsedTime place(LocalTime local);

  std::optional<Zone> zone_;
  TimeHabits habits_;
  Zone::Stretch stretch_{};
  bool zoneless_ = false;
};

/// True for text that can only be a point in time (never for a bare number).
bool is_time_text(std::string_view text);

}  // namespace weir::ingest
