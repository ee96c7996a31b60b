#include "schemas/codec/plain_event.hpp"

#include <random>

#include <gtest/gtest.h>

#include "tests/schemas/codec/events.hpp"

namespace weir::codec {
namespace {

constexpr std::string_view plain =
    R"({"process":"orders","case_id":"o-1","activity":"pay","timestamp":"2026-03-01T11:00:00.123456Z","id":"e7",)"
    R"("source":"weir:default","resource":"r 5","sequence":12,"$upload":"u1"})";

/// The whole grammar decides about a line with white space before it.
void expect_the_same(const std::string& line) {
  const auto quick = decode_stored_event(line, tests::now);
  const auto whole = decode_stored_event(" " + line, tests::now);
  ASSERT_EQ(tests::verdict(quick), tests::verdict(whole)) << line;
  if (quick) {
    EXPECT_EQ(*quick, *whole) << line;
  } else {
    EXPECT_EQ(quick.error().detail, whole.error().detail) << line;
  }
}

TEST(PlainEvent, IsReadAsTheWholeGrammarReadsIt) {
  const auto read = read_plain_event(plain, true, tests::at_now);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->case_id, "o-1");
  EXPECT_EQ(read->sequence, 12U);
  EXPECT_EQ(read->upload, "u1");
  expect_the_same(std::string{plain});
}

TEST(PlainEvent, LeavesTheUploadOfTheWireToTheWholeGrammar) {
  EXPECT_FALSE(read_plain_event(plain, false, tests::at_now));
}

TEST(PlainEvent, LeavesWhatIsNotPlainOrNotRight) {
  for (const std::string_view members : {R"("id":"a\u0062")",
                                         R"("id":"é")",
                                         R"("id": "a")",
                                         R"("id":null)",
                                         R"("id":"a","id":"b")",
                                         R"("other":"a")",
                                         R"("sequence":"1")",
                                         R"("sequence":01)",
                                         R"("sequence":-1)",
                                         R"("sequence":1.0)",
                                         R"("sequence":1e2)",
                                         R"("sequence":18446744073709551615)",
                                         R"("sequence":18446744073709551616)",
                                         R"("sequence":)",
                                         R"("id":"a",)",
                                         R"("start":"2026-03-01T11:00:01Z")",
                                         R"("start":1772362800000)",
                                         R"("source":"a b")",
                                         R"("lifecycle":"Start")",
                                         R"("id":"")",
                                         R"("id":"a"}{)",
                                         R"("attributes":{"a":"b"})",
                                         "\"id\":\"a\tb\"",
                                         "\"id\":\"\xff\""}) {
    const std::string line = tests::event_with(members);
    EXPECT_FALSE(read_plain_event(line, true, tests::at_now)) << line;
    expect_the_same(line);
  }
  for (const std::string line : {"", "{", "{}", "{\"", "{\"}", "[]", "{\"case_id\":\"c\"}"}) expect_the_same(line);
}

TEST(PlainEvent, AnyByteInAnyPlaceIsReadAsTheWholeGrammarReadsIt) {
  std::mt19937_64 random{7};
  for (int round = 0; round < 20'000; ++round) {
    std::string line{plain};
    line[random() % line.size()] = static_cast<char>(random());
    if (random() % 4 == 0) line.erase(random() % line.size(), 1);
    expect_the_same(line);
  }
}

}  // namespace
}  // namespace weir::codec
