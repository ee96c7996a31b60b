// Bad inputs 75 to 77 and what makes CSV files differ (reliability.md, "uploads").
#include <gtest/gtest.h>

#include "tests/stream/ingest/reading.hpp"

namespace weir::ingest {
namespace {

const std::string header = "case,activity,timestamp\n";

std::string times(std::initializer_list<const char*> values) {
  std::string text = "case;activity;timestamp\n";
  int number = 0;
  for (const auto* value : values) text += "c" + std::to_string(++number) + ";a;" + value + "\n";
  return text;
}

std::vector<RowError> errors_of(const std::string& text) { return read_bytes(text).errors; }

TEST(CsvInput, RefusesARowWithAnotherNumberOfFields) {
  const auto read = read_bytes(header + "1,a,2020-01-01\n2,b\n3,c,2020-01-03,more\n4,d,2020-01-04\n");
  ASSERT_EQ(read.events.size(), 2U);
  EXPECT_EQ(read.events[1].case_id, "4");
  EXPECT_EQ(read.events[1].sequence, 4U);
  ASSERT_EQ(read.errors.size(), 2U);
  EXPECT_EQ(read.errors[0], (RowError{3, 3, Code::ragged_row, "the row has 2 fields, the header 3"}));
  EXPECT_EQ(read.errors[1], (RowError{4, 4, Code::ragged_row, "the row has 4 fields, the header 3"}));
}

TEST(CsvInput, NamesTheLineWhereAQuoteOpensThatIsNeverClosed) {
  const auto read = read_bytes(header + "1,a,2020-01-01\n2,\"b,2020-01-02\n3,c,2020-01-03\n");
  EXPECT_EQ(read.failure, Code::bad_csv);
  EXPECT_EQ(read.errors.back().line, 3U);
  EXPECT_EQ(read.events.size(), 1U);
}

TEST(CsvInput, NamesTheLineOfAQuoteThatIsNotClosedWithinAMebibyte) {
  std::string text = header + "1,a,2020-01-01\n2,\"b,2020-01-02\n";
  for (int i = 0; i < 100'000; ++i) text += "3,c,2020-01-03 and so on\n";
  const auto read = read_bytes(text);
  EXPECT_EQ(read.failure, Code::bad_csv);
  EXPECT_EQ(read.errors.back().line, 3U);
}

TEST(CsvInput, KeepsAQuoteWithinAFieldAndRefusesTextBehindAClosingOne) {
  const auto read = read_bytes(header + "37'8\",a,2020-01-01\n2,\"b\"x,2020-01-02\n3,\"say \"\"c\"\"\",2020-01-03\n");
  ASSERT_EQ(read.events.size(), 2U);
  EXPECT_EQ(read.events[0].case_id, "37'8\"");
  EXPECT_EQ(read.events[1].activity, "say \"c\"");
  ASSERT_EQ(read.errors.size(), 1U);
  EXPECT_EQ(read.errors[0].line, 3U);
  EXPECT_EQ(read.errors[0].column, 2U);
  EXPECT_EQ(read.errors[0].code, Code::bad_csv);
}

TEST(CsvInput, TakesTheDeclaredDelimiterEvenIfAnotherLooksLikelier) {
  // By commas every row has two cells, by semicolons three.
  const std::string file = "case;activity;timestamp,x\n1;a,b;2026-01-01T00:00:00Z\n1;c,d;2026-01-02T00:00:00Z\n";
  FileOptions options = in_utc();
  options.delimiter = ';';
  options.map = {{"timestamp", "#3"}};
  const Reading read = read_bytes(file, options);
  ASSERT_EQ(read.events.size(), 2U);
  EXPECT_EQ(read.events[0].activity, "a,b");
}

TEST(CsvInput, ReadsEveryLineEndAndCountsLines) {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    const auto text = "case,activity,timestamp" + end + "1,a,2020-01-01" + end + end + "2,\"b" + end +
                      "c\",2020-01-02" + end + "3,bad" + end;
    const auto read = read_bytes(text);
    ASSERT_EQ(read.events.size(), 2U);
    EXPECT_EQ(read.events[1].activity, "b" + end + "c");
    ASSERT_EQ(read.errors.size(), 1U);
    EXPECT_EQ(read.errors[0].line, 6U);
  }
}

TEST(CsvInput, NamesAColumnWithoutHeaderByItsPlace) {
  const auto read = read_bytes(",case,activity,timestamp,\n0,1,a,2020-01-01,x\n");
  EXPECT_EQ(read.facts.columns.front(), "#1");
  ASSERT_EQ(read.events.size(), 1U);
  EXPECT_TRUE(read.events[0].id.empty()) << "an index column is no identity";
  EXPECT_EQ(*attribute_of(read.events[0], "#1"), "0");
  EXPECT_EQ(*attribute_of(read.events[0], "#5"), "\"x\"");
}

TEST(CsvInput, RefusesTwoColumnsOfOneName) {
  const auto read = read_bytes("case,activity,timestamp,x,x\n1,a,2020-01-01,1,2\n");
  EXPECT_EQ(read.failure, Code::duplicate_header);
  EXPECT_EQ(read.errors.back().line, 1U);
}

std::string utf16(std::string_view ascii, bool big) {
  std::string wide = big ? "\xFE\xFF" : "\xFF\xFE";
  for (const char c : ascii) {
    if (big) wide.push_back('\0');
    wide.push_back(c);
    if (!big) wide.push_back('\0');
  }
  return wide;
}

TEST(CsvInput, ReadsUtf16OfBothOrders) {
  for (const bool big : {false, true}) {
    auto text = utf16(header + "1,", big);
    text += big ? std::string("\xD8\x3D\xDE\x00", 4) : std::string("\x3D\xD8\x00\xDE", 4);  // U+1F600
    text += utf16(",2020-01-01\n", big).substr(2);
    for (const std::size_t piece : {1UL, 7UL, 1000UL}) {
      const auto read = read_bytes(text, in_utc(), piece);
      ASSERT_EQ(read.events.size(), 1U);
      EXPECT_EQ(read.events[0].activity, "\xF0\x9F\x98\x80");
    }
  }
}

TEST(CsvInput, RefusesUtf16ThatEndsOrBreaksWithinACharacter) {
  EXPECT_EQ(read_bytes(utf16(header + "1,a,2020-01-01\n", false) + "x").failure, Code::bad_encoding);
  EXPECT_EQ(read_bytes(utf16(header, false) + std::string("\x3D\xD8 \0", 4)).failure, Code::bad_encoding);
}

TEST(CsvInput, TakesARowThatIsNotUtf8ForWindows1252) {
  const auto read = read_bytes(header + "Z\xC3\xBCrich,\xE2\x82\xAC,2020-01-01\nZ\xFCrich,\x80,2020-01-02\n");
  ASSERT_EQ(read.events.size(), 2U);
  EXPECT_EQ(read.events[0].case_id, read.events[1].case_id);
  EXPECT_EQ(read.events[0].activity, read.events[1].activity);
}

TEST(CsvInput, SkipsTheByteOrderMark) {
  const auto read = read_bytes("\xEF\xBB\xBF" + header + "1,a,2020-01-01\n");
  EXPECT_EQ(read.facts.columns.front(), "case");
  EXPECT_EQ(read.events.size(), 1U);
}

TEST(CsvInput, ReadsTimesOfMixedZones) {
  const auto read = read_bytes(times({"2020-01-01 10:00:00+01:00", "2020-01-01T09:00:00Z", "2020-01-01 04:00:00-0500",
                                      "2020-01-01 10:00:00 +01", "2020-01-01 09:00:00"}));
  ASSERT_EQ(read.events.size(), 5U);
  for (const auto& event : read.events) EXPECT_EQ(event.timestamp, at(1577869200));
  EXPECT_TRUE(read.facts.zoneless);
}

TEST(CsvInput, NeedsAZoneForTimesWithoutOffset) {
  const auto read = read_bytes(times({"2020-01-01 10:00:00+01:00", "2020-01-01 09:00:00"}), FileOptions{});
  EXPECT_EQ(read.events.size(), 1U);
  ASSERT_EQ(read.errors.size(), 1U);
  EXPECT_EQ(read.errors[0].code, Code::missing_zone);
  EXPECT_EQ(read.errors[0].column, 3U);
}

TEST(CsvInput, ReadsLocalTimesOfTheDeclaredZone) {
  FileOptions options;
  options.zone = Zone::find("America/New_York").value();
  const auto read =
      read_bytes(times({"2024-03-10 01:59", "2024-03-10 02:30", "2024-11-03 01:30", "2024-07-01 12:00"}), options);
  ASSERT_EQ(read.events.size(), 4U);
  EXPECT_EQ(read.events[0].timestamp, at(1710053940));
  EXPECT_EQ(read.events[1].timestamp, at(1710055800));  // does not exist: one hour later
  EXPECT_EQ(read.events[2].timestamp, at(1730611800));  // exists twice: the first
  EXPECT_EQ(read.events[3].timestamp, at(1719849600));
}

TEST(CsvInput, RefusesALineOfManyMebibytes) {
  std::string text = header + "1,a,2020-01-01\n2,";
  text.append(4 << 20, 'x');
  const auto read = read_bytes(text + ",2020-01-01\n");
  EXPECT_EQ(read.failure, Code::line_too_long);
  EXPECT_EQ(read.errors.back().line, 3U);
  EXPECT_EQ(read_bytes(std::string(4 << 20, 'x')).failure, Code::line_too_long);
}

TEST(CsvInput, AcceptsALineOfExactlyAMebibyte) {
  // Refused for its field, not for its line.
  const std::string rest = "2,a,2020-01-01";
  const auto line = std::string((1 << 20) - rest.size(), '2') + rest;
  EXPECT_EQ(read_bytes(header + line + "\n").errors.back().code, Code::schema);
  EXPECT_EQ(read_bytes(header + "2" + line + "\n").failure, Code::line_too_long);
}

TEST(CsvInput, RefusesAMillionColumns) {
  std::string text;
  for (int i = 0; i < 1'000'000; ++i) text += "c,";
  EXPECT_EQ(read_bytes(text + "\n1\n").failure, Code::too_many_columns);
  EXPECT_EQ(read_bytes(header + text + "\n").failure, Code::line_too_long);
  EXPECT_EQ(read_bytes(header + text.substr(0, 5000) + "\n").errors.back().code, Code::ragged_row);
}

TEST(CsvInput, CountsAllErrorsAndKeepsTheFirstThousand) {
  std::string text = header;
  for (int i = 0; i < 5000; ++i) text += "1,a,never\n";
  const auto read = read_bytes(text);
  EXPECT_EQ(read.errors.size(), 1000U);
  EXPECT_EQ(read.error_count, 5000U);
  EXPECT_EQ(read.errors[999].line, 1001U);
}

TEST(CsvInput, RefusesWhatAnEventMayNotBe) {
  const std::string columns = "case,activity,start_timestamp,time:timestamp\n";
  struct Example {
    std::string row;
    Code code;
    std::uint32_t column;
  };
  const Example examples[] = {
      {",a,,2020-01-01\n", Code::missing_value, 1},
      {"1,,,2020-01-01\n", Code::missing_value, 2},
      {"1,a,,\n", Code::missing_value, 4},
      {"1,a,,2020-02-30\n", Code::bad_timestamp, 4},
      {"1,a,soon,2020-02-03\n", Code::bad_timestamp, 3},
      {"1,a,2020-02-04,2020-02-03\n", Code::schema, 3},
      {std::string(257, 'x') + ",a,,2020-01-01\n", Code::schema, 1},
  };
  for (const auto& example : examples) {
    const auto errors = errors_of(columns + example.row);
    ASSERT_EQ(errors.size(), 1U) << example.row;
    EXPECT_EQ(errors[0].code, example.code) << example.row;
    EXPECT_EQ(errors[0].column, example.column) << example.row;
  }
}

TEST(CsvInput, RefusesANulInANameButNotInAnAttribute) {
  const std::string nul(1, '\0');
  const auto read =
      read_bytes("case,activity,timestamp,note\n1,a" + nul + ",2020-01-01,x\n2,b,2020-01-02,y" + nul + "\n");
  ASSERT_EQ(read.events.size(), 1U);
  EXPECT_EQ(*attribute_of(read.events[0], "note"), "\"y\\u0000\"");
  ASSERT_EQ(read.errors.size(), 1U);
  EXPECT_EQ(read.errors[0].code, Code::schema);
  EXPECT_EQ(read.errors[0].column, 2U);
}

TEST(CsvInput, RefusesARowWithMoreAttributesThanAnEventMayHave) {
  std::string columns = "case,activity,timestamp";
  std::string many = "1,a,2020-01-01";
  std::string few = many;
  for (int i = 0; i < 65; ++i) {
    columns += ",x" + std::to_string(i);
    many += ",1";
    few += i == 0 ? "," : ",1";
  }
  auto read = read_bytes(columns + "\n" + many + "\n" + few + "\n");
  EXPECT_EQ(read.events.size(), 1U);
  EXPECT_EQ(read.errors.at(0).code, Code::attributes_limit);
  read = read_bytes("case,activity,timestamp,x\n1,a,2020-01-01," + std::string(17 << 10, 'x') + "\n");
  EXPECT_EQ(read.errors.at(0).code, Code::attributes_limit);
}

TEST(CsvInput, FindsTheDelimiter) {
  for (const std::string d : {",", ";", "\t", "|"}) {
    const auto text =
        "case" + d + "activity" + d + "timestamp" + d + "note\n1" + d + "a" + d + "2020-01-01" + d + "\"x,y;z\t|\"\n";
    const auto read = read_bytes(text);
    ASSERT_EQ(read.events.size(), 1U) << d;
    EXPECT_EQ(*attribute_of(read.events[0], "note"), "\"x,y;z\\t|\"");
  }
  const auto declared = read_bytes("sep=!\r\ncase!activity!timestamp\r\n1!a!2020-01-01\r\n2!b\r\n");
  EXPECT_EQ(declared.events.size(), 1U);
  EXPECT_EQ(declared.errors.at(0).line, 4U);
}

TEST(CsvInput, ReadsSingleQuotes) {
  const auto read = read_bytes("'case','activity','timestamp'\n'1','it''s, so','2020-01-01'\n");
  ASSERT_EQ(read.events.size(), 1U);
  EXPECT_EQ(read.events[0].activity, "it's, so");
}

TEST(CsvInput, ReadsAFileWithoutHeaderByPlaces) {
  FileOptions options = in_utc();
  options.map = {{"case_id", "#2"}, {"activity", "#3"}, {"timestamp", "#1"}};
  const auto read = read_bytes("2020-01-01 10:00:00,7,a\n2020-01-01 11:00:00,7,b\n", options);
  ASSERT_EQ(read.events.size(), 2U);
  EXPECT_EQ(read.events[1].activity, "b");
}

TEST(CsvInput, KeepsEveryOtherColumnAsAnAttribute) {
  const auto read = read_bytes(
      "case,activity,timestamp,zip,price,big,flag,empty,exp\n1,a,2020-01-01,08123,12.50,1234567890123456789,true,,"
      "12E4\n");
  ASSERT_EQ(read.events.size(), 1U);
  const std::vector<Attribute> expected = {{"big", "\"1234567890123456789\""},
                                           {"exp", "\"12E4\""},
                                           {"flag", "true"},
                                           {"price", "12.50"},
                                           {"zip", "\"08123\""}};
  EXPECT_EQ(read.events[0].attributes, expected);
}

struct Names {
  std::string header;
  std::map<std::string, std::string> fields;
};

TEST(CsvInput, KnowsTheNamesOfMinersExports) {
  const Names exports[] = {
      {"Case ID,Activity,Resource,Complete Timestamp,Variant",
       {{"case_id", "Case ID"},
        {"activity", "Activity"},
        {"resource", "Resource"},
        {"timestamp", "Complete Timestamp"}}},
      {"Case ID,Activity,Start Timestamp,Complete Timestamp",
       {{"case_id", "Case ID"},
        {"activity", "Activity"},
        {"start", "Start Timestamp"},
        {"timestamp", "Complete Timestamp"}}},
      {"_CASE_KEY,ACTIVITY_EN,EVENTTIME,_SORTING",
       {{"case_id", "_CASE_KEY"}, {"activity", "ACTIVITY_EN"}, {"timestamp", "EVENTTIME"}}},
      {"caseid,activity,startTime,endTime,resource",
       {{"case_id", "caseid"},
        {"activity", "activity"},
        {"start", "startTime"},
        {"timestamp", "endTime"},
        {"resource", "resource"}}},
      {"concept:name,Activity,case:concept:name,Case,time:timestamp,Timestamp,org:resource,Resource",
       {{"case_id", "case:concept:name"},
        {"activity", "concept:name"},
        {"timestamp", "time:timestamp"},
        {"resource", "org:resource"}}},
      {"event_id,ticket,task,start_timestamp,user",
       {{"id", "event_id"},
        {"case_id", "ticket"},
        {"activity", "task"},
        {"start", "start_timestamp"},
        {"timestamp", "start_timestamp"},
        {"resource", "user"}}},
      {"id,Order ID,Event,Date", {{"case_id", "Order ID"}, {"activity", "Event"}, {"timestamp", "Date"}}},
  };
  for (const auto& each : exports) {
    const auto read = read_bytes(each.header + "\n");  // a header alone is told about, and refused as empty
    const auto with_row = read_bytes(each.header + "\n" +
                                     std::string(std::count(each.header.begin(), each.header.end(), ','), ',') + "x\n");
    std::map<std::string, std::string> mapping;
    for (const auto& choice : with_row.facts.mapping) mapping[choice.field] = choice.column;
    EXPECT_EQ(mapping, each.fields) << each.header;
    EXPECT_EQ(read.failure, Code::empty_file);
  }
}

TEST(CsvInput, TakesADeclaredMappingAndRefusesAWrongOne) {
  FileOptions options = in_utc();
  options.map = {{"case_id", "b"}, {"activity", "#1"}, {"timestamp", "when"}, {"resource", "case"}};
  const auto read = read_bytes("a,b,when,case\nx,y,2020-01-01,z\n", options);
  ASSERT_EQ(read.events.size(), 1U);
  EXPECT_EQ(read.events[0].case_id, "y");
  EXPECT_EQ(read.events[0].activity, "x");
  EXPECT_EQ(read.events[0].resource, "z");
  options.map[0].column = "c";
  EXPECT_EQ(read_bytes("a,b,when,case\nx,y,2020-01-01,z\n", options).failure, Code::missing_column);
  options.map[0] = {"colour", "b"};
  EXPECT_EQ(read_bytes("a,b,when,case\nx,y,2020-01-01,z\n", options).failure, Code::missing_column);
  EXPECT_EQ(read_bytes("a,b\n1,2\n").failure, Code::missing_column);
}

TEST(CsvInput, ComparesLifecyclesWithoutCase) {
  const auto read = read_bytes(
      "case,activity,timestamp,lifecycle:transition\n1,a,2020-01-01,START\n1,a,2020-01-01,Complete\n1,a,2020-01-01,\n"
      "1,a,2020-01-01,In Progress\n");
  ASSERT_EQ(read.events.size(), 4U);
  EXPECT_EQ(read.events[0].lifecycle, "start");
  EXPECT_EQ(read.events[1].lifecycle, "complete");
  EXPECT_EQ(read.events[2].lifecycle, "complete");
  EXPECT_EQ(read.events[3].lifecycle, "In Progress");
}

TEST(CsvInput, DecidesTheOrderOfDayAndMonthByTheBeginning) {
  auto read = read_bytes(times({"01/02/2020 10:00", "13/02/2020 10:00"}));
  ASSERT_EQ(read.events.size(), 2U);
  EXPECT_EQ(read.events[0].timestamp, at(1580551200));  // 1 February
  read = read_bytes(times({"01/02/2020 10:00 AM", "02/13/2020 10:00 PM"}));
  ASSERT_EQ(read.events.size(), 2U);
  EXPECT_EQ(read.events[0].timestamp, at(1577959200));  // 2 January
}

TEST(CsvInput, ReadsTwiceWhereOnlyTheEndTellsTheOrder) {
  std::string text = header;
  for (int i = 0; i < 50'000; ++i) text += "c" + std::to_string(i) + ",a,03/04/2020 10:00\n";
  auto read = read_bytes(text + "last,a,31/01/2020 10:00\n");
  EXPECT_EQ(read.passes, 2);
  ASSERT_EQ(read.events.size(), 50'001U);
  EXPECT_EQ(read.events[0].timestamp, at(1585908000));  // 3 April
  EXPECT_EQ(read.facts.rows, 50'001U);
  read = read_bytes(text + "last,a,01/31/2020 10:00\n", in_utc(), 1000);
  ASSERT_EQ(read.events.size(), 50'001U);
  EXPECT_EQ(read.events[0].timestamp, at(1583316000 + 0));  // 4 March
}

TEST(CsvInput, RefusesAnOrderThatNothingTellsOrThatIsContradicted) {
  const auto open = times({"01/02/2020", "03/04/2020"});
  EXPECT_EQ(read_bytes(open).failure, Code::ambiguous_date_order);
  EXPECT_TRUE(read_bytes(open).events.empty());
  EXPECT_EQ(read_bytes(times({"13/02/2020", "02/13/2020"})).failure, Code::ambiguous_date_order);
  EXPECT_FALSE(read_bytes(times({"05/05/2020", "06/06/2020"})).failure) << "both orders say the same";
  FileOptions declared = in_utc();
  declared.date_order = DateOrder::month_first;
  const auto read = read_bytes(times({"01/02/2020", "13/02/2020"}), declared);
  ASSERT_EQ(read.events.size(), 1U);
  EXPECT_EQ(read.events[0].timestamp, at(1577923200));
  EXPECT_EQ(read.errors.at(0).code, Code::bad_timestamp);
}

TEST(CsvInput, TellsEpochSecondsFromMillisecondsByTheLargest) {
  auto read = read_bytes(times({"1577869200", "5"}));
  ASSERT_EQ(read.events.size(), 2U);
  EXPECT_EQ(read.events[0].timestamp, at(1577869200));
  read = read_bytes(times({"5000", "1577869200000"}));
  ASSERT_EQ(read.events.size(), 2U);
  EXPECT_EQ(read.events[0].timestamp, at(5));
  EXPECT_EQ(read.events[1].timestamp, at(1577869200));
}

TEST(CsvInput, GivesTheSameInPiecesOfAnySize) {
  std::string text =
      "\xEF\xBB\xBF"
      "case;activity;timestamp;note\r\n";
  for (int i = 0; i < 300; ++i) {
    text += "c" + std::to_string(i % 7) + ";\"a;\"\"" + std::to_string(i) + "\"\"\r\n\";2020-01-01 10:00:00." +
            std::to_string(i) + ";" + (i % 3 == 0 ? "Z\xFCrich" : "Z\xC3\xBCrich") + (i % 11 == 0 ? ";" : "") + "\r\n";
  }
  const auto whole = read_bytes(text);
  EXPECT_GT(whole.events.size(), 200U);
  EXPECT_GT(whole.errors.size(), 20U);
  for (const std::size_t piece : {1UL, 2UL, 3UL, 63UL, 64UL, 65UL, 4096UL}) {
    const auto read = read_bytes(text, in_utc(), piece);
    EXPECT_EQ(read.events, whole.events) << piece;
    EXPECT_EQ(read.errors, whole.errors) << piece;
  }
}

}  // namespace
}  // namespace weir::ingest
