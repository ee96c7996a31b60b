// The KPIs of hand-made traces.
#include "stream/operators/totals.hpp"

#include "state/format/keys.hpp"
#include "tests/stream/operators/hand_made.hpp"

namespace weir::operators {
namespace {

using dataflow::Table;

const dataflow::Cell& quarter(HandMade<Totals>& views, std::int64_t number) {
  return views.cell_at({Table::quarters, format::ordered(number)});
}

TEST(Totals, CountEventsCasesAndWhatTheyHave) {
  HandMade<Totals> views;
  views.add("1", {{"a", 0, 10}, {"a", 4, 20}});
  views.add("2", {{"a", 0, 1}});
  const auto& totals = views.cell_at({Table::totals});
  EXPECT_EQ(totals.counts[TotalsCell::cases], 2);
  EXPECT_EQ(totals.counts[TotalsCell::events], 3);
  EXPECT_EQ(totals.counts[TotalsCell::overlaps], 1);
  EXPECT_EQ(totals.counts[TotalsCell::self_loops], 1);
  EXPECT_EQ(totals.counts[TotalsCell::rework_cases], 1);
  EXPECT_EQ(totals.counts[TotalsCell::completed], 0);
}

TEST(Totals, PartTheCycleInWorkAndWaiting) {
  HandMade<Totals> views;
  views.add("1", {{"a", 0, 10}, {"b", 4, 20}, {"c", 50, 60}});  // at work 0-20 and 50-60
  const auto& totals = views.cell_at({Table::totals});
  EXPECT_EQ(totals.durations[TotalsCell::cycle].max(), 60);
  EXPECT_EQ(totals.durations[TotalsCell::busy].max(), 30);
  EXPECT_EQ(totals.durations[TotalsCell::waiting].max(), 30);
  EXPECT_EQ(totals.ranges[TotalsCell::began].min(), 0);
  EXPECT_EQ(totals.ranges[TotalsCell::ended].max(), 60);
}

TEST(Totals, KeepOfTheEndsOfCasesOnlyTheGreatest) {
  HandMade<Totals> views;
  views.add("1", {{"a", 3, 10}});
  const auto& totals = views.cell_at({Table::totals});
  EXPECT_TRUE(totals.ranges[TotalsCell::ended].low().kept().empty());
  EXPECT_TRUE(totals.ranges[TotalsCell::began].high().kept().empty());
}

TEST(Totals, CompleteACaseAtItsEndActivity) {
  HandMade<Totals> views;
  views.completion.declared = true;
  views.completion.end_activities = {views.names().intern("z")};
  views.add("1", {{"a", 0, 0}, {"z", 100, 100}});
  views.add("2", {{"a", 0, 40}});
  const auto& totals = views.cell_at({Table::totals});
  EXPECT_EQ(totals.counts[TotalsCell::completed], 1);
  EXPECT_EQ(totals.durations[TotalsCell::completed_cycle].count(), 1);
  EXPECT_EQ(totals.durations[TotalsCell::completed_cycle].max(), 100);
  EXPECT_EQ(totals.durations[TotalsCell::cycle].count(), 2);
}

TEST(Totals, CompleteASilentCaseWhenItsTimeIsOver) {
  HandMade<Totals> views;
  views.completion.declared = true;
  views.completion.inactivity_micros = 2 * QuarterCell::micros;
  views.completion.clock = 2 * QuarterCell::micros;
  views.add("1", {{"a", 0, 0}});
  views.add("2", {{"a", 0, 1}});  // one µs to go
  EXPECT_EQ(views.cell_at({Table::totals}).counts[TotalsCell::completed], 1);
  EXPECT_EQ(quarter(views, 2).counts[QuarterCell::completions], 1);  // when the silence was long enough
}

TEST(Totals, CountTheFlowPerQuarterOfAnHour) {
  HandMade<Totals> views;
  views.add("1", {{"a", -1, -1}, {"b", 0, 0}, {"c", QuarterCell::micros, QuarterCell::micros}});
  EXPECT_EQ(quarter(views, -1).counts[QuarterCell::arrivals], 1);
  EXPECT_EQ(quarter(views, -1).counts[QuarterCell::events], 1);
  EXPECT_EQ(quarter(views, 0).counts[QuarterCell::events], 1);
  EXPECT_EQ(quarter(views, 0).counts[QuarterCell::arrivals], 0);
  EXPECT_EQ(quarter(views, 1).counts[QuarterCell::events], 1);
}

TEST(Totals, LeaveNothingOfACaseThatGoes) {
  HandMade<Totals> views;
  views.add("1", moments("aab"));
  views.remove("1", moments("aab"));
  EXPECT_EQ(views.cells_left(), 0U);
}

}  // namespace
}  // namespace weir::operators
