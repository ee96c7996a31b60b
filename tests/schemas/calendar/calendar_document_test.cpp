#include "schemas/calendar/calendar_document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir {
namespace {

using testing::ElementsAre;
using testing::FieldsAre;

struct ReadCalendar {
  std::optional<CalendarDocument> calendar;
  DocumentFaults faults;
};

ReadCalendar read(std::string_view text) {
  ReadCalendar found;
  auto faults = read_document(text, [&](const DocumentNode& node) { found.calendar = read_calendar(node); });
  found.faults = faults ? *faults : DocumentFaults{{"", "unreadable"}};
  return found;
}

OpeningHours::Date date(int year, unsigned month, unsigned day) {
  return OpeningHours::Date{std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day}};
}

TEST(CalendarDocument, ReadsAllItsMembers) {
  const auto found = read(R"({"zone":"Europe/Berlin","week":{"mon":["09:00-12:00","13:00-24:00"],"sun":[]},
      "shifts":{"2026-12-24":["09:00-12:00"]},"breaks":{"2026-12-23":["12:00:30-13:00"]},"holidays":["2026-12-25"]})");
  ASSERT_TRUE(found.calendar);
  EXPECT_TRUE(found.faults.empty());
  EXPECT_EQ(found.calendar->zone.name(), "Europe/Berlin");
  const OpeningHours& hours = found.calendar->hours;
  EXPECT_EQ(hours.week[0], (OpeningHours::Spans{{9 * 3600, 12 * 3600}, {13 * 3600, 24 * 3600}}));
  EXPECT_EQ(hours.shifts.at(date(2026, 12, 24)), (OpeningHours::Spans{{9 * 3600, 12 * 3600}}));
  EXPECT_EQ(hours.breaks.at(date(2026, 12, 23)), (OpeningHours::Spans{{12 * 3600 + 30, 13 * 3600}}));
  EXPECT_EQ(hours.holidays, (std::set<OpeningHours::Date>{date(2026, 12, 25)}));
}

TEST(CalendarDocument, IsClosedAndInUtcWhereItSaysNothing) {
  const auto found = read("{}");
  ASSERT_TRUE(found.calendar);
  EXPECT_EQ(found.calendar->zone.name(), "UTC");
  EXPECT_EQ(found.calendar->hours, OpeningHours{});
}

TEST(CalendarDocument, TellsEveryFault) {
  const auto found = read(R"({"zone":"Mars/Olympus","week":{"mon":["9-17"],"monday":[]},"holidays":["2026-02-30","x"],
      "breaks":{"tomorrow":[]},"open":true})");
  EXPECT_FALSE(found.calendar);
  EXPECT_THAT(
      found.faults,
      ElementsAre(FieldsAre("/zone", "must be the name of an IANA zone"),
                  FieldsAre("/week/mon/0", "must be a span such as 09:00-17:00, up to 24:00, its end behind its begin"),
                  FieldsAre("/week/monday", "must be under one of mon, tue, wed, thu, fri, sat, sun"),
                  FieldsAre("/holidays/0", "must be a date such as 2026-12-25"),
                  FieldsAre("/holidays/1", "must be a date such as 2026-12-25"),
                  FieldsAre("/breaks/tomorrow", "must be under a date such as 2026-12-24"),
                  FieldsAre("", "a member is unknown")));
  for (const char* span : {"09:00", "09:00-09:00", "17:00-09:00", "09:00-24:01", "09:60-10:00", "9:00-17:00",
                           "09:00-17:00 ", "09:00–17:00", "-09:00-17:00", "09:00-17:00:60"}) {
    EXPECT_EQ(read(R"({"week":{"tue":[")" + std::string{span} + "\"]}}").faults.size(), 1u) << span;
  }
}

TEST(CalendarDocument, TakesOtherHolidaysAndKeepsTheRest) {
  EXPECT_EQ(
      with_holidays(R"({ "holidays": ["2026-01-01"], "zone": "Europe\/Berlin", "week": {"mon": ["09:00-12:00"]} })",
                    {date(2026, 12, 25), date(2027, 1, 1)}),
      R"({"zone":"Europe/Berlin","week":{"mon": ["09:00-12:00"]},"holidays":["2026-12-25","2027-01-01"]})");
  EXPECT_EQ(with_holidays("{}", {}), R"({"holidays":[]})");
}

}  // namespace
}  // namespace weir
