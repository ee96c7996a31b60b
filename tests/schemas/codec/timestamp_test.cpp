#include "schemas/codec/timestamp.hpp"

#include <random>

#include <gtest/gtest.h>

namespace weir {
namespace {

struct Readable {
  std::string_view text;
  std::int64_t micros;
};

constexpr std::int64_t second = 1'000'000;

TEST(Timestamp, ReadsRfc3339) {
  constexpr Readable table[] = {
      {"1970-01-01T00:00:00Z", 0},
      {"1970-01-01t00:00:00z", 0},
      {"1970-01-01 00:00:00Z", 0},
      {"1970-01-01T00:00:00-00:00", 0},
      {"1970-01-01T01:00:00+01:00", 0},
      {"1969-12-31T00:01:00-23:59", 0},
      {"1970-01-01T23:59:00+23:59", 0},
      {"1969-12-31T23:59:59.999999Z", -1},
      {"1970-01-01T00:00:00.1Z", 100'000},
      {"1970-01-01T00:00:00.000001Z", 1},
      {"1970-01-01T00:00:00.0000019Z", 1},
      {"1970-01-01T00:00:00.12345678901234567890+00:00", 123'456},
      {"2000-02-29T00:00:00Z", 951'782'400 * second},
      {"2024-02-29T23:59:59Z", 1'709'251'199 * second},
      {"2026-01-02T03:04:05.000006Z", 1'767'323'045 * second + 6},
      {"2016-12-31T23:59:60Z", 1'483'228'800 * second},
      {"2016-12-31T23:59:60.25Z", 1'483'228'800 * second + 250'000},
      {"2016-12-31T15:59:60-08:00", 1'483'228'800 * second},
      {"0001-01-01T00:00:00Z", -62'135'596'800 * second},
      {"9999-12-31T23:59:59.999999Z", 253'402'300'799 * second + 999'999},
  };
  for (const auto& [text, micros] : table) {
    const std::optional<Time> time = parse_rfc3339(text);
    ASSERT_TRUE(time) << text;
    EXPECT_EQ(to_micros(*time), micros) << text;
  }
}

TEST(Timestamp, RefusesWhatIsNotRfc3339OrNoDate) {
  constexpr std::string_view table[] = {
      "",
      "2024-01-01",
      "2024-01-01T00:00:00",     // no offset
      "2024-01-01T00:00Z",       // no seconds
      "2024-01-01T00:00:00.Z",   // a point and nothing behind it
      "2024-01-01T00:00:00,5Z",  // ISO 8601's comma
      "2024-01-01T00:00:00 Z",
      "2024-01-01T00:00:00Z ",
      " 2024-01-01T00:00:00Z",
      "2024-01-01T00:00:00Z0",
      "2024-01-01T00:00:00+0100",
      "2024-01-01T00:00:00+01",
      "2024-01-01T00:00:00+1:00",
      "2024-01-01T00:00:00+24:00",
      "2024-01-01T00:00:00+00:60",
      "2024-01-01T00:00:00+",
      "2024-01-01_00:00:00Z",
      "2024-1-01T00:00:00Z",
      "24-01-01T00:00:00Z",
      "+2024-01-01T00:00:00Z",
      "20240101T000000Z",
      "2024-00-01T00:00:00Z",
      "2024-13-01T00:00:00Z",
      "2024-01-00T00:00:00Z",
      "2024-01-32T00:00:00Z",
      "2024-04-31T00:00:00Z",
      "2024-06-31T00:00:00Z",
      "2024-09-31T00:00:00Z",
      "2024-11-31T00:00:00Z",
      "2024-02-30T00:00:00Z",
      "2023-02-29T00:00:00Z",
      "1900-02-29T00:00:00Z",  // a century
      "2024-01-01T24:00:00Z",
      "2024-01-01T25:00:00Z",
      "2024-01-01T23:60:00Z",
      "2024-01-01T23:59:61Z",
      "2016-12-31T22:59:60Z",  // leap seconds come at 23:59:60 UTC
      "2016-12-31T23:59:60-08:00",
      "0000-12-31T23:59:59Z",
      "10000-01-01T00:00:00Z",
      "0001-01-01T00:00:00+00:01",  // in year 0
      "9999-12-31T23:59:00-00:01",  // in year 10000
      "9999-12-31T23:59:60Z",
      "2024-0\xC2\xB9-01T00:00:00Z",
  };
  for (const std::string_view text : table) EXPECT_FALSE(parse_rfc3339(text)) << text;
  EXPECT_FALSE(parse_rfc3339(std::string_view("2024-01-01T00:00:00\0Z", 21)));
}

TEST(Timestamp, ReadsACivilTimeWithoutAZone) {
  const std::optional<CivilTime> civil = parse_civil_time("2024-02-29 23:59:60.5");
  ASSERT_TRUE(civil);
  const CivilTime expected{.year = 2024,
                           .month = 2,
                           .day = 29,
                           .hour = 23,
                           .minute = 59,
                           .second = 60,
                           .micros = 500'000,
                           .offset = std::nullopt};
  EXPECT_EQ(*civil, expected);
  EXPECT_EQ(to_time(*civil, std::chrono::minutes{0}), parse_rfc3339("2024-03-01T00:00:00.5Z"));
  EXPECT_EQ(to_time(*civil, std::chrono::minutes{60}), std::nullopt);
  EXPECT_EQ(parse_civil_time("2024-02-29T00:00:00-01:30")->offset, std::chrono::minutes{-90});
}

TEST(Timestamp, TakesEpochMillisecondsAndNoOtherUnit) {
  EXPECT_EQ(from_epoch_ms(1'767'323'045'678), from_micros(1'767'323'045'678'000));
  EXPECT_EQ(from_epoch_ms(100'000'000'000), parse_rfc3339("1973-03-03T09:46:40Z"));
  for (const std::int64_t other :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1'767'323'045}, std::int64_t{99'999'999'999},
        std::int64_t{100'000'000'000'000}, std::int64_t{1'767'323'045'678'000}, std::int64_t{1'767'323'045'678'000'000},
        std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
    EXPECT_FALSE(from_epoch_ms(other)) << other;
  }
}

TEST(Timestamp, WritesTheFractionOnlyWhereThereIsOne) {
  EXPECT_EQ(to_rfc3339(from_micros(0)), "1970-01-01T00:00:00Z");
  EXPECT_EQ(to_rfc3339(from_micros(120'000)), "1970-01-01T00:00:00.120Z");
  EXPECT_EQ(to_rfc3339(from_micros(1'767'323'045'000'006)), "2026-01-02T03:04:05.000006Z");
  EXPECT_EQ(to_rfc3339(from_micros(-1)), "1969-12-31T23:59:59.999999Z");
}

TEST(Timestamp, ReadsBackWhatItWrites) {
  std::mt19937_64 random(1);
  const std::int64_t first = to_micros(*parse_rfc3339("0001-01-01T00:00:00Z"));
  const std::int64_t last = to_micros(*parse_rfc3339("9999-12-31T23:59:59.999999Z"));
  std::uniform_int_distribution<std::int64_t> any(first, last);
  for (int i = 0; i < 100'000; ++i) {
    const Time time = from_micros(i == 0 ? first : i == 1 ? last : any(random));
    ASSERT_EQ(parse_rfc3339(to_rfc3339(time)), time);
  }
}

TEST(Timestamp, KnowsTheLengthOfEveryMonthOfFourCenturies) {
  std::string text = "0000-00-00T00:00:00Z";
  for (int year = 1800; year < 2200; ++year) {
    for (unsigned month = 1; month <= 12; ++month) {
      for (unsigned day = 28; day <= 31; ++day) {
        std::snprintf(text.data(), text.size() + 1, "%04d-%02u-%02uT00:00:00Z", year, month, day);
        const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                               std::chrono::day{day}};
        ASSERT_EQ(parse_rfc3339(text).has_value(), date.ok()) << text;
        if (!date.ok()) continue;
        ASSERT_EQ(*parse_rfc3339(text), Time{std::chrono::sys_days{date}}) << text;
      }
    }
  }
}

}  // namespace
}  // namespace weir
