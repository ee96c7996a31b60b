#include "stream/ingest/cell_format.hpp"

#include <gtest/gtest.h>

namespace weir::ingest {
namespace {

using enum NumberKind;

/// As text; `?` and the fault where there is none.
std::string shown(std::string_view value, CellFormat format, DayZero zero = DayZero::year_1900) {
  std::string out;
  switch (append_number(value, format, zero, out)) {
    case NumberFault::no_number:
      return "?number" + out;
    case NumberFault::no_date:
      return "?date" + out;
    case NumberFault::none:
      break;
  }
  return out;
}

TEST(CellFormat, TellsDatesByTheirCodes) {
  const std::pair<std::string_view, NumberKind> codes[] = {{"General", number},
                                                           {"0.00", number},
                                                           {"#,##0.00 \"days\"", number},
                                                           {"0.00E+00", number},
                                                           {"[Red]0", number},
                                                           {"[>=100]0;0.0", number},
                                                           {"\\d0", number},
                                                           {"_d0", number},
                                                           {"*d0", number},
                                                           {"[$-409]#,##0", number},
                                                           {"@", number},
                                                           {"yyyy-mm-dd", date},
                                                           {"dd/mm/yyyy", date},
                                                           {"m/d/yy", date},
                                                           {"mmm", date},
                                                           {"mmmm yyyy", date},
                                                           {"mm", date},
                                                           {"[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", date},
                                                           {"yyyy\"年\"m\"月\"d\"日\";@", date},
                                                           {"yyyy-mm-dd hh:mm:ss", date_time},
                                                           {"DD.MM.YYYY HH:MM", date_time},
                                                           {"m/d/yy h:mm AM/PM", date_time},
                                                           {"yyyy-mm-dd\\Thh:mm:ss.000", date_time},
                                                           {"[$-409]mmm d, h:mm", date_time},
                                                           {"h:mm", time_of_day},
                                                           {"h:mm:ss AM/PM", time_of_day},
                                                           {"mm:ss.0", time_of_day},
                                                           {"h A/P", time_of_day},
                                                           {"[h]:mm:ss", elapsed},
                                                           {"[mm]:ss", elapsed},
                                                           {"[s]", elapsed},
                                                           {"0;yyyy", number},
                                                           {"", number},
                                                           {"\"", number},
                                                           {"[", number},
                                                           {"\\", number}};
  for (const auto& [code, kind] : codes) EXPECT_EQ(format_of(code).kind, kind) << code;
}

TEST(CellFormat, KnowsTheFormatsThatNoWorkbookDeclares) {
  for (const unsigned id : {0U, 1U, 4U, 9U, 13U, 37U, 44U, 48U, 49U, 60U, 9999U}) {
    EXPECT_EQ(builtin_format(id), CellFormat{}) << id;
  }
  for (const unsigned id : {14U, 15U, 17U, 27U, 31U, 36U, 50U, 58U}) EXPECT_EQ(builtin_format(id).kind, date) << id;
  for (const unsigned id : {18U, 21U, 32U, 45U, 47U}) EXPECT_EQ(builtin_format(id).kind, time_of_day) << id;
  EXPECT_EQ(builtin_format(22).kind, date_time);
  EXPECT_EQ(builtin_format(46).kind, elapsed);
}

TEST(CellFormat, WritesNumbersAsTheShortestDecimal) {
  const std::pair<std::string_view, std::string_view> numbers[] = {{"1", "1"},
                                                                   {"-7", "-7"},
                                                                   {"1.0", "1"},
                                                                   {"1.50", "1.5"},
                                                                   {"0.1", "0.1"},
                                                                   {"0.30000000000000004", "0.30000000000000004"},
                                                                   {"0.10000000000000001", "0.1"},
                                                                   {"1E3", "1000"},
                                                                   {"1.5E-3", "0.0015"},
                                                                   {"-0", "-0"},
                                                                   {"-0.0", "0"},
                                                                   {"12345678901234567890", "12345678901234567890"},
                                                                   {"1E+300", "1e+300"},
                                                                   {"1E-300", "1e-300"},
                                                                   {"", "?number"},
                                                                   {"1,5", "?number"},
                                                                   {"nan", "?number"},
                                                                   {"inf", "?number"},
                                                                   {"1e999", "?number"},
                                                                   {"0x10", "?number"},
                                                                   {"1 ", "?number"}};
  for (const auto& [value, text] : numbers) EXPECT_EQ(shown(value, {}), text) << value;
}

TEST(CellFormat, KeepsTheZerosInFrontThatAFormatAsksFor) {
  EXPECT_EQ(format_of("00000"), (CellFormat{number, 5}));
  EXPECT_EQ(shown("42", format_of("00000")), "00042");
  EXPECT_EQ(shown("42.0", format_of("00000")), "00042");
  EXPECT_EQ(shown("-42", format_of("000")), "-042");
  EXPECT_EQ(shown("123456", format_of("000")), "123456");
  EXPECT_EQ(shown("4.25", format_of("000")), "4.25");
  EXPECT_EQ(format_of("0"), CellFormat{});
  EXPECT_EQ(format_of("00.0"), CellFormat{});
}

TEST(CellFormat, ReadsDatesOfTheEpochOf1900WithTheDayThatNeverWas) {
  const std::pair<std::string_view, std::string_view> dates[] = {
      {"1", "1900-01-01"},     {"59", "1900-02-28"},      {"60", "?date"},
      {"61", "1900-03-01"},    {"25569", "1970-01-01"},   {"43831", "2020-01-01"},
      {"43890", "2020-02-29"}, {"2958465", "9999-12-31"}, {"2958466", "?date"},
      {"0", "?date"},          {"-1", "?date"},           {"43831.5", "2020-01-01T12:00:00"},
      {"1E5", "2173-10-14"},   {"9e15", "?date"},         {"60.99999999999", "1900-03-01"}};
  for (const auto& [value, text] : dates) EXPECT_EQ(shown(value, {date, 0}), text) << value;
}

TEST(CellFormat, ReadsDatesOfTheEpochOf1904) {
  const std::pair<std::string_view, std::string_view> dates[] = {
      {"0", "1904-01-01"},       {"60", "1904-03-01"}, {"42369", "2020-01-01"},
      {"2957003", "9999-12-31"}, {"2957004", "?date"}, {"42369.25", "2020-01-01T06:00:00"}};
  for (const auto& [value, text] : dates) EXPECT_EQ(shown(value, {date, 0}, DayZero::year_1904), text) << value;
}

TEST(CellFormat, RoundsTimesToMillisecondsHalfUp) {
  const std::pair<std::string_view, std::string_view> times[] = {
      {"43831", "2020-01-01T00:00:00"},
      {"43831.520833333336", "2020-01-01T12:30:00"},      // 12:30 as Excel stores it
      {"43831.520844907405", "2020-01-01T12:30:01"},      // 12:30:01
      {"43831.520844918981", "2020-01-01T12:30:01.001"},  // one millisecond more
      {"43831.520844913194", "2020-01-01T12:30:01.001"},  // half of one
      {"43831.520844912", "2020-01-01T12:30:01"},         // less than half
      {"43831.99999999999", "2020-01-02T00:00:00"},       // up into the next day
      {"43831.999988425925", "2020-01-01T23:59:59"}};
  for (const auto& [value, text] : times) EXPECT_EQ(shown(value, {date_time, 0}), text) << value;
}

TEST(CellFormat, EverySecondOfADayComesBack) {
  for (int second = 0; second < 86'400; ++second) {
    char serial[64];
    std::snprintf(serial, sizeof serial, "%.15g", 45'000 + second / 86'400.0);
    char expected[64];
    std::snprintf(expected, sizeof expected, "2023-03-15T%02d:%02d:%02d", second / 3600, second / 60 % 60, second % 60);
    ASSERT_EQ(shown(serial, {date_time, 0}), expected);
  }
}

TEST(CellFormat, ShowsTimesOfDayAndDurations) {
  EXPECT_EQ(shown("0.5", {time_of_day, 0}), "12:00:00");
  EXPECT_EQ(shown("0", {time_of_day, 0}), "00:00:00");
  EXPECT_EQ(shown("43831.5", {time_of_day, 0}), "2020-01-01T12:00:00") << "a day is there though it is not shown";
  EXPECT_EQ(shown("1.5", {elapsed, 0}), "36:00:00");
  EXPECT_EQ(shown("0.000011574", {elapsed, 0}), "0:00:01");
  EXPECT_EQ(shown("-0.5", {elapsed, 0}), "?date");
}

}  // namespace
}  // namespace weir::ingest
