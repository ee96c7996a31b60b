// Handover of work in hand-made traces.
#include "stream/operators/handover.hpp"

#include "tests/stream/operators/hand_made.hpp"

namespace weir::operators {
namespace {

using dataflow::Table;

TEST(Handover, GoesFromResourceToResourceSelfIncluded) {
  HandMade<Handover> views;
  views.add("1", {{"a", 0, 0, "ann"}, {"b", 1, 1, "bob"}, {"c", 2, 2, "bob"}});
  EXPECT_EQ(views.tally(Table::handovers, "ann", "bob"), 1);
  EXPECT_EQ(views.tally(Table::handovers, "bob", "bob"), 1);
  EXPECT_EQ(views.cell(Table::resources, "bob").counts[ResourceCell::events], 2);
}

TEST(Handover, EndsAtAnEventWithoutAResource) {
  HandMade<Handover> views;
  views.add("1", {{"a", 0, 0, "ann"}, {"b", 1, 1}, {"c", 2, 2, "bob"}});
  EXPECT_EQ(views.tally(Table::handovers, "ann", "bob"), 0);
  EXPECT_EQ(views.cells_left(), 2U);  // ann, bob
}

TEST(Handover, LeavesNothingOfACaseThatGoes) {
  HandMade<Handover> views;
  const Trace trace{{"a", 0, 0, "ann"}, {"b", 1, 1, "bob"}};
  views.add("1", trace);
  views.remove("1", trace);
  EXPECT_EQ(views.cells_left(), 0U);
}

}  // namespace
}  // namespace weir::operators
