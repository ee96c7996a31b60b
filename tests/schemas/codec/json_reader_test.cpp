#include "schemas/codec/json_reader.hpp"

#include <random>

#include <gtest/gtest.h>

#include "schemas/codec/json_writer.hpp"

namespace weir {
namespace {

Code code_of(std::string_view text) {
  JsonParser parser;
  const auto value = parser.parse(text);
  return value ? Code::not_found : value.error().code;
}
constexpr Code accepted = Code::not_found;  // no fault that the reader has

TEST(JsonReader, ReadsADocument) {
  JsonParser parser;
  const auto root = parser.parse(
      "\xEF\xBB\xBF {\"a\" : [1, -2.5e3 , true,false,null, \"x\" ] ,\"\\u0062\":{\"c\":\"\\ud83d\\ude00\"}}\n");
  ASSERT_TRUE(root.ok());
  std::string scratch;
  auto items = root->find("a")->items();
  EXPECT_EQ(items.take().as_int64(), 1);
  EXPECT_EQ(items.take().as_double(), -2500);
  EXPECT_TRUE(items.take().is_true());
  EXPECT_FALSE(items.take().is_true());
  EXPECT_TRUE(items.take().is(JsonKind::null));
  EXPECT_EQ(items.take().text(scratch), "x");
  EXPECT_TRUE(items.done());
  EXPECT_EQ(root->find("b")->find("c")->text(scratch), "😀");
  EXPECT_EQ(root->find("b")->raw(), R"({"c":"\ud83d\ude00"})");
  EXPECT_FALSE(root->find("c"));
}

TEST(JsonReader, RefusesWhatIsNotJson) {
  for (const std::string_view text : {"[1,]",
                                      "[,1]",
                                      "[1 2]",
                                      "{\"a\":1,}",
                                      "{\"a\" 1}",
                                      "{1:2}",
                                      "{\"a\":}",
                                      "[1]]",
                                      "[1] [2]",
                                      "1 2",
                                      "{} x",
                                      "[\"a\" \"b\"]",
                                      "[\"a\"b]",
                                      "[1\"a\"]",
                                      "[01]",
                                      "[1.]",
                                      "[.5]",
                                      "[+1]",
                                      "[1e]",
                                      "[- 1]",
                                      "[0x10]",
                                      "[NaN]",
                                      "[Infinity]",
                                      "['a']",
                                      "[tru]",
                                      "[truex]",
                                      "[nul]",
                                      "[True]",
                                      "[1]//c",
                                      "/*c*/[1]",
                                      "[\"\\a\"]",
                                      "[\"\\u12\"]",
                                      "[\"\\u123g\"]",
                                      "[\"a\nb\"]",
                                      "[\"a",
                                      "[",
                                      "{",
                                      "}",
                                      "{\"a\"",
                                      "[\"\\\"]",
                                      "\\u005b]",
                                      "[\f1]",
                                      "[1\v]",
                                      "[\xC2\xA0 1]",
                                      "{\"a\":1:2}",
                                      "[1:2]",
                                      "[1}",
                                      "{\"a\":1]"}) {
    EXPECT_EQ(code_of(text), Code::malformed_json) << text;
  }
  EXPECT_EQ(code_of(std::string_view("[1]\0", 4)), Code::malformed_json);
  EXPECT_EQ(code_of(std::string_view("[1,\0]", 5)), Code::malformed_json);
}

TEST(JsonReader, RefusesWhatIsNotUtf8) {
  for (const std::string_view text :
       {"[\"\xC0\x80\"]", "[\"\xED\xA0\x80\"]", "[\"\xF4\x90\x80\x80\"]", "[\"\xFF\"]", "[\"\xE2\x82\"]", "[\xE2]",
        "[\"\\ud800\"]", "[\"\\udc00\"]", "[\"\\ud800\\ud800\"]", "[\"\\ud800x\"]", "{\"\\udc00\":1}",
        "[\"\\uDBFF\\n\"]"}) {
    EXPECT_EQ(code_of(text), Code::not_utf8) << text;
  }
  EXPECT_EQ(code_of(std::string_view("[\0]\0", 4)), Code::not_utf8) << "UTF-16LE";
  EXPECT_EQ(code_of(std::string_view("\0[\0]", 4)), Code::not_utf8) << "UTF-16BE";
}

TEST(JsonReader, TellsAnEmptyBody) {
  for (const std::string_view text : {"", " \n\r\t ", "\xEF\xBB\xBF"}) EXPECT_EQ(code_of(text), Code::empty_body);
  EXPECT_NE(code_of("\xEF\xBB\xBF\xEF\xBB\xBF[]"), accepted) << "only one mark is taken off";
}

TEST(JsonReader, StopsAt1024Levels) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_EQ(code_of(nested(1024)), accepted);
  EXPECT_EQ(code_of(nested(1025)), Code::too_deep);
  EXPECT_EQ(code_of(nested(100'000)), Code::too_deep);
  EXPECT_EQ(code_of(std::string(100'000, '[')), Code::too_deep);
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_EQ(code_of(objects), Code::too_deep);
}

TEST(JsonReader, KnowsWhichNumbersFit) {
  const auto fits = [](std::string_view text) {
    JsonParser parser;
    return parser.parse(text)->number_fits();
  };
  for (const char* text : {"0", "-0", "-0.0", "9007199254740993", "18446744073709551615", "-9223372036854775808",
                           "1e308", "0e999", "12.50", "0.1000000000000000000000000000001", "5e-324"}) {
    EXPECT_TRUE(fits(text)) << text;
  }
  for (const char* text : {"18446744073709551616", "-9223372036854775809", "1e400", "-1e400", "1e309", "1e-400",
                           "100000000000000000000000000000000"}) {
    EXPECT_FALSE(fits(text)) << text;
  }
}

TEST(JsonReader, FindsADuplicateKey) {
  JsonParser parser;
  EXPECT_EQ(parser.parse(R"({"a":1,"b":{"a":1},"c":2})")->duplicate_key(), std::nullopt);
  EXPECT_EQ(parser.parse(R"({"id":1,"b":2,"\u0069d":3})")->duplicate_key(), "id");
}

TEST(JsonReader, KeepsEveryStringByteForByte) {
  std::mt19937 random(3);
  JsonParser parser;
  std::string scratch;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (auto i = random() % 40; i > 0; --i) {
      static constexpr std::string_view pieces[] = {"a", "\"", "\\", "\n", "é", "😀", "\x01",
                                                    "/", " ",  ",",  "{",  "]", ":"};
      text += pieces[random() % std::size(pieces)];
    }
    std::string json;
    append_json_string(json, text);
    const auto read = parser.parse("[" + json + "," + json + " ]");
    ASSERT_TRUE(read.ok()) << json;
    auto items = read->items();
    ASSERT_EQ(items.take().text(scratch), text);
    ASSERT_EQ(items.take().text(scratch), text);
  }
}

/// Any cut or damaged document gives an answer, and a document that is accepted is one whose parts are.
TEST(JsonReader, SurvivesDamage) {
  const std::string good = R"([{"a":"x\u00e9\"","b":[1,2.5e-3,true,null],"c":{}},"\ud83d\ude00",-0])";
  std::mt19937 random(4);
  JsonParser parser;
  for (int round = 0; round < 50'000; ++round) {
    std::string text = good.substr(0, random() % (good.size() + 1));
    for (auto i = random() % 4; i > 0 && !text.empty(); --i) text[random() % text.size()] = static_cast<char>(random());
    const auto root = parser.parse(text);
    if (!root) continue;
    const std::string again(root->raw());
    if (root->is(JsonKind::string)) continue;
    ASSERT_TRUE(parser.parse(again).ok()) << text;
  }
}

TEST(JsonReader, GivesBackTheBuffersOfALargeDocument) {
  JsonParser parser;
  const std::string large = "\"" + std::string(20 << 20, 'x') + "\"";
  EXPECT_EQ(parser.parse(large)->raw().size(), std::size_t{20 << 20});
  EXPECT_EQ(parser.parse("[7]")->items().take().as_int64(), 7);
  EXPECT_EQ(parser.parse(large)->raw().size(), std::size_t{20 << 20});
}

}  // namespace
}  // namespace weir
