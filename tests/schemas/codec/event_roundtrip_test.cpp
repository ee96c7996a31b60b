#include <random>

#include <gtest/gtest.h>

#include "schemas/codec/json_writer.hpp"
#include "tests/schemas/codec/events.hpp"

namespace weir {
namespace {

class RandomEvents {
 public:
  explicit RandomEvents(std::uint32_t seed) : random_(seed) {}

  Event next() {
    Event event;
    if (coin()) event.process = "orders-" + std::to_string(random_() % 10);
    event.case_id = text(1, 40);
    event.activity = text(1, 40);
    event.timestamp = time();
    if (coin()) event.start = event.timestamp - Duration{static_cast<std::int64_t>(random_() % 1'000'000'000'000)};
    if (coin()) event.id = text(1, 30);
    if (coin()) event.source = "urn:source:" + std::to_string(random_());
    if (coin()) event.lifecycle = coin() ? "start" : "pi_abort";
    if (coin()) event.instance = text(0, 20);
    if (coin()) event.resource = text(0, 40);
    for (std::uint64_t i = random_() % 6; i > 0; --i)
      event.attributes.push_back({std::to_string(i) + text(0, 9), scalar()});
    std::sort(event.attributes.begin(), event.attributes.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    if (coin()) event.sequence = random_() << (random_() % 64);
    if (coin()) event.upload = "01J" + std::to_string(random_());
    return event;
  }

 private:
  bool coin() { return (random_() & 1) != 0; }
  Time time() {
    static const std::int64_t first = to_micros(*parse_rfc3339("0002-01-01T00:00:00Z"));
    return from_micros(std::uniform_int_distribution<std::int64_t>(first, to_micros(tests::now))(random_));
  }
  std::string text(std::size_t least, std::size_t pieces_max) {
    static constexpr std::string_view pieces[] = {"a",       "Z",  "\"", "\\",     "\n", "\x01", "\x7f", "é",
                                                  "e\u0301", "漢", "😀", "\u202e", " ",  "/",    "{"};
    std::string made;
    for (std::size_t i = least + random_() % (pieces_max - least + 1); i > 0; --i)
      made += pieces[random_() % std::size(pieces)];
    return made;
  }
  std::string scalar() {
    static constexpr std::string_view plain[] = {
        "true", "false", "null", "-0", "12.50", "9007199254740993", "1e10", "18446744073709551615"};
    if (coin()) return std::string(plain[random_() % std::size(plain)]);
    std::string json;
    append_json_string(json, text(0, 20));
    return json;
  }

  std::mt19937_64 random_;
};

TEST(StoredEvent, ReadsBackWhatWasWritten) {
  RandomEvents events(5);
  for (int i = 0; i < 20'000; ++i) {
    const Event event = events.next();
    std::string line;
    encode_event(event, line);
    ASSERT_EQ(line.find('\n'), line.npos);
    const auto read = decode_stored_event(line, tests::now);
    ASSERT_TRUE(read.ok()) << line << read.error().detail;
    ASSERT_EQ(*read, event) << line;
  }
}

TEST(StoredEvent, IsWireInputButForItsUpload) {
  RandomEvents events(6);
  for (int i = 0; i < 5'000; ++i) {
    Event event = events.next();
    event.upload.clear();
    std::string line;
    encode_event(event, line);
    const auto read = tests::decode_one(line);
    ASSERT_TRUE(read.ok()) << line;
    ASSERT_EQ(*read, event) << line;
  }
}

TEST(StoredEvent, IsWrittenInOneWay) {
  Event event = tests::bare_event("orders", "4711", "Ship \"now\"", from_micros(1'767'323'045'000'006));
  std::string line;
  encode_event(event, line);
  EXPECT_EQ(
      line,
      R"({"process":"orders","case_id":"4711","activity":"Ship \"now\"","timestamp":"2026-01-02T03:04:05.000006Z"})");
  event.start = from_micros(1'767'323'040'000'000);
  event.id = "e";
  event.source = "weir:default";
  event.lifecycle = "start";
  event.instance = "i";
  event.resource = "r";
  event.sequence = 7;
  event.upload = "u";
  event.attributes = {{"a", "12.50"}, {"b", "null"}};
  line.clear();
  encode_event(event, line);
  EXPECT_EQ(
      line,
      R"({"process":"orders","case_id":"4711","activity":"Ship \"now\"","timestamp":"2026-01-02T03:04:05.000006Z",)"
      R"("start":"2026-01-02T03:04:00Z","id":"e","source":"weir:default","lifecycle":"start","instance":"i",)"
      R"("resource":"r","sequence":7,"$upload":"u","attributes":{"a":12.50,"b":null}})");
}

TEST(StoredEvent, TakesWhatAForeignProducerWrote) {
  const auto event = decode_stored_event(
      " {\"timestamp\" : 1767323045678, \"case_id\":\"c\",\"activity\":\"a\",\"cost\":3}\r\n", tests::now);
  ASSERT_TRUE(event.ok());
  EXPECT_EQ(event->timestamp, from_micros(1'767'323'045'678'000));
  EXPECT_EQ(event->attributes, (std::vector<Attribute>{{"cost", "3"}}));
}

TEST(StoredEvent, RefusesWhatItCannotRead) {
  const auto code = [](std::string_view bytes) { return tests::verdict(decode_stored_event(bytes, tests::now)); };
  EXPECT_EQ(code(""), "empty_body");
  EXPECT_EQ(code("\x01\x02"), "malformed_json");
  EXPECT_EQ(code("{\"case_id\":\"\xFF\"}"), "not_utf8");
  EXPECT_EQ(code("[]"), "schema");
  EXPECT_EQ(code(R"({"case_id":"c","activity":"a","timestamp":"2026-03-02T12:00:01Z"})"), "timestamp_out_of_range");
}

}  // namespace
}  // namespace weir
