#include "stream/rules/rule.hpp"

#include <fstream>
#include <sstream>

#include <gmock/gmock.h>

#include "tests/stream/rules/making.hpp"

namespace weir::rules {
namespace {

using testing::ElementsAre;
using testing::FieldsAre;
using testing::IsEmpty;

/// The same file that tests/e2e holds the schema to.
TEST(RuleDocument, IsReadOrRefused) {
  std::ifstream file{WEIR_SOURCE_DIR "/tests/data/rules/documents.json"};
  std::stringstream bytes;
  bytes << file.rdbuf();
  JsonParser parser;
  const auto all = parser.parse(bytes.str());
  ASSERT_TRUE(all);
  for (const char* list : {"good", "bad", "refused"}) {
    for (auto items = all->find(list)->items(); !items.done();) {
      const std::string text{items.take().raw()};
      const ReadRule found = read(text);
      EXPECT_EQ(found.rule.has_value(), std::string_view{list} == "good") << text;
      EXPECT_EQ(found.faults.empty(), found.rule.has_value()) << text;
    }
  }
}

TEST(RuleDocument, TellsEveryFaultAtOnce) {
  EXPECT_THAT(
      read(R"({"on": [], "salience": "high", "when": {"all": [{"path": "x", "op": "eq", "value": 1},
              {"window": {"key": "attr.customer", "kind": "sliding", "agg": "mode"}}]},
              "then": [{"type": "escalate"}, {"type": "tag"}, {"type": "alert", "title": "{x}", "notify": ["A"]}],
              "mode": "loud"})")
          .faults,
      ElementsAre(
          FieldsAre("/on", "must name an activity"), FieldsAre("/salience", testing::StartsWith("must be a whole")),
          FieldsAre("/when/all/0/path", testing::StartsWith("must be one of the paths activity")),
          FieldsAre("/when/all/1/window/key", "must be case.id: windows over more than one case are not built yet"),
          FieldsAre("/when/all/1/window/agg", testing::StartsWith("must be one of count")),
          FieldsAre("/then/0/type", "must be alert or notify; instead of escalate, write alert with escalate"),
          FieldsAre("/then/1/type", "must be alert or notify; a rule does not change events or cases"),
          FieldsAre("/then/2/title", testing::StartsWith("has a hole for {x}, which is none of activity")),
          FieldsAre("/then/2/notify/0", "must be 1 to 64 of a-z, 0-9, _ and -"),
          FieldsAre("/mode", "must be one of live, dry_run")));
}

/// 10,000 levels are refused by the parser, 1,000 by the reader, without a deep stack.
TEST(RuleDocument, RefusesDeepNesting) {
  const auto nested = [](int levels) {
    std::string when;
    for (int i = 0; i < levels; ++i) when += R"({"not":)";
    when += R"({"path":"activity","op":"exists"})" + std::string(static_cast<std::size_t>(levels), '}');
    return read(R"({"when":)" + when + R"(,"then":[{"type":"alert","title":"t"}]})");
  };
  EXPECT_TRUE(nested(30).rule);
  for (const int levels : {33, 1'000, 10'000}) {
    const ReadRule found = nested(levels);
    EXPECT_FALSE(found.rule) << levels;
    EXPECT_EQ(found.faults.size(), 1u) << levels;
  }
}

TEST(RuleDocument, KnowsTheNamesThatItNeeds) {
  const std::string text = R"({"when": {"all": [{"absent": {"event": "b", "for": "5m", "calendar": "office"}},
      {"path": "timestamp", "op": "is_business_time", "value": "night"},
      {"path": "timestamp", "op": "is_business_time", "value": "always"}]},
      "then": [{"type": "alert", "title": "t", "notify": ["desk", "ops"], "escalate": "p2"},
               {"type": "notify", "title": "t", "targets": ["ops"]}]})";
  const ReadRule found = read(text);
  ASSERT_TRUE(found.rule);
  EXPECT_TRUE(found.rule->names_calendar("office") && found.rule->names_calendar("night"));
  EXPECT_FALSE(found.rule->names_calendar("always"));
  EXPECT_TRUE(found.rule->names_target("desk") && found.rule->names_target("ops"));
  EXPECT_FALSE(found.rule->names_target("office"));
  EXPECT_TRUE(found.rule->names_escalation("p2") && !found.rule->names_escalation("desk"));
  const auto is = [](const char* known) { return [known](const std::string& name) { return name == known; }; };
  const auto faults = read_document(text, [&](const DocumentNode& node) {
    EXPECT_FALSE(read_rule_with({is("office"), is("desk"), is("p1")}, node));
  });
  ASSERT_TRUE(faults);
  EXPECT_THAT(*faults, ElementsAre(FieldsAre("/when/all/1/value", "there is no calendar \"night\""),
                                   FieldsAre("/then/0/notify/1", "there is no target \"ops\""),
                                   FieldsAre("/then/0/escalate", "there is no escalation \"p2\""),
                                   FieldsAre("/then/1/targets/0", "there is no target \"ops\"")));
}

TEST(TextTemplate, FillsItsHoles) {
  EventFacts facts;
  const Event told = event(0, "a", {{"long", '"' + std::string(255, 'x') + "äö\""}, {"line", R"("one\ntwo")"}});
  facts.take(told);
  const auto filled = [&](const std::string& text, bool one_line) {
    std::string json, found;
    append_json_string(json, text);
    const auto faults = read_document(json, [&](const DocumentNode& node) {
      found = TextTemplate::read(node, 100, EventFacts::paths).value_or(TextTemplate{}).filled(facts, one_line);
    });
    EXPECT_THAT(*faults, IsEmpty());
    return found;
  };
  EXPECT_EQ(filled("{activity} of {case.id}: {attr.gone} {{}}", true), "a of c: - {}");
  EXPECT_EQ(filled("{attr.line}", true), "one two");
  EXPECT_EQ(filled("{attr.line}", false), "one\ntwo");
  EXPECT_EQ(filled("{attr.long}", true), std::string(253, 'x') + "…");
  EXPECT_EQ(filled("{timestamp}", true), "2024-10-04T00:00:00Z");
}

}  // namespace
}  // namespace weir::rules
