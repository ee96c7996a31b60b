#include "stream/rules/trial.hpp"

#include "tests/stream/rules/making.hpp"

namespace weir::rules {
namespace {

Event of(const char* case_id, int minute, int n) {
  Event made = event(minute, "pay", {{"n", std::to_string(n)}});
  made.case_id = case_id;
  return made;
}

Rule above(int least, const char* more = "") {
  return rule(R"("when": {"path": "attr.n", "op": "gt", "value": )" + std::to_string(least) + "}" + more);
}

TEST(Trial, TellsWhatWouldHaveFired) {
  const std::vector<std::vector<Event>> cases{{of("c1", 0, 5), of("c1", 1, 9)}, {}, {of("c2", 2, 7)}};
  const auto found = dry_run("large", above(6, R"(, "enabled": false)"), cases, {}, at(9));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].case_id, "c1");
  EXPECT_EQ(found[0].firing.at, at(1));
  EXPECT_EQ(found[1].case_id, "c2");
}

TEST(Trial, ComparesTwoVersions) {
  Trial trial{"large", above(6), above(4, R"(, "once_per": "case")"), {}, at(9)};
  trial.hear(std::vector{of("c1", 0, 5), of("c1", 1, 9)});
  trial.hear(std::vector{of("c2", 2, 7)});
  const Comparison& found = trial.comparison();
  ASSERT_EQ(found.gone.size(), 1u);
  EXPECT_EQ(found.gone[0].firing.at, at(0));
  ASSERT_EQ(found.added.size(), 1u);
  EXPECT_EQ(found.added[0].firing.at, at(1));
  EXPECT_EQ(found.same, 1u);
  EXPECT_EQ(found.reworded, 0u);
}

}  // namespace
}  // namespace weir::rules
