#include "schemas/calendar/zone.hpp"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace weir {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

LocalTime local(int year, unsigned month, unsigned day, int hour, int minute) {
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
  return LocalTime{std::chrono::local_days{date}.time_since_epoch()} + hours(hour) + minutes(minute);
}

Time utc(int year, unsigned month, unsigned day, int hour, int minute) {
  return Time{local(year, month, day, hour, minute).time_since_epoch()};
}

Zone zone(std::string_view name) { return Zone::find(name).value(); }

TEST(Zone, RefusesANameThatIanaDoesNotKnow) {
  for (const auto* name : {"", "Mars/Olympus", "../../etc/passwd", "europe/athens", "/etc/localtime"}) {
    const auto found = Zone::find(name);
    ASSERT_FALSE(found.ok()) << name;
    EXPECT_EQ(found.error().code, Code::unknown_zone);
  }
}

TEST(Zone, ConvertsByTheOffsetOfTheSeason) {
  const auto athens = zone("Europe/Athens");
  EXPECT_EQ(athens.to_time(local(2024, 1, 15, 12, 0)), utc(2024, 1, 15, 10, 0));
  EXPECT_EQ(athens.to_time(local(2024, 7, 15, 12, 0)), utc(2024, 7, 15, 9, 0));
  EXPECT_EQ(athens.to_local(utc(2024, 7, 15, 9, 0)), local(2024, 7, 15, 12, 0));
  EXPECT_EQ(athens.name(), "Europe/Athens");
}

TEST(Zone, TakesATimeThatDoesNotExistAsOneHourLater) {
  // New York skips from 02:00 to 03:00 on 10 March 2024.
  const auto york = zone("America/New_York");
  const auto time = york.to_time(local(2024, 3, 10, 2, 30));
  EXPECT_EQ(time, utc(2024, 3, 10, 7, 30));
  EXPECT_EQ(york.to_local(time), local(2024, 3, 10, 3, 30));
}

TEST(Zone, TakesATimeThatExistsTwiceAsTheFirst) {
  const auto york = zone("America/New_York");
  EXPECT_EQ(york.to_time(local(2024, 11, 3, 1, 30)), utc(2024, 11, 3, 5, 30));  // still summer time
}

TEST(Zone, HasOffsetsThatAreNoWholeHoursAndADayThatNeverWas) {
  EXPECT_EQ(zone("Asia/Kathmandu").to_time(local(2024, 1, 1, 5, 45)), utc(2024, 1, 1, 0, 0));
  // Samoa had no 30 December 2011: a gap of 24 hours.
  EXPECT_EQ(zone("Pacific/Apia").to_local(zone("Pacific/Apia").to_time(local(2011, 12, 30, 12, 0))),
            local(2011, 12, 31, 12, 0));
}

TEST(Zone, ConvertsEveryHourOfAYearThereAndBack) {
  for (const auto* name : {"UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo"}) {
    const auto place = zone(name);
    for (auto time = utc(2023, 1, 1, 0, 30); time < utc(2024, 1, 1, 0, 0); time += hours(1)) {
      const auto shown = place.to_local(time);
      const auto back = place.to_time(shown);
      EXPECT_EQ(place.to_local(back), shown) << name;
      EXPECT_LE(back, time) << name;  // equal, or the first of two
    }
  }
}

TEST(Zone, GivesStretchesWithinWhichOneOffsetHolds) {
  const auto berlin = zone("Europe/Berlin");
  for (auto at = local(2024, 1, 1, 0, 0); at < local(2025, 1, 1, 0, 0); at += minutes(30)) {
    const auto stretch = berlin.stretch_at(at);
    if (stretch.from == stretch.to) {
      EXPECT_TRUE(at >= local(2024, 3, 31, 2, 0) && at < local(2024, 10, 27, 3, 0));
      continue;
    }
    ASSERT_TRUE(stretch.from <= at && at < stretch.to);
    for (const auto probe : {stretch.from, at, stretch.to - Duration{1}}) {
      EXPECT_EQ(berlin.to_time(probe), Time{probe.time_since_epoch() - stretch.offset});
    }
  }
}

TEST(Zone, TellsTheReleaseOfTheDatabase) {
  const std::string release = zone_database_release();
  ASSERT_GE(release.size(), 5u);
  EXPECT_GE(release.substr(0, 4), "2023");
}

TEST(Zone, AnswersManyThreadsAtOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&wrong] {
      const auto place = zone("Europe/Lisbon");
      if (place.to_time(local(2024, 7, 1, 1, 0)) != utc(2024, 7, 1, 0, 0)) ++wrong;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace weir
