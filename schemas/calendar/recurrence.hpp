// On which dates something recurs: the RRULE of RFC 5545, 3.3.10, for what recurs daily or more seldom.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "schemas/base/result.hpp"

namespace weir {

class Recurrence {
 public:
  using Date = std::chrono::local_days;

  /// The value of an RRULE but for its UNTIL, which depends on a zone: that of until_of(). Error invalid_document: it
  /// is none, or recurs by the hour or more often; the detail says which part.
  static Result<Recurrence> parse(std::string_view rule);
  /// The value of its UNTIL; empty: it has none.
  static std::string_view until_of(std::string_view rule);

  /// Ascending, from `begin` (on which its first instance falls) to `last`, both included; no more than `most`.
  /// O(days from begin to last).
  std::vector<Date> dates(Date begin, Date last, std::size_t most) const;

 private:
  enum class Frequency : std::uint8_t { daily, weekly, monthly, yearly };
  /// `ordinal` 0: each of them; else which of the month or year, from the end if negative.
  struct Weekday {
    int ordinal = 0;
    std::chrono::weekday day;
  };
  struct Period {
    Date from;
    Date to;  // behind it
  };

  bool read_part(std::string_view name, std::string_view value);
  bool read_weekdays(std::string_view value);
  bool agrees() const;
  /// What a rule leaves open is as it is on the first date.
  Recurrence completed(Date begin) const;
  Period period_of(Date date) const;
  Period next(const Period& period) const;
  bool takes(Date date) const;
  bool takes_weekday(Date date) const;
  int week_of(Date date, std::chrono::year year) const;
  std::vector<Date> taken_of(const Period& period) const;

  Frequency frequency_ = Frequency::yearly;
  int interval_ = 1;
  std::optional<int> count_;
  std::chrono::weekday week_starts_ = std::chrono::Monday;
  std::vector<int> months_, month_days_, year_days_, weeks_, positions_;
  std::vector<Weekday> weekdays_;
};

}  // namespace weir
