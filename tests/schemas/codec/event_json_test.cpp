// The bad inputs of the groups JSON (51-64) and event (65-71), by their numbers, and the good ones beside them.
#include "schemas/codec/event_json.hpp"

#include <gtest/gtest.h>

#include "tests/schemas/codec/events.hpp"

namespace weir {
namespace {

using tests::at_now;
using tests::decode_one;
using tests::event_with;
using tests::now;
using tests::verdict;
using tests::verdict_of;

Code body_code(std::string_view body, BodyFormat format = BodyFormat::json) {
  const auto events = decode_events(format, body, at_now);
  return events ? Code::internal : events.error().code;
}

std::string attribute(const Event& event, std::string_view name) {
  for (const Attribute& each : event.attributes) {
    if (each.name == name) return each.json;
  }
  return "none";
}

std::string quoted(std::size_t bytes) { return "\"" + std::string(bytes, 'x') + "\""; }

TEST(EventJson, ReadsEveryField) {
  const auto event =
      decode_one(R"({"process":"orders","case_id":"4711","activity":"Ship","timestamp":"2026-03-01T11:00:00+01:00",
      "start":1772359199123,"id":"e1","source":"https://shop.example/a","lifecycle":"start","instance":"i","resource":"r",
      "attributes":{"z":"\u00e9","a":12.50},"sequence":18446744073709551615,"extra":null})");
  ASSERT_TRUE(event.ok()) << verdict(event);
  Event expected = tests::bare_event("orders", "4711", "Ship", *parse_rfc3339("2026-03-01T10:00:00Z"));
  expected.start = *parse_rfc3339("2026-03-01T09:59:59.123Z");
  expected.id = "e1";
  expected.source = "https://shop.example/a";
  expected.lifecycle = "start";
  expected.instance = "i";
  expected.resource = "r";
  expected.attributes = {{"a", "12.50"}, {"extra", "null"}, {"z", "\"é\""}};
  expected.sequence = ~std::uint64_t{0};
  EXPECT_EQ(*event, expected);
}

TEST(EventJson, GivesDefaultsAndTakesNullForAbsent) {
  const auto event =
      decode_events(BodyFormat::json, event_with(R"("id":null,"resource":null,"start":null,"attributes":null)"),
                    {.now = now, .default_process = "loans"});
  const Event expected = tests::bare_event("loans", "c", "a", now - std::chrono::hours{1});
  EXPECT_EQ(*event->front().event, expected);
}

// 52, 53, 54, 55, 58, 60, 61
TEST(EventJson, RefusesABodyThatIsNotOneDocument) {
  const std::string good = event_with("");
  for (const std::string& body :
       {good + good, good + " x", good + "]", "[" + good + "] []", "[" + good, good.substr(0, good.size() - 1),
        event_with("\"x\":NaN"), event_with("\"x\":01"), event_with("\"x\":'a'"), event_with("/* c */\"x\":1"),
        event_with("\"attributes\":{\"deep\":{\"x\":tru}}"), "[" + good + ",]", event_with("\"x\":[1,2")}) {
    EXPECT_EQ(body_code(body), Code::malformed_json) << body;
  }
  EXPECT_EQ(body_code(event_with("\"x\":" + std::string(1024, '[') + std::string(1024, ']'))), Code::too_deep);
}

TEST(EventJson, RefusesADuplicateKeyWhereverItStands) {
  EXPECT_EQ(verdict_of(R"("id":"x","id":"x")"), "duplicate_key");
  EXPECT_EQ(verdict_of(R"("id":"x","\u0069d":"x")"), "duplicate_key");
  EXPECT_EQ(verdict_of(R"("timestamp":"2026-03-01T11:00:00Z")"), "duplicate_key");
  EXPECT_EQ(verdict_of(R"("id":null,"id":"x")"), "duplicate_key");
  EXPECT_EQ(verdict_of(R"("attributes":{"x":1,"x":1})"), "duplicate_key");
  EXPECT_EQ(verdict_of(R"("attributes":{"x":1},"x":2)"), "duplicate_key");
  EXPECT_EQ(verdict_of(R"("attributes":{},"attributes":{})"), "duplicate_key");
  EXPECT_EQ(verdict_of(R"("attributes":null,"attributes":{})"), "duplicate_key");
  EXPECT_EQ(verdict_of(R"("x":1,"\u0078":1)"), "duplicate_key");
}

TEST(EventJson, ReadsEscapedKeysAndOneByteOrderMark) {
  EXPECT_EQ(decode_one(event_with(R"("\u0069d":"x")"))->id, "x");
  EXPECT_EQ(verdict(decode_one("\xEF\xBB\xBF" + event_with(""))), "accepted");
  EXPECT_EQ(body_code("\xEF\xBB\xBF\xEF\xBB\xBF" + event_with("")), Code::malformed_json);
}

// 59, 62
TEST(EventJson, KeepsTheDigitsOfNumbersAndRefusesTheEventOfOneThatDoesNotFit) {
  const auto event = decode_one(
      event_with(R"("attributes":{"a":-0,"b":9007199254740993,"c":12.50,"d":1E2,"e":18446744073709551615})"));
  ASSERT_TRUE(event.ok());
  EXPECT_EQ(attribute(*event, "a"), "-0");
  EXPECT_EQ(attribute(*event, "b"), "9007199254740993");
  EXPECT_EQ(attribute(*event, "c"), "12.50");
  EXPECT_EQ(attribute(*event, "d"), "1E2");
  EXPECT_EQ(attribute(*event, "e"), "18446744073709551615");
  for (const char* digits : {"18446744073709551616", "1e400", "-1e400", "-9223372036854775809"}) {
    EXPECT_EQ(verdict_of(std::string("\"x\":") + digits), "number_range") << digits;
    EXPECT_EQ(verdict_of(std::string("\"attributes\":{\"x\":") + digits + "}"), "number_range") << digits;
  }
  EXPECT_EQ(verdict_of(R"("sequence":18446744073709551616)"), "number_range");
}

TEST(EventJson, RefusesOneBadEventOfAThousand) {
  std::string body = "[";
  for (int i = 0; i < 1000; ++i) {
    body += i == 0 ? "" : ",\n ";
    body += i == 617 ? event_with("\"x\":1e400") : event_with("\"id\":\"" + std::to_string(i) + "\"");
  }
  body += "]";
  const auto events = decode_events(BodyFormat::json, body, at_now);
  ASSERT_EQ(events->size(), 1000U);
  for (int i = 0; i < 1000; ++i) {
    const DecodedEvent& item = (*events)[static_cast<std::size_t>(i)];
    ASSERT_EQ(verdict(item.event), i == 617 ? "number_range" : "accepted");
    if (i == 617) {
      EXPECT_EQ(item.bytes, event_with("\"x\":1e400"));
    } else {
      EXPECT_EQ(item.event->id, std::to_string(i));
    }
  }
}

TEST(EventJson, RefusesAnItemThatIsNoEvent) {
  const std::string body = "\xEF\xBB\xBF [1,\"s\\n\",null,[" + event_with("") + "],{}]";
  const auto events = decode_events(BodyFormat::json, body, at_now);
  ASSERT_EQ(events->size(), 5U);
  for (const DecodedEvent& item : *events) EXPECT_EQ(verdict(item.event), "schema");
  EXPECT_EQ((*events)[1].bytes, "\"s\\n\"");
  EXPECT_EQ((*events)[4].bytes, "{}");
}

// 63, 64
TEST(EventJson, ReadsLines) {
  const std::string good = event_with("");
  const std::string body = "\xEF\xBB\xBF" + good + "\r\n\n  \t\n" + good + "\n{\"case_id\":\nnot json\n[" + good +
                           "]\n" + good.substr(0, 40);
  const auto events = decode_events(BodyFormat::ndjson, body, at_now);
  ASSERT_EQ(events->size(), 6U);
  const char* const expected[] = {"accepted",       "accepted", "malformed_json",
                                  "malformed_json", "schema",   "malformed_json"};
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(verdict((*events)[i].event), expected[i]) << i;
  EXPECT_EQ((*events)[0].bytes, good);
  EXPECT_EQ((*events)[2].bytes, "{\"case_id\":");
  EXPECT_EQ((*events)[5].bytes, good.substr(0, 40));
  EXPECT_EQ(decode_events(BodyFormat::ndjson, good, at_now)->size(), 1U) << "no line break at the end";
}

TEST(EventJson, RefusesALineByItsOwnFault) {
  const std::string good = event_with("");
  const std::string body =
      "{\"a\":\"\xFF\"}\n" + std::string(2000, '[') + "\n" + good + "\n{\"a\":\"\\ud800\"}\n" + good;
  const auto events = decode_events(BodyFormat::ndjson, body, at_now);
  ASSERT_EQ(events->size(), 5U);
  const char* const expected[] = {"not_utf8", "too_deep", "accepted", "not_utf8", "accepted"};
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(verdict((*events)[i].event), expected[i]) << i;
}

TEST(EventJson, TellsAnEmptyArrayFromAnEmptyBody) {
  EXPECT_TRUE(decode_events(BodyFormat::json, "[]", at_now)->empty());
  EXPECT_EQ(body_code(""), Code::empty_body);
  EXPECT_EQ(body_code("\n"), Code::empty_body);
  EXPECT_EQ(body_code("", BodyFormat::ndjson), Code::empty_body);
  EXPECT_EQ(body_code("\n\r\n \n", BodyFormat::ndjson), Code::empty_body);
}

TEST(EventJson, BoundsTheEventsOfABody) {
  std::string array = "[0";
  std::string lines = "0\n";
  for (std::size_t i = 1; i < body_events_max; ++i) {
    array += ",0";
    lines += "0\n";
  }
  EXPECT_EQ(decode_events(BodyFormat::json, array + "]", at_now)->size(), body_events_max);
  EXPECT_EQ(body_code(array + ",0]"), Code::body_too_large);
  EXPECT_EQ(decode_events(BodyFormat::ndjson, lines, at_now)->size(), body_events_max);
  EXPECT_EQ(body_code(lines + "0\n", BodyFormat::ndjson), Code::body_too_large);
}

// 65
TEST(EventJson, NeedsCaseActivityAndTimestamp) {
  for (const char* body :
       {R"({"activity":"a","timestamp":"2026-03-01T11:00:00Z"})",
        R"({"case_id":"c","timestamp":"2026-03-01T11:00:00Z"})", R"({"case_id":"c","activity":"a"})",
        R"({"case_id":null,"activity":"a","timestamp":"2026-03-01T11:00:00Z"})",
        R"({"case_id":7,"activity":"a","timestamp":"2026-03-01T11:00:00Z"})",
        R"({"case_id":"","activity":"a","timestamp":"2026-03-01T11:00:00Z"})",
        R"({"case_id":"c","activity":"a","timestamp":null})", R"({"case_id":"c","activity":"a","timestamp":true})"}) {
    EXPECT_EQ(verdict(decode_one(body)), "schema") << body;
  }
}

// 66, 67
TEST(EventJson, ReadsOnlyTimesThatSayWhichTheyAre) {
  const auto with_time = [](std::string_view time) {
    return decode_one(R"({"case_id":"c","activity":"a","timestamp":)" + std::string(time) + "}");
  };
  for (const char* time :
       {"\"2026-03-01T11:00:00\"", "\"2026-02-30T11:00:00Z\"", "\"2026-03-01T24:00:00Z\"", "\"0000-03-01T11:00:00Z\"",
        "\"10000-03-01T11:00:00Z\"", "1772359200", "1772359200123456789", "1772359200123456", "1772359200123.5", "-1",
        "1.7e12", "\"1772359200123\"", "\"\"", "18446744073709551616"}) {
    EXPECT_EQ(verdict(with_time(time)), "bad_timestamp") << time;
  }
  EXPECT_EQ(with_time("\"2015-06-30T23:59:60Z\"")->timestamp, *parse_rfc3339("2015-07-01T00:00:00Z"));
  EXPECT_EQ(verdict(with_time("\"2026-03-02T12:00:00Z\"")), "accepted");
  EXPECT_EQ(verdict(with_time("\"2026-03-02T12:00:00.000001Z\"")), "timestamp_out_of_range");
  EXPECT_EQ(verdict(with_time("\"2026-03-02T14:00:00Z\"")), "timestamp_out_of_range");
  EXPECT_EQ(verdict(with_time("\"9999-12-31T23:59:59Z\"")), "timestamp_out_of_range");
  EXPECT_EQ(verdict(with_time("\"0001-01-01T00:00:00Z\"")), "accepted");
}

TEST(EventJson, RefusesAStartAfterItsEnd) {
  EXPECT_EQ(verdict_of(R"("start":"2026-03-01T11:00:00Z")"), "accepted");
  EXPECT_EQ(verdict_of(R"("start":"2026-03-01T11:00:00.000001Z")"), "schema");
  EXPECT_EQ(verdict_of(R"("start":"yesterday")"), "bad_timestamp");
}

// 68
TEST(EventJson, KeepsTextByteForByteOrRefusesIt) {
  for (const char* text : {"\u202egnp.exe", "caf\u00e9", "cafe\u0301", "<script>alert(1)</script>", "'; DROP TABLE",
                           "\u200b", "\uFFFD", "\U0010FFFF", " leading and trailing "}) {
    const auto event = decode_one(R"({"case_id":")" + std::string(text) + R"(","activity":")" + text +
                                  R"(","timestamp":"2026-03-01T11:00:00Z","x":")" + text + "\"}");
    ASSERT_TRUE(event.ok()) << text;
    EXPECT_EQ(event->case_id, text);
    EXPECT_EQ(event->activity, text);
    EXPECT_EQ(attribute(*event, "x"), "\"" + std::string(text) + "\"");
  }
  for (const char* field : {"id", "source", "lifecycle", "instance", "resource"}) {
    EXPECT_EQ(verdict_of("\"" + std::string(field) + R"(":"a\u0000b")"), "schema") << field;
  }
  EXPECT_EQ(verdict_of(R"("attributes":{"a\u0000b":1})"), "schema");
  EXPECT_EQ(attribute(*decode_one(event_with(R"("x":"a\u0000b")")), "x"), R"("a\u0000b")");
}

TEST(EventJson, HoldsTheLimitOfEachField) {
  struct {
    const char* field;
    std::size_t most;
  } const limits[] = {{"process", 64},   {"id", 128},       {"source", 512},
                      {"lifecycle", 64}, {"instance", 128}, {"resource", 256}};
  for (const auto& [field, most] : limits) {
    const std::string name = "\"" + std::string(field) + "\":";
    EXPECT_EQ(verdict_of(name + quoted(most)), "accepted") << field;
    EXPECT_EQ(verdict_of(name + quoted(most + 1)), "schema") << field;
    EXPECT_EQ(verdict_of(name + "1"), "schema") << field;
    EXPECT_EQ(verdict_of(name + "{}"), "schema") << field;
  }
  const auto both = [](std::size_t bytes) {
    return verdict(decode_one("{\"case_id\":" + quoted(bytes) + ",\"activity\":" + quoted(bytes) +
                              ",\"timestamp\":\"2026-03-01T11:00:00Z\"}"));
  };
  EXPECT_EQ(both(256), "accepted");
  EXPECT_EQ(both(257), "schema");
  for (const char* name : {"", "Orders", "a b", "a/b", "a.b", "\u00e9"}) {
    EXPECT_EQ(verdict_of("\"process\":\"" + std::string(name) + "\""), "schema") << name;
  }
  EXPECT_EQ(verdict_of(R"("id":"")"), "schema");
  EXPECT_EQ(verdict_of(R"("source":"not a uri")"), "schema");
  EXPECT_EQ(verdict_of(R"("sequence":-1)"), "schema");
  EXPECT_EQ(verdict_of(R"("sequence":"1")"), "schema");
}

// 69
TEST(EventJson, HoldsTheLimitsOfAttributes) {
  const auto many = [](int count) {
    std::string members;
    for (int i = 0; i < count; ++i) members += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":1";
    return members;
  };
  EXPECT_EQ(verdict_of("\"attributes\":{" + many(64) + "}"), "accepted");
  EXPECT_EQ(verdict_of("\"attributes\":{" + many(65) + "}"), "attributes_limit");
  EXPECT_EQ(verdict_of(many(64) + ",\"attributes\":{\"one\":1}"), "attributes_limit");
  EXPECT_EQ(verdict_of("\"x\":" + quoted(16 * 1024 - 3)), "accepted");
  EXPECT_EQ(verdict_of("\"x\":" + quoted(16 * 1024 - 2)), "attributes_limit");
  EXPECT_EQ(verdict_of("\"attributes\":{\"x\":" + quoted(9000) + ",\"y\":" + quoted(9000) + "}"), "attributes_limit");
  EXPECT_EQ(verdict_of(R"("attributes":{"x":{"y":1}})"), "attributes_limit");
  EXPECT_EQ(verdict_of(R"("attributes":{"x":[]})"), "attributes_limit");
  EXPECT_EQ(verdict_of(R"("x":{})"), "attributes_limit");
  EXPECT_EQ(verdict_of(R"("attributes":[1])"), "schema");
}

// 71
TEST(EventJson, ComparesTheLifecycleExactly) {
  for (const char* word : {"start", "complete", "schedule", "ate_abort", "In Progress"}) {
    EXPECT_EQ(decode_one(event_with("\"lifecycle\":\"" + std::string(word) + "\""))->lifecycle, word);
  }
  for (const char* word : {"COMPLETE", "Complete", "START", "sTart", ""}) {
    EXPECT_EQ(verdict_of("\"lifecycle\":\"" + std::string(word) + "\""), "schema") << word;
  }
}

TEST(EventJson, KeepsUnknownFieldsAsAttributes) {
  const auto event =
      decode_one(event_with(R"("cost":1.50,"who":"é\n","flag":false,"$upload":"u","attributes":{"b":null})"));
  ASSERT_TRUE(event.ok());
  const std::vector<Attribute> expected = {
      {"$upload", "\"u\""}, {"b", "null"}, {"cost", "1.50"}, {"flag", "false"}, {"who", "\"é\\n\""}};
  EXPECT_EQ(event->attributes, expected);
  EXPECT_EQ(event->upload, "");
}

TEST(EventJson, SaysWhatIsWrongInValidUtf8) {
  const std::string name(63, 'x');
  const auto event = decode_one(event_with("\"" + name + "é\":[]"));
  EXPECT_EQ(event.error().detail, name + ": an attribute is no object and no array.");
}

TEST(EventJson, ReadsTheContentType) {
  EXPECT_EQ(body_format("application/json"), BodyFormat::json);
  EXPECT_EQ(body_format("Application/JSON; Charset=\"UTF-8\""), BodyFormat::json);
  EXPECT_EQ(body_format("application/x-ndjson;charset=utf-8"), BodyFormat::ndjson);
  EXPECT_EQ(body_format("application/cloudevents+json"), BodyFormat::cloud_event);
  EXPECT_EQ(body_format("application/cloudevents-batch+json; charset=utf-8"), BodyFormat::cloud_events_batch);
  for (const char* type :
       {"", "text/plain", "text/csv", "application/json; charset=utf-16", "application/jsonx", "json"}) {
    EXPECT_EQ(body_format(type), std::nullopt) << type;
  }
}

}  // namespace
}  // namespace weir
