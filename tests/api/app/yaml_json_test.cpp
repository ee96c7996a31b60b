#include "api/app/yaml_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::app {
namespace {

using testing::HasSubstr;

TEST(YamlAsJson, KnowsTheCoreSchema) {
  EXPECT_EQ(yaml_as_json("a: [1, -2, +3, 007, 1.5, .5, 1e3, 99999999999999999999]\n").value(),
            R"({"a":[1,-2,3,7,1.5,0.5,1000,1e+20]})");
  EXPECT_EQ(yaml_as_json("[~, null, true, False, yes, 'true', \"1\", 09:00-17:00, 2026-12-25, 1h30m, -, +, .]").value(),
            "[~, null, true, False, yes, 'true', \"1\", 09:00-17:00, 2026-12-25, 1h30m, -, +, .]");  // as it stands
  EXPECT_EQ(
      yaml_as_json(
          "- ~\n- null\n- true\n- False\n- yes\n- 'true'\n- \"1\"\n- 09:00-17:00\n- 2026-12-25\n- +\n- .\n- 1e999\n")
          .value(),
      R"([null,null,true,false,"yes","true","1","09:00-17:00","2026-12-25","+",".","1e999"])");
  EXPECT_EQ(yaml_as_json("a:\nb:\n  c: |\n    two\n    lines\n").value(), R"({"a":null,"b":{"c":"two\nlines\n"}})");
  EXPECT_EQ(yaml_as_json("1: x\ntrue: y\n").value(), R"({"1":"x","true":"y"})");
}

TEST(YamlAsJson, HandsJsonBack) { EXPECT_EQ(yaml_as_json(" \n{\"a\": 1}").value(), " \n{\"a\": 1}"); }

void expect_refused(const std::string& yaml, const std::string& why) {
  const auto json = yaml_as_json(yaml);
  ASSERT_FALSE(json) << yaml.substr(0, 60);
  EXPECT_EQ(json.error().code, Code::invalid_document);
  EXPECT_THAT(json.error().detail, HasSubstr(why));
}

TEST(YamlAsJson, RefusesWhatJsonHasNot) {
  expect_refused("a: &x 1\n", "line 1: anchors and aliases are not accepted");
  expect_refused("a: 1\nb: *x\n", "line 2");
  expect_refused("a: !!binary x\n", "line 1: tags are not accepted");
  expect_refused("? [1]\n: 2\n", "line 1: a name must be a scalar");
  expect_refused("a: 1\n---\nb: 2\n", "holds more than one document");
  expect_refused("", "holds nothing");
  expect_refused("# only a comment\n", "holds nothing");
  expect_refused("a: \"\xff\"\n", "is not UTF-8");
  expect_refused("a: b: c\n", "line 1");
  expect_refused("a:\n  - 1\n b: 2\n", "line 3");
  std::string deep;
  for (int i = 0; i < 70; ++i) deep += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  expect_refused(deep, "there are more than 64 levels");
}

}  // namespace
}  // namespace weir::app
