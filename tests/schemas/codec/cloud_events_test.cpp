#include <gtest/gtest.h>

#include "tests/schemas/codec/events.hpp"

namespace weir {
namespace {

using tests::at_now;
using tests::verdict;

Event expected_event() {
  Event event = tests::bare_event("orders", "4711", "Ship é", *parse_rfc3339("2026-03-01T11:00:00Z"));
  event.start = *parse_rfc3339("2026-03-01T10:00:00Z");
  event.id = "e1";
  event.source = "/shop";
  event.lifecycle = "start";
  event.instance = "i";
  event.resource = "r";
  event.sequence = 7;
  event.attributes = {{"cost", "12.50"}, {"partitionkey", "\"k\""}};
  return event;
}

constexpr std::string_view structured =
    R"({"specversion":"1.0","id":"e1","source":"/shop","type":"Ship é","subject":"4711","time":"2026-03-01T11:00:00Z",
        "process":"orders","start":"2026-03-01T10:00:00Z","lifecycle":"start","instance":"i","resource":"r",
        "sequence":"7","partitionkey":"k","datacontenttype":"application/json","data":{"cost":12.50}})";

const std::vector<HeaderView> binary = {{"host", "x"},
                                        {"content-type", "application/json; charset=utf-8"},
                                        {"ce-specversion", "1.0"},
                                        {"ce-id", "e1"},
                                        {"ce-source", "/shop"},
                                        {"ce-type", "Ship%20%C3%A9"},
                                        {"ce-subject", "\"4711\""},
                                        {"ce-time", "2026-03-01T11:00:00Z"},
                                        {"ce-process", "orders"},
                                        {"ce-start", "2026-03-01T10:00:00Z"},
                                        {"ce-lifecycle", "start"},
                                        {"ce-instance", "i"},
                                        {"ce-resource", "r"},
                                        {"ce-sequence", "7"},
                                        {"ce-partitionkey", "k"}};

Result<Event> structured_with(std::string_view members) {
  std::string body =
      R"({"specversion":"1.0","id":"e","source":"/s","type":"a","subject":"c","time":"2026-03-01T11:00:00Z")";
  if (!members.empty()) body.append(",").append(members);
  auto events = decode_events(BodyFormat::cloud_event, body + "}", at_now);
  return events ? std::move(events->front().event) : Result<Event>(events.error());
}

TEST(CloudEvents, ReadsTheSameEventInAllModes) {
  const auto one = decode_events(BodyFormat::cloud_event, structured, at_now);
  ASSERT_TRUE(one.ok() && one->front().event.ok()) << verdict(one->front().event);
  EXPECT_EQ(*one->front().event, expected_event());
  const std::string both = "[" + std::string(structured) + "," + std::string(structured) + "]";
  const auto batch = decode_events(BodyFormat::cloud_events_batch, both, at_now);
  ASSERT_EQ(batch->size(), 2U);
  EXPECT_EQ(*(*batch)[1].event, expected_event());
  const auto event = decode_cloud_event(binary, R"({"cost":12.50})", at_now);
  ASSERT_TRUE(event.ok()) << event.error().detail;
  EXPECT_EQ(*event, expected_event());
}

TEST(CloudEvents, NeedsItsEnvelope) {
  EXPECT_EQ(verdict(structured_with("")), "accepted");
  constexpr std::string_view members[] = {R"("specversion":"1.0")", R"("id":"e")",
                                          R"("source":"/s")",       R"("type":"a")",
                                          R"("subject":"c")",       R"("time":"2026-03-01T11:00:00Z")"};
  for (const std::string_view missing : members) {
    std::string body = "{\"x\":1";
    for (const std::string_view member : members) {
      if (member != missing) body.append(",").append(member);
    }
    const auto events = decode_events(BodyFormat::cloud_event, body + "}", at_now);
    EXPECT_EQ(verdict(events->front().event), "schema") << missing;
  }
  const auto other = decode_events(BodyFormat::cloud_event, R"({"specversion":"0.3"})", at_now);
  EXPECT_EQ(verdict(other->front().event), "schema");
  EXPECT_EQ(verdict(structured_with(R"("specversion":"1.0")")), "duplicate_key");
  EXPECT_EQ(verdict(structured_with(R"("subject":"c")")), "duplicate_key");
}

TEST(CloudEvents, TakesDataOfAnyScalarAndNothingDeeper) {
  const auto data = [](std::string_view json) { return structured_with("\"data\":" + std::string(json)); };
  EXPECT_EQ(data("null")->attributes, std::vector<Attribute>{});
  EXPECT_EQ(data("\"text\"")->attributes, (std::vector<Attribute>{{"data", "\"text\""}}));
  EXPECT_EQ(data("12.50")->attributes, (std::vector<Attribute>{{"data", "12.50"}}));
  EXPECT_EQ(verdict(data("[1]")), "attributes_limit");
  EXPECT_EQ(verdict(data("{\"a\":{\"b\":1}}")), "attributes_limit");
  EXPECT_EQ(verdict(data("{\"a\":1e400}")), "number_range");
  EXPECT_EQ(verdict(structured_with(R"("x":1,"data":{"x":1})")), "duplicate_key");
  EXPECT_EQ(verdict(structured_with(R"("sequence":"x")")), "schema");
  EXPECT_EQ(structured_with(R"("sequence":9)")->sequence, 9U);
}

TEST(CloudEvents, RefusesABatchThatIsNone) {
  EXPECT_EQ(decode_events(BodyFormat::cloud_events_batch, structured, at_now).error().code, Code::schema);
  const auto mixed = decode_events(BodyFormat::cloud_events_batch, "[" + std::string(structured) + ",1]", at_now);
  EXPECT_EQ(verdict((*mixed)[0].event), "accepted");
  EXPECT_EQ(verdict((*mixed)[1].event), "schema");
  const auto array = decode_events(BodyFormat::cloud_event, "[" + std::string(structured) + "]", at_now);
  EXPECT_EQ(verdict(array->front().event), "schema");
}

TEST(CloudEvents, ReadsTheDataOfBinaryModeByItsType) {
  std::vector<HeaderView> headers = binary;
  EXPECT_EQ(decode_cloud_event(headers, "", at_now)->attributes, (std::vector<Attribute>{{"partitionkey", "\"k\""}}));
  EXPECT_EQ(verdict(decode_cloud_event(headers, "{\"a\":", at_now)), "malformed_json");
  headers[1].value = "text/plain";
  EXPECT_EQ(decode_cloud_event(headers, "a \"b\"", at_now)->attributes,
            (std::vector<Attribute>{{"data", R"("a \"b\"")"}, {"partitionkey", "\"k\""}}));
  EXPECT_EQ(verdict(decode_cloud_event(headers, "\xFF", at_now)), "not_utf8");
  EXPECT_EQ(verdict(decode_cloud_event(headers, std::string(17 * 1024, 'x'), at_now)), "attributes_limit");
}

TEST(CloudEvents, DecodesHeadersOnceAndRefusesWhatIsNotUtf8) {
  std::vector<HeaderView> headers = binary;
  headers[5].value = "100%25%2 %zz";
  EXPECT_EQ(decode_cloud_event(headers, "", at_now)->activity, "100%%2 %zz");
  headers[5].value = R"("say \"hi\" %E2%82%AC")";
  EXPECT_EQ(decode_cloud_event(headers, "", at_now)->activity, "say \"hi\" €");
  headers[5].value = "%FF";
  EXPECT_EQ(verdict(decode_cloud_event(headers, "", at_now)), "not_utf8");
  headers[5].value = "a%00b";
  EXPECT_EQ(verdict(decode_cloud_event(headers, "", at_now)), "schema");
  headers[5] = {"ce-id", "again"};
  EXPECT_EQ(verdict(decode_cloud_event(headers, "", at_now)), "duplicate_key");
}

}  // namespace
}  // namespace weir
