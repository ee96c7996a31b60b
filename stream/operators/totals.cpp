#include "stream/operators/totals.hpp"

#include "state/format/keys.hpp"

namespace weir::operators {

using namespace dataflow;

namespace {

CellKey quarter_of(std::int64_t micros) {
  std::int64_t quarter = micros / QuarterCell::micros;
  if (micros % QuarterCell::micros < 0) --quarter;
  return {Table::quarters, format::ordered(quarter)};
}

void count_case(const CaseFacts& facts, std::int64_t sign, Views& views) {
  const Summary& summary = facts.summary;
  Cell& totals = views.change({Table::totals});
  totals.counts[TotalsCell::cases] += sign;
  totals.counts[TotalsCell::events] += sign * summary.events;
  totals.counts[TotalsCell::completed] += facts.completed ? sign : 0;
  totals.counts[TotalsCell::overlaps] += sign * summary.overlaps;
  totals.counts[TotalsCell::self_loops] += sign * summary.self_loops;
  totals.counts[TotalsCell::rework_cases] += facts.rework > 0 ? sign : 0;
  totals.duration(TotalsCell::completed_waiting);  // makes room for all, so that references stay good
  totals.duration(TotalsCell::cycle).add(facts.cycle(), sign);
  totals.duration(TotalsCell::busy).add(summary.busy, sign);
  totals.duration(TotalsCell::waiting).add(facts.waiting(), sign);
  // Only the ends that are told. The earliest end of a case moves with nearly every event: its values would be used up
  // all the time, and looked up again by folding every case.
  totals.range(TotalsCell::ended).high().add(-summary.last_ended, sign);
  totals.range(TotalsCell::began).low().add(summary.first_began, sign);
  views.change(quarter_of(summary.first_began)).counts[QuarterCell::arrivals] += sign;
  if (!facts.completed) return;
  totals.duration(TotalsCell::completed_cycle).add(facts.cycle(), sign);
  totals.duration(TotalsCell::completed_busy).add(summary.busy, sign);
  totals.duration(TotalsCell::completed_waiting).add(facts.waiting(), sign);
  views.change(quarter_of(facts.completed_at)).counts[QuarterCell::completions] += sign;
}

void count_events(std::span<const Step> steps, std::int64_t sign, Views& views) {
  for (const Step& step : steps) views.change(quarter_of(step.ended)).counts[QuarterCell::events] += sign;
}

}  // namespace

void Totals::apply(const CaseChange& change, Views& views) const {
  if (change.after) count_case(*change.after, +1, views);
  if (change.before) count_case(*change.before, -1, views);
  count_events(change.added, +1, views);
  count_events(change.removed, -1, views);
}

bool Totals::relabel(const Relabel&, CellKey& key, Cell&) const {
  return key.table == Table::totals || key.table == Table::quarters;
}

}  // namespace weir::operators
