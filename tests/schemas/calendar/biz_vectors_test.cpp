// The semantics of Zendesk's public calendar library `biz`, by its documentation: what is open when, when a span of
// business time has passed, how much lies between two times. Schedules are those of its manual and specification, local
// times are of the schedule's zone, all others UTC.
#include <cstdio>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemas/calendar/calendar_document.hpp"

namespace weir {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;

Time utc(const char* text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  EXPECT_GE(std::sscanf(text, "%d-%d-%d %d:%d:%d", &year, &month, &day, &hour, &minute, &second), 5) << text;
  const auto date = std::chrono::year{year} / std::chrono::month(static_cast<unsigned>(month)) /
                    std::chrono::day(static_cast<unsigned>(day));
  return std::chrono::sys_days{date} + hours{hour} + minutes{minute} + std::chrono::seconds{second};
}

std::string text_of(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const auto minute = static_cast<int>((time - day) / minutes{1});
  char text[48];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), minute / 60, minute % 60);
  return text;
}

CalendarDocument document(std::string_view text) {
  std::optional<CalendarDocument> calendar;
  const auto faults = read_document(text, [&](const DocumentNode& node) { calendar = read_calendar(node); });
  EXPECT_TRUE(faults && faults->empty() && calendar) << text;
  return calendar.value_or(CalendarDocument{});
}

class Schedule {
 public:
  explicit Schedule(std::string_view text) : Schedule(document(text)) {}
  explicit Schedule(const CalendarDocument& given) : calendar_(given.hours, given.zone) {}

  /// `time(span).after(from)`
  std::string after(Duration span, const char* from) const {
    const auto due = calendar_.after(utc(from), span);
    return due ? text_of(*due) : "never";
  }
  /// `within(from, to)`
  Duration within(const char* from, const char* to) const { return calendar_.between(utc(from), utc(to)); }
  /// `in_hours?(time)`
  bool in_hours(const char* time) const { return calendar_.is_open(utc(time)); }
  /// `periods.after(from).timeline.until(to)`, found minute by minute.
  std::vector<std::string> periods(const char* from, const char* to) const {
    std::vector<std::string> found;
    bool was_open = false;
    for (Time at = utc(from); at <= utc(to); at += minutes{1}) {
      const bool is_open = at < utc(to) && calendar_.is_open(at);
      if (is_open && !was_open) found.push_back(text_of(at));
      if (!is_open && was_open) found.back().append(" to ").append(text_of(at));
      was_open = is_open;
    }
    return found;
  }

 private:
  BusinessCalendar calendar_;
};

constexpr std::string_view manual = R"({"zone": "America/Los_Angeles",
  "week": {"mon": ["09:00-17:00"], "tue": ["00:00-24:00"], "wed": ["09:00-17:00"],
           "thu": ["09:00-12:00", "13:00-17:00"], "sat": ["10:00-14:00"]},
  "holidays": ["2014-01-01", "2014-12-25"]})";

constexpr std::string_view specified = R"({"zone": "Etc/UTC",
  "week": {"mon": ["09:00-17:00"], "tue": ["10:00-16:00"], "wed": ["09:00-17:00"], "thu": ["10:00-16:00"],
           "fri": ["09:00-17:00"], "sat": ["11:00-14:30"]},
  "holidays": ["2006-01-16", "2006-01-18"]})";

TEST(BizVectors, PeriodsOfAWeekInAZone) {
  EXPECT_THAT(Schedule{manual}.periods("2015-01-10 10:00", "2015-01-17 10:00"),
              ElementsAre("2015-01-10 18:00 to 2015-01-10 22:00", "2015-01-12 17:00 to 2015-01-13 01:00",
                          "2015-01-13 08:00 to 2015-01-14 08:00", "2015-01-14 17:00 to 2015-01-15 01:00",
                          "2015-01-15 17:00 to 2015-01-15 20:00", "2015-01-15 21:00 to 2015-01-16 01:00"));
}

TEST(BizVectors, ASpanThatIsCountedBackIsThatFarForward) {
  const Schedule schedule{manual};
  EXPECT_EQ(schedule.after(minutes{3'598}, "2015-04-27 20:36:57"), "2015-05-05 12:34");
  EXPECT_EQ(schedule.within("2015-04-27 20:36:57", "2015-05-05 12:34:57"), minutes{3'598});
}

TEST(BizVectors, SpansGoThroughNightsAndDaysOfOtherHours) {
  const Schedule schedule{specified};
  EXPECT_EQ(schedule.after(hours{19}, "2006-01-02 11:00"), "2006-01-04 16:00");
  EXPECT_EQ(schedule.after(hours{6}, "2006-01-02 11:00"), "2006-01-02 17:00");  // at the bell
  EXPECT_EQ(schedule.after(minutes{6 * 60 + 1}, "2006-01-02 11:00"), "2006-01-03 10:01");
  EXPECT_EQ(schedule.after(minutes{1}, "2006-01-07 14:30"), "2006-01-09 09:01");
  EXPECT_EQ(schedule.within("2006-01-02 11:00", "2006-01-04 16:00"), hours{19});
  EXPECT_EQ(schedule.within("2006-01-07 14:30", "2006-01-09 09:00"), hours{0});
}

TEST(BizVectors, BeginsAreWithinHoursAndEndsAreNot) {
  const Schedule schedule{specified};
  EXPECT_TRUE(schedule.in_hours("2006-01-02 09:00"));
  EXPECT_TRUE(schedule.in_hours("2006-01-02 16:59:59"));
  EXPECT_FALSE(schedule.in_hours("2006-01-02 17:00"));
  EXPECT_FALSE(schedule.in_hours("2006-01-02 08:59:59"));
  EXPECT_FALSE(schedule.in_hours("2006-01-01 12:00"));
}

TEST(BizVectors, HolidaysAreWholeDatesOfTheZone) {
  EXPECT_THAT(Schedule{specified}.periods("2006-01-14 00:00", "2006-01-20 00:00"),
              ElementsAre("2006-01-14 11:00 to 2006-01-14 14:30", "2006-01-17 10:00 to 2006-01-17 16:00",
                          "2006-01-19 10:00 to 2006-01-19 16:00"));
  const Schedule angeles{manual};  // Thursday 2014-12-25 there is 08:00 to 08:00 here
  EXPECT_THAT(angeles.periods("2014-12-24 00:00", "2014-12-28 00:00"),
              ElementsAre("2014-12-24 00:00 to 2014-12-24 08:00", "2014-12-24 17:00 to 2014-12-25 01:00",
                          "2014-12-27 18:00 to 2014-12-27 22:00"));
}

TEST(BizVectors, ShiftsReplaceADayBreaksCutItHolidaysVoidBoth) {
  const Schedule schedule{R"({"zone": "Etc/UTC",
    "week": {"mon": ["09:00-17:00"], "tue": ["10:00-16:00"], "sat": ["11:00-14:30"]},
    "shifts": {"2006-01-01": ["09:00-12:00"], "2006-01-07": ["08:00-10:00", "12:00-14:00"], "2006-01-09": ["09:00-17:00"]},
    "breaks": {"2006-01-02": ["10:00-11:30"], "2006-01-03": ["14:15-14:30", "15:40-15:50"], "2006-01-07": ["09:30-12:30"]},
    "holidays": ["2006-01-09"]})"};
  EXPECT_THAT(schedule.periods("2006-01-01 00:00", "2006-01-10 00:00"),
              ElementsAre("2006-01-01 09:00 to 2006-01-01 12:00", "2006-01-02 09:00 to 2006-01-02 10:00",
                          "2006-01-02 11:30 to 2006-01-02 17:00", "2006-01-03 10:00 to 2006-01-03 14:15",
                          "2006-01-03 14:30 to 2006-01-03 15:40", "2006-01-03 15:50 to 2006-01-03 16:00",
                          "2006-01-07 08:00 to 2006-01-07 09:30", "2006-01-07 12:30 to 2006-01-07 14:00"));
  EXPECT_EQ(schedule.after(hours{2}, "2006-01-02 09:30"), "2006-01-02 13:00");
}

TEST(BizVectors, TimesThatDoNotExistAreAnHourLater) {
  const Schedule empty{R"({"zone": "America/Los_Angeles", "week": {"sun": ["02:30-03:15"], "mon": ["09:00-17:00"]}})"};
  EXPECT_THAT(empty.periods("2006-04-02 08:00", "2006-04-04 08:00"),
              ElementsAre("2006-04-03 16:00 to 2006-04-04 00:00"));
  const Schedule moved{R"({"zone": "America/Los_Angeles", "week": {"sun": ["02:15-02:45"]}})"};
  EXPECT_THAT(moved.periods("2006-04-02 08:00", "2006-04-03 07:00"),
              ElementsAre("2006-04-02 10:15 to 2006-04-02 10:45"));
}

TEST(BizVectors, OfTimesThatExistTwiceTheFirstIsMeant) {
  const Schedule within{R"({"zone": "America/Los_Angeles", "week": {"sun": ["00:00-01:30"]}})"};
  EXPECT_THAT(within.periods("2006-10-29 00:00", "2006-10-30 08:00"),
              ElementsAre("2006-10-29 07:00 to 2006-10-29 08:30"));
  const Schedule around{R"({"zone": "America/Los_Angeles", "week": {"sun": ["01:00-02:30"]}})"};
  EXPECT_THAT(around.periods("2006-10-29 00:00", "2006-10-30 08:00"),
              ElementsAre("2006-10-29 08:00 to 2006-10-29 10:30"));
  EXPECT_EQ(around.after(hours{2}, "2006-10-29 08:00"), "2006-10-29 10:00");
}

TEST(BizVectors, AnIntersectionIsOpenWhereBothAre) {
  const CalendarDocument first = document(R"({"zone": "Etc/UTC",
    "week": {"mon": ["09:00-17:00"], "tue": ["10:00-16:00"], "wed": ["09:00-17:00"]},
    "shifts": {"2006-01-08": ["09:00-17:00"]}, "breaks": {"2006-01-02": ["10:00-11:30"]}, "holidays": ["2006-01-11"]})");
  const CalendarDocument second = document(R"({"zone": "America/Los_Angeles",
    "week": {"sun": ["09:00-17:00"], "mon": ["10:00-16:00"], "tue": ["09:00-17:00"], "wed": ["10:00-16:00"]},
    "breaks": {"2006-01-03": ["12:00-13:00"]}, "holidays": ["2006-01-09"]})");
  const Schedule both{CalendarDocument{first.zone, OpeningHours::intersection(first.hours, second.hours)}};
  EXPECT_THAT(both.periods("2006-01-01 00:00", "2006-01-12 00:00"),
              ElementsAre("2006-01-02 11:30 to 2006-01-02 16:00", "2006-01-03 10:00 to 2006-01-03 12:00",
                          "2006-01-03 13:00 to 2006-01-03 16:00", "2006-01-04 10:00 to 2006-01-04 16:00",
                          "2006-01-10 10:00 to 2006-01-10 16:00"));
}

}  // namespace
}  // namespace weir
