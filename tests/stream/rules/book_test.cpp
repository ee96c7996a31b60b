#include "stream/rules/book.hpp"

#include <random>

#include <gmock/gmock.h>

#include "tests/stream/rules/making.hpp"

namespace weir::rules {
namespace {

using testing::Contains;
using testing::ElementsAre;

std::vector<std::string> concerned(const RuleBook& book, const Event& event) {
  EventFacts facts{&book.lists()};
  facts.take(event);
  std::vector<std::uint32_t> entries;
  book.concerned(event, facts, entries);
  std::vector<std::string> names;
  for (const std::uint32_t one : entries) names.push_back(book.entries()[one].name);
  return names;
}

TEST(RuleBook, AsksWhatAnEventConcerns) {
  std::vector<RuleVersion> all;
  for (int i = 0; i < 10'000; ++i) {
    const std::string customer = R"({"path": "attr.customer", "op": "eq", "value": )" + std::to_string(i) + '}';
    all.push_back(since_ever(
        "r" + std::to_string(i),
        rule(R"("on": "pay", "when": {"all": [{"path": "attr.n", "op": "gt", "value": 1}, )" + customer + "]}")));
  }
  all.push_back(since_ever("range", rule(R"("when": {"path": "attr.n", "op": "gt", "value": 1})")));
  all.push_back(since_ever(
      "full",
      rule(
          R"("when": {"window": {"kind": "count", "size": 9, "for": "1h", "agg": "count", "op": "gt", "value": 1}})")));
  const RuleBook book{std::move(all)};
  EXPECT_THAT(concerned(book, event(0, "pay", {{"customer", "77"}})), ElementsAre("r77", "range"));
  EXPECT_THAT(concerned(book, event(0, "ask", {{"customer", "77.0"}})),
              ElementsAre("r77", "range"));  // on is judged later
  EXPECT_THAT(concerned(book, event(0, "pay", {{"customer", "\"77\""}})), ElementsAre("range"));
  EXPECT_THAT(concerned(book, event(0, "pay")), ElementsAre("range"));
}

class RandomConditions {
 public:
  explicit RandomConditions(std::uint64_t seed) : random_(seed) {}

  std::string value() { return std::array{"1", "2", "2.0", "\"1\"", "null", "true"}[upto(5)]; }

  std::string condition(int depth) {
    const int kind = upto(depth > 0 ? 6 : 3);
    if (kind == 4) return R"({"not":)" + condition(depth - 1) + '}';
    if (kind > 4) {
      std::string parts = condition(depth - 1);
      for (int i = upto(2); i > 0; --i) parts += ',' + condition(depth - 1);
      return (kind == 5 ? R"({"all":[)" : R"({"any":[)") + parts + "]}";
    }
    const std::string path =
        R"({"path":")" + std::string{std::array{"attr.a", "attr.b", "case.attr.a", "activity"}[upto(3)]};
    switch (kind) {
      case 0:
        return path + R"(","op":"in","value":[)" + value() + ',' + value() + "]}";
      case 1:
        return path + R"(","op":"changed_to","value":)" + value() + '}';
      case 2:
        return path + R"(","op":"ne","value":)" + value() + '}';
      default:
        return path + R"(","op":"eq","value":)" + value() + '}';
    }
  }

  std::vector<Event> events() {
    std::vector<Event> all;
    for (int i = 0; i < 4; ++i) {
      all.push_back(event(i, std::to_string(upto(2))));
      for (const char* name : {"a", "b"}) {
        if (upto(2) > 0) all.back().attributes.push_back({name, value()});
      }
    }
    return all;
  }

 private:
  int upto(int most) { return static_cast<int>(random_() % (static_cast<unsigned>(most) + 1)); }

  std::mt19937_64 random_;
};

TEST(RuleBook, MissesNothingThatHolds) {
  std::size_t held = 0, left_out = 0;
  for (std::uint64_t seed = 0; seed < 300 && !HasFailure(); ++seed) {
    RandomConditions random{seed};
    std::vector<RuleVersion> all;
    for (int i = 0; i < 20; ++i) {
      all.push_back(since_ever("r" + std::to_string(i), rule(R"("when": )" + random.condition(2))));
    }
    const RuleBook book{std::move(all)};
    EventFacts facts;
    for (const Event& one : random.events()) {
      facts.take(one);
      std::vector<std::uint32_t> entries;
      book.concerned(one, facts, entries);
      left_out += 20 - entries.size();
      for (std::uint32_t i = 0; i < 20; ++i) {
        if (!book.entries()[i].rule.when->holds(facts)) continue;
        ++held;
        EXPECT_THAT(entries, Contains(i)) << "seed " << seed << ' ' << book.entries()[i].name;
      }
    }
  }
  EXPECT_GT(held, 1'000u);
  EXPECT_GT(left_out, 1'000u);
}

}  // namespace
}  // namespace weir::rules
