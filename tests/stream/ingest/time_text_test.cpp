#include "stream/ingest/time_text.hpp"

#include <gtest/gtest.h>

#include "schemas/codec/timestamp.hpp"

namespace weir::ingest {
namespace {

/// As RFC 3339, or the fault.
std::string read(std::string_view text, DateOrder order = DateOrder::undecided) {
  TimeHabits habits;
  habits.order = order;
  habits.unit = EpochUnit::nanoseconds;
  TimeHabits own;
  own.learn(text);
  habits.unit = own.unit;
  TimeReader reader(Zone::utc(), habits);
  const auto parsed = reader.read(text);
  switch (parsed.fault) {
    case TimeFault::none:
      return to_rfc3339(parsed.time);
    case TimeFault::bad:
      return "bad";
    case TimeFault::no_zone:
      return "no zone";
    case TimeFault::order:
      break;
  }
  return "order";
}

TEST(TimeText, ReadsTheSpellingsOfFiles) {
  const std::pair<const char*, const char*> spellings[] = {
      {"2020-01-05T10:11:12Z", "2020-01-05T10:11:12Z"},
      {"2020-01-05t10:11:12z", "2020-01-05T10:11:12Z"},
      {"2020-01-05 10:11:12", "2020-01-05T10:11:12Z"},
      {"2020-01-05 10:11:12.5", "2020-01-05T10:11:12.500Z"},
      {"2020-01-05 10:11:12,123456789", "2020-01-05T10:11:12.123456Z"},
      {"2020-01-05T10:11:12.788000+01:00", "2020-01-05T09:11:12.788Z"},
      {"2020-01-05T10:11:12-0330", "2020-01-05T13:41:12Z"},
      {"2020-01-05 10:11:12 +01", "2020-01-05T09:11:12Z"},
      {"2020-01-05 10:11:12 UTC", "2020-01-05T10:11:12Z"},
      {"2020-01-05T10:11", "2020-01-05T10:11:00Z"},
      {"2020-01-05", "2020-01-05T00:00:00Z"},
      {"2020-01-05+01:00", "2020-01-04T23:00:00Z"},
      {"20200105T101112Z", "2020-01-05T10:11:12Z"},
      {"2020/01/05 10:11:12.000", "2020-01-05T10:11:12Z"},
      {"2020/1/5 9:05", "2020-01-05T09:05:00Z"},
      {"2020.01.05 10:11", "2020-01-05T10:11:00Z"},
      {"05.01.2020 10:11", "2020-01-05T10:11:00Z"},
      {"5.1.2020", "2020-01-05T00:00:00Z"},
      {"25/01/2020 10:11:12", "2020-01-25T10:11:12Z"},
      {"01/25/2020 10:11:12 PM", "2020-01-25T22:11:12Z"},
      {"1/25/2020 12:11 am", "2020-01-25T00:11:00Z"},
      {"1/25/2020 12:11PM", "2020-01-25T12:11:00Z"},
      {"25-01-2020 10:11", "2020-01-25T10:11:00Z"},
      {"05-Jan-2020 10:11:12", "2020-01-05T10:11:12Z"},
      {"5 January 2020", "2020-01-05T00:00:00Z"},
      {"Jan 5 2020 10:11", "2020-01-05T10:11:00Z"},
      {"September 5, 2020, 1:02 PM", "2020-09-05T13:02:00Z"},
      {"Sun, 05 Jan 2020 10:11:12 GMT", "2020-01-05T10:11:12Z"},
      {"  2020-01-05 10:11:12\t", "2020-01-05T10:11:12Z"},
      {"1578219072", "2020-01-05T10:11:12Z"},
      {"1578219072.25", "2020-01-05T10:11:12.250Z"},
      {"1578219072500", "2020-01-05T10:11:12.500Z"},
      {"1578219072500001", "2020-01-05T10:11:12.500001Z"},
      {"1578219072500001999", "2020-01-05T10:11:12.500001Z"},
      {"-1", "1969-12-31T23:59:59Z"},
      {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"},
      {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"},
      {"9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"},
  };
  for (const auto& [text, expected] : spellings) EXPECT_EQ(read(text), expected) << text;
}

TEST(TimeText, RefusesWhatIsNoTime) {
  for (const auto* text : {"",
                           "?",
                           "now",
                           "2020",
                           "2020-13-01",
                           "2020-02-30",
                           "2020-01-05T24:00:00Z",
                           "2020-01-05T10:60:00",
                           "2020-01-05T10:11:61",
                           "2020-01-05T10:11:12+1",
                           "2020-01-05T10:11:12.",
                           "2020-01-05T10:11:12 CEST x",
                           "2020-0530T09:30:10Z",
                           "0000-01-01",
                           "13/13/2020",
                           "31.02.2020",
                           "2020-01/05",
                           "1/5/20",
                           "2020-01-05T10:11:12+19:00",
                           "12:30",
                           "NaT",
                           "1.5e9",
                           "Jan",
                           "13:00 PM",
                           "1/25/2020 13:11 PM",
                           "2020-01-05 10",
                           "99999999999999999999"}) {
    const auto answer = read(text);
    EXPECT_TRUE(answer == "bad" || std::string(text) == "2020") << text << " → " << answer;
    EXPECT_FALSE(is_time_text(text)) << text;
  }
}

TEST(TimeText, PutsDayAndMonthInTheGivenOrder) {
  EXPECT_EQ(read("03/04/2020", DateOrder::day_first), "2020-04-03T00:00:00Z");
  EXPECT_EQ(read("03/04/2020", DateOrder::month_first), "2020-03-04T00:00:00Z");
  EXPECT_EQ(read("03/04/2020"), "order");
  EXPECT_EQ(read("04/04/2020"), "2020-04-04T00:00:00Z");
  EXPECT_EQ(read("13/04/2020", DateOrder::month_first), "order");
  EXPECT_EQ(read("03.04.2020", DateOrder::month_first), "2020-04-03T00:00:00Z") << "a point: the day is first";
}

TEST(TimeText, LearnsTheOrderFromAnyValueThatProvesIt) {
  TimeHabits habits;
  for (const auto* text : {"01/02/2020", "what?", "2020-03-04", "2/29/2020"}) habits.learn(text);
  EXPECT_EQ(habits.order, DateOrder::month_first);
  EXPECT_FALSE(habits.contradicted);
  habits.learn("29/2/2020");
  EXPECT_TRUE(habits.contradicted);
}

TEST(TimeText, SaysWhetherZonesWereNeeded) {
  TimeReader reader(std::nullopt, {});
  EXPECT_EQ(reader.read("2020-01-05T10:11:12Z").fault, TimeFault::none);
  EXPECT_FALSE(reader.zoneless());
  EXPECT_EQ(reader.read("2020-01-05T10:11:12").fault, TimeFault::no_zone);
  EXPECT_TRUE(reader.zoneless());
}

TEST(TimeText, ConvertsEveryHourAsTheZoneDoes) {
  const auto zone = Zone::find("Europe/Berlin").value();
  TimeReader reader(zone, {});
  for (Time time = parse_rfc3339("2024-01-01T00:30:00Z").value(); time < parse_rfc3339("2025-01-01T00:00:00Z").value();
       time += std::chrono::minutes(30)) {
    const LocalTime local{time.time_since_epoch()};
    auto text = to_rfc3339(time);
    text.pop_back();
    EXPECT_EQ(reader.read(text).time, zone.to_time(local)) << text;
  }
}

}  // namespace
}  // namespace weir::ingest
