#include "schemas/calendar/imported_holidays.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemas/calendar/icalendar.hpp"
#include "schemas/calendar/recurrence.hpp"

namespace weir {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Date = OpeningHours::Date;

std::string text_of(Date date) {
  const std::chrono::year_month_day day{date};
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                static_cast<unsigned>(day.day()));
  return text;
}

ImportedHolidays imported(const std::string& lines, const char* zone = "Europe/Berlin") {
  return import_holidays("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + lines + "END:VCALENDAR\r\n", Zone::find(zone).value());
}

std::string event(const std::string& lines) { return "BEGIN:VEVENT\r\nUID:1\r\n" + lines + "END:VEVENT\r\n"; }

/// Up to the end of 2028, where rules go on for ever.
std::vector<std::string> dates(const ImportedHolidays& found) {
  std::vector<std::string> all;
  for (const Date one : found.dates) {
    if (one < Date{std::chrono::year{2029} / std::chrono::January / 1}) all.push_back(text_of(one));
  }
  return all;
}

std::vector<std::string> dates_of(const std::string& lines) { return dates(imported(event(lines))); }

TEST(ImportedHolidays, AreTheWholeDaysOfEvents) {
  EXPECT_THAT(dates_of("DTSTART;VALUE=DATE:20261225\r\n"), ElementsAre("2026-12-25"));
  EXPECT_THAT(dates_of("DTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261227\r\n"),
              ElementsAre("2026-12-25", "2026-12-26"));
  EXPECT_THAT(dates_of("DTSTART;VALUE=DATE:20261225\r\nDURATION:P3D\r\n"),
              ElementsAre("2026-12-25", "2026-12-26", "2026-12-27"));
  EXPECT_THAT(dates_of("DTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261225\r\n"), ElementsAre("2026-12-25"));
}

TEST(ImportedHolidays, ATimedEventCoversTheDaysWhoseMidnightsItSpans) {
  EXPECT_THAT(dates_of("DTSTART;TZID=Europe/Berlin:20261225T000000\r\nDTEND;TZID=Europe/Berlin:20261227T000000\r\n"),
              ElementsAre("2026-12-25", "2026-12-26"));
  EXPECT_THAT(dates_of("DTSTART:20261224T230000Z\r\nDTEND:20261225T230000Z\r\n"), ElementsAre("2026-12-25"));
  EXPECT_THAT(dates_of("DTSTART:20261225T000000\r\nDURATION:P1DT12H\r\n"), ElementsAre("2026-12-25"));
  const auto elsewhere = event("DTSTART;TZID=Asia/Tokyo:20261225T000000\r\nDURATION:P1D\r\n");
  EXPECT_THAT(dates(imported(elsewhere, "Asia/Tokyo")), ElementsAre("2026-12-25"));
  EXPECT_THAT(dates(imported(elsewhere)), IsEmpty());
  const auto noon = imported(event("SUMMARY:Lunch\r\nDTSTART:20261225T120000Z\r\nDURATION:PT1H\r\n"));
  ASSERT_THAT(noon.left_out, SizeIs(1));
  EXPECT_EQ(noon.left_out[0].line, 3u);
  EXPECT_EQ(noon.left_out[0].summary, "Lunch");
  EXPECT_EQ(noon.left_out[0].why, "it covers no whole day of 1970 to 2069");
}

TEST(ImportedHolidays, RecurAsTheirRulesSay) {
  EXPECT_THAT(dates_of("DTSTART;VALUE=DATE:20261225\r\nRRULE:FREQ=YEARLY\r\n"),
              ElementsAre("2026-12-25", "2027-12-25", "2028-12-25"));
  EXPECT_THAT(dates_of("DTSTART;VALUE=DATE:20261126\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;UNTIL=20271231\r\n"),
              ElementsAre("2026-11-26", "2027-11-25"));
  EXPECT_THAT(dates_of("DTSTART;VALUE=DATE:20240229\r\nRRULE:FREQ=YEARLY;COUNT=2\r\n"),
              ElementsAre("2024-02-29", "2028-02-29"));
  EXPECT_THAT(dates_of("DTSTART;VALUE=DATE:20260525\r\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO;COUNT=2\r\n"),
              ElementsAre("2026-05-25", "2027-05-31"));
  EXPECT_THAT(dates_of("DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270102\r\nRRULE:FREQ=YEARLY;COUNT=2\r\n"),
              ElementsAre("2026-12-31", "2027-01-01", "2027-12-31", "2028-01-01"));
  // A rule's time is that of its zone, on both sides of a change of clocks.
  EXPECT_THAT(
      dates_of("DTSTART;TZID=Europe/Berlin:20260301T000000\r\nDURATION:PT24H\r\nRRULE:FREQ=MONTHLY;COUNT=3\r\n"),
      ElementsAre("2026-03-01", "2026-04-01", "2026-05-01"));
}

TEST(ImportedHolidays, FurtherDatesExceptionsAndChangesCount) {
  EXPECT_THAT(dates_of("DTSTART;VALUE=DATE:20261225\r\nRDATE;VALUE=DATE:20261231,20270101\r\n"),
              ElementsAre("2026-12-25", "2026-12-31", "2027-01-01"));
  EXPECT_THAT(dates_of("DTSTART;VALUE=DATE:20261225\r\nRRULE:FREQ=YEARLY;COUNT=3\r\nEXDATE;VALUE=DATE:20271225\r\n"),
              ElementsAre("2026-12-25", "2028-12-25"));
  EXPECT_THAT(dates(imported(event("DTSTART;VALUE=DATE:20261225\r\nRRULE:FREQ=YEARLY;COUNT=2\r\n") +
                             event("DTSTART;VALUE=DATE:20271227\r\nRECURRENCE-ID;VALUE=DATE:20271225\r\n"))),
              ElementsAre("2026-12-25", "2027-12-27"));
  EXPECT_THAT(dates(imported(event("DTSTART;VALUE=DATE:20261225\r\nSTATUS:CANCELLED\r\n"))), IsEmpty());
}

TEST(ImportedHolidays, ReadFilesAsTheyAreFound) {
  const auto found = import_holidays(
      "\xEF\xBB\xBF"
      "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nDTSTART:19701025T030000\nEND:STANDARD\nEND:VTIMEZONE\n"
      "begin:vevent\ndtstart;value=date;x-of=\"a:b;c\":2026\n 1225\nsummary:Weihn\n achten\nBEGIN:VALARM\n"
      "DTSTART:x\nEND:VALARM\nend:vevent\nEND:VCALENDAR\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20270101\nEND:VEVENT\n"
      "END:VCALENDAR\n",
      Zone::utc());
  EXPECT_THAT(dates(found), ElementsAre("2026-12-25", "2027-01-01"));
  EXPECT_THAT(found.left_out, IsEmpty());
}

TEST(ImportedHolidays, WhatCannotBeReadIsLeftOutAndSaysWhy) {
  const auto why = [](const std::string& lines) {
    const auto found = imported(event(lines));
    EXPECT_THAT(found.dates, IsEmpty());
    return found.left_out.size() == 1 ? found.left_out[0].why : "";
  };
  EXPECT_EQ(why(""), "it has no DTSTART");
  EXPECT_EQ(why("DTSTART:20260230\r\n"), "DTSTART is neither a date nor a time: 20260230");
  EXPECT_EQ(why("DTSTART;TZID=W. Europe Standard Time:20261225T000000\r\n"),
            "its zone is not one of IANA's: W. Europe Standard Time");
  EXPECT_EQ(why("DTSTART:20261225\r\nDTEND:20261226T000000Z\r\n"), "its DTEND is of another kind than its DTSTART");
  EXPECT_EQ(why("DTSTART:20261225\r\nDTEND:20261224\r\n"), "it ends before it begins, or lasts for over a year");
  EXPECT_EQ(why("DTSTART:20261225\r\nDURATION:P1Y\r\n"), "its DURATION is none: P1Y");
  EXPECT_EQ(why("DTSTART:18991231\r\nRRULE:FREQ=DAILY\r\n"), "it begins before 1900 or after 2069");
  for (const char* part : {"FREQ=HOURLY", "BYHOUR=9", "BYMONTH=13", "BYMONTHDAY=0", "BYDAY=XX", "BYDAY=99MO", "COUNT=0",
                           "INTERVAL=x", "BYSETPOS=", "WKST=M"}) {
    EXPECT_EQ(why("DTSTART:20261225\r\nRRULE:FREQ=YEARLY;" + std::string{part} + "\r\n"),
              "its rule has a part that is not understood: " + std::string{part});
  }
  EXPECT_EQ(why("DTSTART:20261225\r\nRRULE:COUNT=2\r\n"), "its rule has a part that is not understood: FREQ");
  EXPECT_EQ(why("DTSTART:20261225\r\nRRULE:FREQ=WEEKLY;BYDAY=1MO\r\n"),
            "its rule has a part that is not understood: BYDAY");
}

TEST(ImportedHolidays, WhatIsNoICalendarIsToldAsAWhole) {
  const auto why = [](std::string_view text) {
    const auto found = import_holidays(text, Zone::utc());
    EXPECT_THAT(found.left_out, SizeIs(1));
    return found.left_out.at(0).why;
  };
  EXPECT_EQ(why(""), "it is no iCalendar: there is no BEGIN:VCALENDAR");
  EXPECT_EQ(why("<html>\n"), "it is no iCalendar: there is no BEGIN:VCALENDAR");
  EXPECT_EQ(why("BEGIN:VCALENDAR\nBEGIN:VEVENT\n"), "it ends within a VEVENT");
  EXPECT_EQ(why("BEGIN:VCALENDAR\nEND:VEVENT\n"), "line 2 ends what was not begun");
}

TEST(ImportedHolidays, AreBounded) {
  std::string many;
  for (int i = 0; i < 501; ++i) many += event("DTSTART:20260101\r\nRRULE:FREQ=YEARLY;COUNT=1\r\n");
  const auto rules = imported(many);
  ASSERT_THAT(rules.left_out, SizeIs(1));
  EXPECT_EQ(rules.left_out[0].why, "there are more than 500 events that recur");
  const auto daily = imported(event("DTSTART:20000101\r\nRRULE:FREQ=DAILY\r\n") + event("DTSTART:19700101\r\n"));
  ASSERT_THAT(daily.left_out, SizeIs(1));
  EXPECT_EQ(daily.left_out[0].why, "there are more than 10,000 dates");
}

TEST(Recurrence, CountsWeeksSetsAndYearsAsTheStandardsExamplesDo) {
  const auto dates_by = [](std::string_view rule, int year, unsigned month, unsigned day) {
    std::vector<std::string> found;
    const Date begin{std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day}};
    for (const Date one : Recurrence::parse(rule).value().dates(begin, begin + std::chrono::days{36'500}, 5)) {
      found.push_back(text_of(one));
    }
    return found;
  };
  EXPECT_THAT(dates_by("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=3", 1997, 5, 12),
              ElementsAre("1997-05-12", "1998-05-11", "1999-05-17"));
  EXPECT_THAT(dates_by("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", 1997, 8, 5),
              ElementsAre("1997-08-05", "1997-08-10", "1997-08-19", "1997-08-24"));
  EXPECT_THAT(dates_by("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", 1997, 8, 5),
              ElementsAre("1997-08-05", "1997-08-17", "1997-08-19", "1997-08-31"));
  EXPECT_THAT(dates_by("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", 1997, 9, 29),
              ElementsAre("1997-09-29", "1997-10-30", "1997-11-27", "1997-12-30", "1998-01-29"));
  EXPECT_THAT(dates_by("FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", 1997, 9, 4),
              ElementsAre("1997-09-04", "1997-10-07", "1997-11-06"));
  EXPECT_THAT(dates_by("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=3", 1997, 9, 2),
              ElementsAre("1998-02-13", "1998-03-13", "1998-11-13"));
  EXPECT_THAT(dates_by("FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8;COUNT=3", 1996, 11, 5),
              ElementsAre("1996-11-05", "2000-11-07", "2004-11-02"));
  EXPECT_THAT(dates_by("FREQ=YEARLY;INTERVAL=3;COUNT=4;BYYEARDAY=1,100,200", 1997, 1, 1),
              ElementsAre("1997-01-01", "1997-04-10", "1997-07-19", "2000-01-01"));
  EXPECT_THAT(dates_by("FREQ=MONTHLY;COUNT=3;BYMONTHDAY=-1", 2026, 1, 31),
              ElementsAre("2026-01-31", "2026-02-28", "2026-03-31"));
  EXPECT_THAT(dates_by("FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO;COUNT=2", 2024, 1, 1), ElementsAre("2024-01-01", "2024-12-30"));
  EXPECT_THAT(dates_by("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", 2026, 1, 1), IsEmpty());
}

/// How many instances the events of libical's own tests have, where they say so and recur by the day or more seldom.
TEST(Recurrence, HasAsManyInstancesAsLibicalsTestsSay) {
  const std::filesystem::path file = WEIR_SOURCE_DIR "/../shared/data/conformance/libical_recur.txt";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no public data";
  std::ostringstream text;
  text << "BEGIN:VCALENDAR\n" << std::ifstream{file}.rdbuf() << "\nEND:VCALENDAR\n";
  const auto events = icalendar::read_events(text.str());
  ASSERT_TRUE(events.ok()) << events.error().detail;
  int compared = 0;
  for (const icalendar::Event& one : *events) {
    const auto* const rule = one.find("RRULE");
    const auto* const expected = one.find("X-EXPECT-NUMEVENTS");
    const auto* const start = one.find("DTSTART");
    if (rule == nullptr || expected == nullptr || start == nullptr || one.find("EXDATE") != nullptr ||
        one.find("EXRULE") != nullptr)
      continue;
    const auto recurrence = Recurrence::parse(rule->value);
    const auto begin = icalendar::read_moment(start->value);
    if (!recurrence || !begin) continue;
    Date last = begin->date + std::chrono::days{365 * 100};
    if (const auto until = icalendar::read_moment(Recurrence::until_of(rule->value))) {
      last = until->second < begin->second ? until->date - std::chrono::days{1} : until->date;
    }
    EXPECT_EQ(recurrence->dates(begin->date, last, 1'000).size(), std::stoul(expected->value))
        << rule->value << " from " << start->value;
    ++compared;
  }
  EXPECT_GT(compared, 30);
}

}  // namespace
}  // namespace weir
