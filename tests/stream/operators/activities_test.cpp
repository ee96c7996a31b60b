// Statistics of activities of hand-made traces.
#include "stream/operators/activities.hpp"

#include "tests/stream/operators/hand_made.hpp"

namespace weir::operators {
namespace {

using dataflow::Table;

TEST(Activities, CountEventsCasesReworkAndSelfLoops) {
  HandMade<Activities> views;
  views.add("1", moments("aaba"));  // a loops once and is rework
  views.add("2", moments("ab"));
  const auto& a = views.cell(Table::activities, "a");
  EXPECT_EQ(a.counts[ActivityCell::events], 4);
  EXPECT_EQ(a.counts[ActivityCell::cases], 2);
  EXPECT_EQ(a.counts[ActivityCell::rework_cases], 1);
  EXPECT_EQ(a.counts[ActivityCell::self_loops], 1);
  EXPECT_EQ(views.cell(Table::activities, "b").counts[ActivityCell::rework_cases], 0);
}

TEST(Activities, TakeServiceWaitingAndSojourn) {
  HandMade<Activities> views;
  views.add("1", {{"a", 0, 10}, {"b", 13, 20}});
  const auto& b = views.cell(Table::activities, "b");
  EXPECT_EQ(b.durations[ActivityCell::service].max(), 7);
  EXPECT_EQ(b.durations[ActivityCell::waiting].max(), 3);
  EXPECT_EQ(b.durations[ActivityCell::sojourn].max(), 10);
}

TEST(Activities, LetTheFirstEventWaitForNothing) {
  HandMade<Activities> views;
  views.add("1", {{"a", 5, 10}});
  EXPECT_EQ(views.cell(Table::activities, "a").durations[ActivityCell::waiting].max(), 0);
}

TEST(Activities, LeaveNothingOfACaseThatGoes) {
  HandMade<Activities> views;
  views.add("1", moments("aaba"));
  views.remove("1", moments("aaba"));
  EXPECT_EQ(views.cells_left(), 0U);
}

}  // namespace
}  // namespace weir::operators
