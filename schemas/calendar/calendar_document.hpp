// A calendar as a document (`schemas/definitions/sla.schema.json`, `calendar`):
//   {"zone": "Europe/Berlin", "week": {"mon": ["09:00-12:00", "13:00-17:00"]}, "holidays": ["2026-12-25"]}
#pragma once

#include <optional>
#include <string>

#include "schemas/calendar/business_calendar.hpp"
#include "schemas/codec/document.hpp"

namespace weir {

struct CalendarDocument {
  Zone zone = Zone::utc();
  OpeningHours hours;
};

/// Members `zone`, `week`, `shifts`, `breaks` and `holidays`. Nothing if the node is no calendar; then it has faults.
std::optional<CalendarDocument> read_calendar(const DocumentNode& node);

/// A calendar document that was accepted, with these holidays in the place of its own and all else as it stands.
std::string with_holidays(const std::string& body, const std::set<OpeningHours::Date>& holidays);

}  // namespace weir
