#include "stream/rules/condition.hpp"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemas/codec/timestamp.hpp"

namespace weir::rules {
namespace {

using testing::ElementsAre;
using testing::FieldsAre;

struct Known final : Facts {
  std::map<std::string, Value, std::less<>> now, former;

  Value after(std::string_view path) const override { return of(now, path); }
  Value before(std::string_view path) const override { return of(former, path); }
  static Value of(const std::map<std::string, Value, std::less<>>& values, std::string_view path) {
    const auto at = values.find(path);
    return at == values.end() ? Value{} : at->second;
  }
};

constexpr Paths any_path{[](std::string_view path) { return path != "nowhere"; }, "anywhere"};

struct ReadCondition {
  std::optional<Condition> condition;
  DocumentFaults faults;
};

ReadCondition read(std::string_view text) {
  ReadCondition found;
  auto faults =
      read_document(text, [&](const DocumentNode& node) { found.condition = Condition::read(node, any_path); });
  found.faults = faults ? *faults : DocumentFaults{{"", "unreadable"}};
  return found;
}

Known support() {
  Known facts;
  facts.now = {{"activity", std::string{"reply"}},
               {"attr.count", std::int64_t{7}},
               {"attr.share", 0.5},
               {"attr.none", nullptr},
               {"attr.flag", true},
               {"case.attr.status", std::string{"open"}},
               {"attr.due", std::string{"2026-01-02T00:00:00Z"}},
               {"timestamp", *parse_rfc3339("2026-01-01T22:00:00Z")},
               {"case.tags", Value::List{std::string{"vip"}, std::string{"eu"}}}};
  facts.former = {{"case.attr.status", std::string{"new"}}, {"case.tags", facts.now["case.tags"]}};
  return facts;
}

Truth truth(std::string_view text) {
  const ReadCondition found = read(text);
  EXPECT_TRUE(found.condition && found.faults.empty()) << text;
  return found.condition ? found.condition->truth(support()) : Truth::no;
}

/// Of one comparison: `"path op value"`.
Truth compares(const std::string& path, const std::string& op, const std::string& value = "") {
  return truth(R"({"path":")" + path + R"(","op":")" + op + '"' + (value.empty() ? "" : ",\"value\":" + value) + '}');
}

TEST(Condition, ComparesWhatIsThere) {
  EXPECT_EQ(compares("activity", "eq", R"("reply")"), Truth::yes);
  EXPECT_EQ(compares("activity", "ne", R"("reply")"), Truth::no);
  EXPECT_EQ(compares("attr.count", "eq", "7.0"), Truth::yes);
  EXPECT_EQ(compares("attr.count", "eq", R"("7")"), Truth::no);
  EXPECT_EQ(compares("attr.none", "eq", "null"), Truth::yes);
  EXPECT_EQ(compares("attr.count", "lt", "7.5"), Truth::yes);
  EXPECT_EQ(compares("attr.count", "lte", "7"), Truth::yes);
  EXPECT_EQ(compares("attr.share", "gt", "0"), Truth::yes);
  EXPECT_EQ(compares("attr.share", "gte", "1"), Truth::no);
  EXPECT_EQ(compares("attr.count", "between", "[7,9]"), Truth::yes);
  EXPECT_EQ(compares("attr.count", "between", "[8,9]"), Truth::no);
  EXPECT_EQ(compares("activity", "in", R"(["open","reply"])"), Truth::yes);
  EXPECT_EQ(compares("activity", "not_in", R"(["open"])"), Truth::yes);
  EXPECT_EQ(compares("activity", "contains", R"("epl")"), Truth::yes);
  EXPECT_EQ(compares("case.tags", "contains", R"("vip")"), Truth::yes);
  EXPECT_EQ(compares("case.tags", "not_contains", R"("us")"), Truth::yes);
  EXPECT_EQ(compares("case.tags", "contains_any", R"(["us","eu"])"), Truth::yes);
  EXPECT_EQ(compares("case.tags", "contains_all", R"(["us","eu"])"), Truth::no);
  EXPECT_EQ(compares("activity", "starts_with", R"("re")"), Truth::yes);
  EXPECT_EQ(compares("activity", "ends_with", R"("re")"), Truth::no);
  EXPECT_EQ(compares("activity", "exists"), Truth::yes);
  EXPECT_EQ(compares("attr.gone", "missing"), Truth::yes);
  EXPECT_EQ(compares("attr.gone", "exists"), Truth::no);
  EXPECT_EQ(compares("attr.count", "gt", R"({"path":"attr.share"})"), Truth::yes);
}

TEST(Condition, IsUnknownOfWhatIsMissingOrOfAnotherKind) {
  for (const char* op : {"eq", "ne", "lt", "contains", "not_contains"}) {
    EXPECT_EQ(compares("attr.gone", op, "1"), Truth::unknown) << op;
    EXPECT_EQ(compares("attr.count", op, R"({"path":"attr.gone"})"), Truth::unknown) << op;
  }
  EXPECT_EQ(compares("attr.gone", "not_in", "[1]"), Truth::unknown);
  EXPECT_EQ(compares("activity", "lt", "7"), Truth::unknown);
  EXPECT_EQ(compares("attr.flag", "lt", "true"), Truth::unknown);
  EXPECT_EQ(compares("attr.count", "contains", R"("7")"), Truth::unknown);
}

TEST(Condition, KnowsWhatChanged) {
  EXPECT_EQ(compares("case.attr.status", "changed"), Truth::yes);
  EXPECT_EQ(compares("case.tags", "changed"), Truth::no);
  EXPECT_EQ(compares("case.attr.status", "changed_from", R"("new")"), Truth::yes);
  EXPECT_EQ(compares("case.attr.status", "changed_to", R"("open")"), Truth::yes);
  EXPECT_EQ(compares("case.attr.status", "changed_to", R"("new")"), Truth::no);
  EXPECT_EQ(compares("attr.gone", "changed"), Truth::no);
}

TEST(Condition, MatchesAnywhere) {
  EXPECT_EQ(compares("activity", "matches", R"("^re.*y$")"), Truth::yes);
  EXPECT_EQ(compares("activity", "matches", R"("p[lm]")"), Truth::yes);
  EXPECT_EQ(compares("activity", "matches", R"("^ply")"), Truth::no);
  EXPECT_EQ(compares("attr.count", "matches", R"("7")"), Truth::unknown);
  EXPECT_EQ(compares("attr.gone", "matches", R"("7")"), Truth::unknown);
}

/// Expressions for which others take time exponential in the text.
TEST(Condition, MatchesInLinearTime) {
  Known facts;
  facts.now["attr.a"] = Value{std::string(100'000, 'a') + '!'};
  for (const char* evil : {"^(a+)+$", "^(a|aa)+$", "^(a|a?)+$", "(.*a){20}$", "^(([a-z])+.)+[A-Z]([a-z])+$"}) {
    const auto found = read(std::string{R"({"path":"attr.a","op":"matches","value":")"} + evil + "\"}");
    ASSERT_TRUE(found.condition) << evil;
    EXPECT_EQ(found.condition->truth(facts), Truth::no) << evil;
  }
  EXPECT_THAT(read(R"({"path":"a","op":"matches","value":"(((x{100}){100}){100}"})").faults,
              ElementsAre(FieldsAre("/value", testing::StartsWith("is no regular expression: "))));
}

TEST(Condition, ComparesTimes) {
  EXPECT_EQ(compares("attr.due", "after", R"({"path":"timestamp"})"), Truth::yes);
  EXPECT_EQ(compares("attr.due", "before", R"("2026-01-02T01:00:00+01:00")"), Truth::no);
  EXPECT_EQ(compares("attr.due", "before", R"("2026-01-02T00:00:00.000001Z")"), Truth::yes);
  EXPECT_EQ(compares("timestamp", "before", "1767391200000"), Truth::yes);
  EXPECT_EQ(compares("attr.due", "within", R"("2h")"), Truth::yes);
  EXPECT_EQ(compares("attr.due", "within", R"("1h59m")"), Truth::no);
  EXPECT_EQ(compares("activity", "after", "1767391200000"), Truth::unknown);
  EXPECT_EQ(compares("attr.gone", "within", R"("2h")"), Truth::unknown);
}

TEST(Condition, GoesThroughLists) {
  const auto over = [](const char* kind, const char* of, const char* where) {
    return truth(std::string{"{\""} + kind + R"(":{"of":")" + of + R"(","where":)" + where + "}}");
  };
  const char* const is_eu = R"({"path":"item","op":"eq","value":"eu"})";
  const char* const has_letters = R"({"path":"item","op":"matches","value":"[a-z]+"})";
  EXPECT_EQ(over("some", "case.tags", is_eu), Truth::yes);
  EXPECT_EQ(over("every", "case.tags", is_eu), Truth::no);
  EXPECT_EQ(over("every", "case.tags", has_letters), Truth::yes);
  EXPECT_EQ(over("some", "case.tags", R"({"path":"item","op":"gt","value":1})"), Truth::unknown);
  EXPECT_EQ(over("some", "case.tags", R"({"path":"item","op":"eq","value":{"path":"activity"}})"), Truth::no);
  EXPECT_EQ(over("some", "activity", is_eu), Truth::unknown);
  EXPECT_EQ(over("every", "attr.gone", is_eu), Truth::unknown);
}

TEST(Condition, IsLeftWithWhatIsOpen) {
  struct Open final : Facts {
    std::vector<std::optional<Truth>> seen{std::nullopt, std::nullopt};
    Value after(std::string_view path) const override { return path == "yes" ? Value{true} : Value{}; }
    Value before(std::string_view) const override { return {}; }
    Seen temporal(std::size_t number) const override { return {seen[number], {}}; }
  };
  const auto left = [](const std::string& text, Open facts) -> std::optional<Truth> {
    std::optional<Condition> condition;
    const Grammar grammar{any_path, {}, [](std::string_view, const DocumentNode& node) {
                            return std::optional{static_cast<std::size_t>(*node.value().as_int64())};
                          }};
    EXPECT_TRUE(read_document(text, [&](const DocumentNode& node) { condition = Condition::read(node, grammar); }));
    const auto outcome = condition->given(Open{});
    if (const auto* truth = std::get_if<Truth>(&outcome)) return *truth;
    const auto next = std::get<Condition>(outcome).given(facts);
    return std::holds_alternative<Truth>(next) ? std::optional{std::get<Truth>(next)} : std::nullopt;
  };
  const std::string yes = R"({"path":"yes","op":"exists"})", unknown = R"({"path":"no","op":"eq","value":1})";
  Open learned;
  learned.seen[0] = Truth::yes;
  EXPECT_EQ(left(R"({"all":[{"absent":0},)" + yes + "]}", learned), Truth::yes);
  EXPECT_EQ(left(R"({"all":[{"absent":0},)" + unknown + "]}", learned), Truth::unknown);
  EXPECT_EQ(left(R"({"any":[{"absent":1},)" + yes + "]}", {}), Truth::yes);
  EXPECT_EQ(left(R"({"not":{"any":[{"absent":1},)" + yes + "]}}", {}), Truth::no);
  EXPECT_EQ(left(R"({"all":[{"absent":0},{"absent":1}]})", learned), std::nullopt);
  learned.seen[0] = Truth::no;
  EXPECT_EQ(left(R"({"all":[{"absent":0},{"absent":1}]})", learned), Truth::no);
  EXPECT_EQ(left(R"({"not":{"all":[{"absent":0},)" + unknown + "]}}", learned), Truth::yes);
}

TEST(Condition, JoinsThreeTruths) {
  const std::string yes = R"({"path":"activity","op":"exists"})", no = R"({"path":"activity","op":"missing"})",
                    unknown = R"({"path":"attr.gone","op":"eq","value":1})";
  const auto joined = [](const std::string& kind, const std::string& a, const std::string& b) {
    return truth("{\"" + kind + "\":[" + a + ',' + b + "]}");
  };
  EXPECT_EQ(joined("all", yes, yes), Truth::yes);
  EXPECT_EQ(joined("all", yes, unknown), Truth::unknown);
  EXPECT_EQ(joined("all", unknown, no), Truth::no);
  EXPECT_EQ(joined("any", no, unknown), Truth::unknown);
  EXPECT_EQ(joined("any", unknown, yes), Truth::yes);
  EXPECT_EQ(joined("any", no, no), Truth::no);
  EXPECT_EQ(truth("{\"not\":" + unknown + "}"), Truth::unknown);
  EXPECT_EQ(truth("{\"not\":{\"not\":" + yes + "}}"), Truth::yes);
}

TEST(Condition, KnowsWhetherItAsksForTheEvent) {
  const auto asks = [](std::string_view text) { return read(text).condition->asks_for_event(); };
  EXPECT_TRUE(asks(R"({"path":"activity","op":"exists"})"));
  EXPECT_FALSE(asks(R"({"all":[{"path":"case.attr.a","op":"exists"},{"not":{"path":"case.id","op":"missing"}}]})"));
  EXPECT_TRUE(asks(R"({"any":[{"path":"case.attr.a","op":"eq","value":{"path":"attr.a"}}]})"));
}

TEST(Condition, NumbersCompareExactly) {
  const Value big{std::int64_t{9'007'199'254'740'993}}, rounded{9'007'199'254'740'992.0};
  EXPECT_FALSE(big == rounded);
  EXPECT_EQ(compare(big, rounded), std::partial_ordering::greater);
  EXPECT_EQ(compare(rounded, big), std::partial_ordering::less);
  EXPECT_EQ(compare(Value{std::numeric_limits<std::int64_t>::max()}, Value{9'223'372'036'854'775'808.0}),
            std::partial_ordering::less);
  EXPECT_EQ(compare(Value{std::int64_t{-3}}, Value{-3.5}), std::partial_ordering::greater);
}

TEST(Condition, TellsEveryFault) {
  EXPECT_THAT(
      read(R"({"all":[{"path":"a","op":"like","value":1},{"path":"a","op":"in","value":1},{"any":[]},7]})").faults,
      ElementsAre(FieldsAre("/all/0/op", "is no operator"),
                  FieldsAre("/all/1", "must have a list of values with this op"),
                  FieldsAre("/all/2/any", "must hold a condition"), FieldsAre("/all/3", "must be a condition")));
  EXPECT_THAT(read("{}").faults, ElementsAre(FieldsAre("", "must have one of all, any, not, every, some and path")));
  EXPECT_THAT(read(R"({"path":"a","not":{"path":"b","op":"exists"}})").faults,
              ElementsAre(FieldsAre("", "must have one of all, any, not, every, some and path")));
  EXPECT_THAT(read(R"({"path":"a"})").faults, ElementsAre(FieldsAre("", "must have an op")));
  EXPECT_THAT(read(R"({"path":"a","op":"eq"})").faults, ElementsAre(FieldsAre("", "must have a value with this op")));
  EXPECT_THAT(read(R"({"path":"a","op":"exists","value":1})").faults,
              ElementsAre(FieldsAre("", "takes no value with this op")));
  EXPECT_THAT(read(R"({"path":"a","op":"eq","value":{"a":1}})").faults,
              ElementsAre(FieldsAre("/value", "a member is unknown")));
  EXPECT_THAT(read(R"({"path":"nowhere","op":"eq","value":{"path":"nowhere"}})").faults,
              ElementsAre(FieldsAre("/path", "must be one of the paths anywhere"),
                          FieldsAre("/value/path", "must be one of the paths anywhere")));
  EXPECT_THAT(read(R"({"path":"a","op":"eq","value":{}})").faults,
              ElementsAre(FieldsAre("/value", "must be a value or a path")));
  std::string deep = R"({"path":"a","op":"exists"})";
  for (int i = 0; i < 40; ++i) deep = "{\"not\":" + deep + '}';
  EXPECT_EQ(read(deep).faults.size(), 1u);
}

}  // namespace
}  // namespace weir::rules
