// Edges, start and end activities of hand-made traces.
#include "stream/operators/directly_follows.hpp"

#include "tests/stream/operators/hand_made.hpp"

namespace weir::operators {
namespace {

using dataflow::Table;

TEST(DirectlyFollows, CountsTraversalsAndTheCasesThatHaveThem) {
  HandMade<DirectlyFollows> views;
  views.add("1", moments("abab"));
  views.add("2", moments("ab"));
  EXPECT_EQ(views.cell(Table::edges, "a", "b").counts[EdgeCell::traversals], 3);
  EXPECT_EQ(views.cell(Table::edges, "a", "b").counts[EdgeCell::cases], 2);
  EXPECT_EQ(views.cell(Table::edges, "b", "a").counts[EdgeCell::traversals], 1);
  EXPECT_EQ(views.cell(Table::edges, "b", "a").counts[EdgeCell::cases], 1);
  EXPECT_TRUE(views.cell(Table::edges, "a", "a").empty());
}

TEST(DirectlyFollows, TakesAnOverlapAsNoTimeAndCountsIt) {
  HandMade<DirectlyFollows> views;
  views.add("1", {{"a", 0, 10}, {"b", 4, 20}});
  views.add("2", {{"a", 0, 10}, {"b", 25, 30}});
  const auto& edge = views.cell(Table::edges, "a", "b");
  EXPECT_EQ(edge.counts[EdgeCell::overlaps], 1);
  ASSERT_EQ(edge.durations.size(), 1U);
  EXPECT_EQ(edge.durations[EdgeCell::duration].count(), 2);
  EXPECT_EQ(edge.durations[EdgeCell::duration].min(), 0);
  EXPECT_EQ(edge.durations[EdgeCell::duration].max(), 15);
}

TEST(DirectlyFollows, CountsFirstAndLastActivities) {
  HandMade<DirectlyFollows> views;
  views.completion.declared = true;
  views.add("1", moments("ab"));
  views.completion.end_activities = {views.names().find("b")};
  views.add("2", moments("ab"));
  views.add("3", moments("a"));
  EXPECT_EQ(views.cell(Table::starts, "a").counts[BoundaryCell::cases], 3);
  EXPECT_EQ(views.cell(Table::ends, "b").counts[BoundaryCell::cases], 2);
  EXPECT_EQ(views.cell(Table::ends, "b").counts[BoundaryCell::closed], 1);
  EXPECT_EQ(views.cell(Table::ends, "a").counts[BoundaryCell::closed], 0);
}

TEST(DirectlyFollows, LeavesNothingOfACaseThatGoes) {
  HandMade<DirectlyFollows> views;
  views.add("1", moments("abcab"));
  views.remove("1", moments("abcab"));
  EXPECT_EQ(views.cells_left(), 0U);
}

}  // namespace
}  // namespace weir::operators
