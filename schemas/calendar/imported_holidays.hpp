// Holidays from an iCalendar file (RFC 5545), as calendars of public holidays are published.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/calendar/business_calendar.hpp"
#include "schemas/calendar/zone.hpp"

namespace weir {

struct ImportedHolidays {
  std::set<OpeningHours::Date> dates;  // of 1970 to 2069
  struct LeftOut {
    std::size_t line = 0;  // where the event begins, from 1; 0: the whole
    std::string summary;   // of the event, at most 128 bytes, UTF-8
    std::string why;
  };
  std::vector<LeftOut> left_out;  // in their order, at most 100
};

/// The dates that its events cover as a whole. An event without times covers its dates wherever one is; one with times
/// covers those whose midnights in `zone` it spans, and is left out if there are none. Rules, further dates, exceptions
/// and changed instances count; what is cancelled does not. One that cannot be read is left out, and so is what comes
/// behind 10,000 dates or 500 rules. O(bytes + rules · days of two centuries).
ImportedHolidays import_holidays(std::string_view icalendar, const Zone& zone);

}  // namespace weir
