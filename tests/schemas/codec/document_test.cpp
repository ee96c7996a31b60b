#include "schemas/codec/document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir {
namespace {

using testing::ElementsAre;
using testing::FieldsAre;

TEST(Document, TellsEveryFaultAtItsPlace) {
  const auto faults = read_document(
      R"({"n":11,"list":[1,"",true],"map":{"a/b~c":1},"flag":0,"word":"b","x":1})", [](const DocumentNode& node) {
        node.object({
            {"n", [](const auto& one) { one.whole(1, 10); }},
            {"list", [](const auto& one) { one.each_item(2, [](const auto& item) { item.text(3); }); }},
            {"map",
             [](const auto& one) { one.each_member(5, [](const auto&, const auto& member) { member.text(3); }); }},
            {"flag", [](const auto& one) { one.boolean(); }},
            {"word", [](const auto& one) { one.template choice<int>({{"a", 1}, {"c", 2}}); }},
        });
      });
  ASSERT_TRUE(faults);
  EXPECT_THAT(*faults, ElementsAre(FieldsAre("/n", "must be a whole number from 1 to 10"),
                                   FieldsAre("/list/0", "must be a string of 1 to 3 bytes"),
                                   FieldsAre("/list/1", "must be a string of 1 to 3 bytes"),
                                   FieldsAre("/list", "must hold at most 2"),
                                   FieldsAre("/map/a~1b~0c", "must be a string of 1 to 3 bytes"),
                                   FieldsAre("/flag", "must be true or false"),
                                   FieldsAre("/word", "must be one of a, c"), FieldsAre("", "a member is unknown")));
}

TEST(Document, NamesArePlainAndStandOnce) {
  std::vector<std::string> names;
  const auto faults = read_document(R"(["a-b_1", "", "A", "a-b_1", 1])", [&](const DocumentNode& node) {
    node.each_item(9, [&](const DocumentNode& one) { one.add_plain_name(names); });
  });
  ASSERT_TRUE(faults);
  EXPECT_THAT(names, ElementsAre("a-b_1"));
  EXPECT_THAT(*faults,
              ElementsAre(FieldsAre("/1", "must be a string of 1 to 64 bytes"),
                          FieldsAre("/2", "must be 1 to 64 of a-z, 0-9, _ and -"), FieldsAre("/3", "stands twice"),
                          FieldsAre("/4", "must be a string of 1 to 64 bytes")));
}

TEST(Document, IsNoneWhereTheBytesAreNone) {
  const auto nothing = [](const DocumentNode&) { FAIL(); };
  EXPECT_EQ(read_document("{", nothing).error().code, Code::malformed_json);
  EXPECT_EQ(read_document(" ", nothing).error().code, Code::empty_body);
}

TEST(Duration, ReadsUnitsInFallingOrder) {
  using namespace std::chrono_literals;
  EXPECT_EQ(parse_duration("90s"), Duration{90s});
  EXPECT_EQ(parse_duration("1h30m"), Duration{90min});
  EXPECT_EQ(parse_duration("1w2d3h4m5s6ms"), Duration{9 * 24h + 3h + 4min + 5s + 6ms});
  EXPECT_EQ(parse_duration("0s"), Duration{0});
  EXPECT_EQ(parse_duration("36525d"), Duration{24h * 36'525});
  for (const char* text : {"", "1", "h", "-1h", "1h1h", "1m1h", "1.5h", "1 h", "36526d", "9223372036854775807w",
                           "99999999999999999999s", "1hx", "+1h"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

}  // namespace
}  // namespace weir
