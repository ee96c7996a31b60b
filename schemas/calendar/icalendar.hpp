// The form of iCalendar (RFC 5545, 3.1 and 3.3): content lines, components, dates and times.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schemas/base/result.hpp"
#include "schemas/base/time.hpp"

namespace weir::icalendar {

/// A content line. Names are in capitals; the value stands as it is written.
struct Property {
  std::string name;
  std::vector<std::pair<std::string, std::string>> parameters;
  std::string value;

  /// Empty: it has no such parameter.
  std::string parameter(std::string_view wanted) const;
};

struct Event {
  std::size_t line = 0;  // where it begins, from 1
  std::vector<Property> properties;

  /// The first of the name; null: there is none.
  const Property* find(std::string_view name) const;
  std::vector<const Property*> all(std::string_view name) const;
};

/// The VEVENTs of every VCALENDAR, in their order, without the components in them. Error invalid_document: there is no
/// VCALENDAR, or a component does not end as it began. O(bytes).
Result<std::vector<Event>> read_events(std::string_view text);

/// `20261225`, `20261225T090000` or `20261225T090000Z`.
struct Moment {
  std::chrono::local_days date;
  std::chrono::seconds second{};  // of the day
  bool has_time = false;
  bool is_utc = false;
};
std::optional<Moment> read_moment(std::string_view text);
/// `P1W`, `P1DT12H`, `-PT15M`.
std::optional<Duration> read_duration(std::string_view text);

}  // namespace weir::icalendar
