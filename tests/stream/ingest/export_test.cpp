// What is exported imports to the same events; bad input 78.
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "schemas/codec/event_json.hpp"
#include "schemas/codec/json_writer.hpp"
#include "stream/ingest/export_writer.hpp"
#include "tests/stream/ingest/reading.hpp"

namespace weir::ingest {
namespace {

std::string written(ExportWriter& writer, const std::vector<Event>& events) {
  std::string out;
  writer.begin(out);
  for (const auto& event : events) writer.event(event, out);
  writer.end(out);
  return out;
}

Event event_of(std::string case_id, std::string activity, std::vector<Attribute> attributes = {}) {
  Event event;
  event.case_id = std::move(case_id);
  event.activity = std::move(activity);
  event.timestamp = at(1577869200);
  event.attributes = std::move(attributes);
  return event;
}

std::string json_string(std::string_view text) {
  std::string json;
  append_json_string(json, text);
  return json;
}

/// Text that is hard on every format.
std::string hard_text(std::mt19937& random, std::size_t size_max, bool any_character) {
  const std::vector<std::string> parts = {"a",
                                          "Z\xC3\xBC",
                                          ",",
                                          ";",
                                          "\"",
                                          "'",
                                          "\n",
                                          "\r",
                                          "\t",
                                          "&",
                                          "<",
                                          ">",
                                          "]]>",
                                          "=",
                                          "+",
                                          "-",
                                          "@",
                                          " ",
                                          "|",
                                          "null",
                                          "true",
                                          "12",
                                          "1e5",
                                          "\\",
                                          "{",
                                          "#1",
                                          "2020-01-01",
                                          "\xE2\x82\xAC",
                                          "\xF0\x9F\x98\x80"};
  const std::vector<std::string> illegal = {"\x02", "\x01", "\x1F", "\xEF\xBF\xBF"};
  std::string text;
  for (auto count = random() % 5 + 1; count > 0; --count) {
    const bool odd = any_character && random() % 10 == 0;
    text += odd ? illegal[random() % illegal.size()] : parts[random() % parts.size()];
  }
  return text.size() > size_max ? "x" : text;
}

std::vector<Attribute> hard_attributes(std::mt19937& random, bool any_character) {
  std::map<std::string, std::string> found;
  const char* names[] = {"amount",           "case_id", "activity",  "concept:name", "weir:attributes",
                         "weir:attribute:x", "sep=;",   "org:group", "=formula",     "#1"};
  const char* plain[] = {"12", "-3.50", "1e30", "true", "false", "null", "\"\"", "\"-5\"", "\"null\"", "\"\\\"q\\\"\""};
  for (auto count = random() % 6; count > 0; --count) {
    const auto name = random() % 2 == 0 ? names[random() % 10] : hard_text(random, 60, any_character);
    found[name] = random() % 2 == 0 ? plain[random() % 10] : json_string(hard_text(random, 200, any_character));
  }
  std::vector<Attribute> attributes;
  for (auto& [name, json] : found) attributes.push_back({name, json});
  return attributes;
}

std::vector<Event> hard_events(std::mt19937& random, bool any_character) {
  std::vector<Event> events;
  for (int c = 0; c < 4; ++c) {
    const auto case_id = std::to_string(c) + hard_text(random, 100, any_character);
    for (auto count = random() % 4 + 1; count > 0; --count) {
      auto event = event_of(case_id, hard_text(random, 100, any_character), hard_attributes(random, any_character));
      event.timestamp += std::chrono::microseconds(random() % 1'000'000'000);
      if (random() % 2 == 0) event.start = event.timestamp - std::chrono::seconds(random() % 100);
      if (random() % 2 == 0) event.resource = hard_text(random, 100, any_character);
      if (random() % 2 == 0) event.instance = hard_text(random, 100, any_character);
      if (random() % 2 == 0) event.id = hard_text(random, 100, any_character);
      if (random() % 2 == 0) event.source = "urn:producer:" + std::to_string(random() % 3);
      const char* lifecycles[] = {"start", "complete", "In Progress"};
      event.lifecycle = lifecycles[random() % 3];
      event.sequence = events.size() + 1;
      events.push_back(std::move(event));
    }
  }
  return events;
}

std::vector<std::string> some_names(const std::vector<Event>& events, std::mt19937& random) {
  std::set<std::string> names;
  for (const auto& event : events) {
    for (const auto& attribute : event.attributes) {
      if (random() % 2 == 0) names.insert(attribute.name);
    }
  }
  return {names.begin(), names.end()};
}

TEST(Export, OfCsvImportsToTheSameEvents) {
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    const auto events = hard_events(random, true);
    const auto text = written(*csv_writer(some_names(events, random)), events);
    const auto read = read_bytes(text, FileOptions{}, round % 2 == 0 ? 1 : 4096);
    ASSERT_EQ(read.failure, std::nullopt) << read.errors.back().detail << "\n" << text;
    ASSERT_TRUE(read.errors.empty()) << read.errors[0].detail << "\n" << text;
    ASSERT_EQ(read.events, events) << text;
  }
}

TEST(Export, OfXesImportsToTheSameEvents) {
  std::mt19937 random(8);
  for (int round = 0; round < 500; ++round) {
    const auto events = hard_events(random, false);
    const auto text = written(*xes_writer(), events);
    const auto read = read_bytes(text, FileOptions{});
    ASSERT_EQ(read.failure, std::nullopt) << read.errors.back().detail << "\n" << text;
    ASSERT_TRUE(read.errors.empty()) << read.errors[0].detail << "\n" << text;
    ASSERT_EQ(read.events, events) << text;
  }
}

TEST(Export, OfNdjsonImportsToTheSameEvents) {
  std::mt19937 random(9);
  for (int round = 0; round < 100; ++round) {
    const auto events = hard_events(random, true);
    auto brought = events;
    for (auto& event : brought) event.upload = "u1";
    const auto text = written(*ndjson_writer(), brought);
    const auto read = decode_events(BodyFormat::ndjson, text, {.now = at(2'000'000'000)});
    ASSERT_TRUE(read.ok());
    ASSERT_EQ(read->size(), events.size());
    for (std::size_t i = 0; i < events.size(); ++i) {
      ASSERT_TRUE((*read)[i].event.ok()) << (*read)[i].bytes;
      EXPECT_EQ((*read)[i].event.value(), events[i]);
    }
  }
}

TEST(Export, GuardsCellsThatASpreadsheetWouldRun) {
  const std::string starts[] = {"=cmd()", "+1+cmd", "-1+cmd", "@SUM(A1)", "\tx", "\rx", "'x"};
  for (const auto& text : starts) {
    const auto event = event_of(text, text, {{"note", json_string(text)}});
    const auto csv = written(*csv_writer({"note"}), {event});
    const auto row = csv.substr(csv.find('\n') + 1);
    EXPECT_EQ(row.substr(0, 2 * text.size() + 9), "\"'" + text + "\",\"'" + text + "\",2") << text;
    EXPECT_NE(row.find(",\"'" + text + "\",\n"), std::string::npos) << row;
    const auto read = read_bytes(csv);
    ASSERT_EQ(read.events.size(), 1U);
    EXPECT_EQ(read.events[0].case_id, text);
    EXPECT_EQ(read.events[0].attributes, event.attributes);
  }
}

TEST(Export, GuardsANulThatAnAttributeBeginsWith) {
  const auto event = event_of("1", "a", {{"note", json_string(std::string("\0x", 2))}});
  const auto csv = written(*csv_writer({"note"}), {event});
  EXPECT_NE(csv.find(std::string(",\"'\0x\",\n", 8)), std::string::npos);
  EXPECT_EQ(read_bytes(csv).events.at(0).attributes, event.attributes);
}

TEST(Export, LeavesNumbersAndOtherPeoplesApostrophesAlone) {
  const auto csv = written(*csv_writer({"n"}), {event_of("1", "a", {{"n", "-5"}})});
  EXPECT_NE(csv.find(",-5,"), std::string::npos);
  const auto foreign = read_bytes("case,activity,timestamp\n'1,a,2020-01-01\n");
  EXPECT_EQ(foreign.events.at(0).case_id, "'1");
}

TEST(Export, WritesWhatXmlCannotHoldAsPictures) {
  const auto event = event_of(std::string("a\0b\x1F", 4), "x\xEF\xBF\xBE");
  const auto read = read_bytes(written(*xes_writer(), {event}));
  ASSERT_EQ(read.events.size(), 1U);
  EXPECT_EQ(read.events[0].case_id,
            "a\xE2\x90\x80"
            "b\xE2\x90\x9F");
  EXPECT_EQ(read.events[0].activity, "x\xEF\xBF\xBD");
}

TEST(Export, OfNothingIsAFileOfNothing) {
  EXPECT_EQ(read_bytes(written(*xes_writer(), {})).failure, std::nullopt);
  EXPECT_EQ(read_bytes(written(*csv_writer({}), {})).failure, Code::empty_file);
  EXPECT_EQ(written(*ndjson_writer(), {}), "");
}

}  // namespace
}  // namespace weir::ingest
