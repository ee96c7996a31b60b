#include "stream/operators/sla_clocks.hpp"

#include <algorithm>

namespace weir::operators {

using namespace dataflow;

namespace {

void add(std::span<const ClockTally> tallies, std::int64_t sign, Views& views) {
  for (const ClockTally& tally : tallies) {
    Cell& cell = views.change({Table::clocks, tally.measure, tally.target});
    if (cell.note.empty()) cell.note = tally.note;
    for (std::size_t i = 0; i < tally.counts.size(); ++i) cell.counts[i] += sign * tally.counts[i];
  }
}

}  // namespace

void SlaClocks::apply(const CaseChange& change, Views& views) const {
  if (std::equal(change.clocks_before.begin(), change.clocks_before.end(), change.clocks_after.begin(),
                 change.clocks_after.end())) {
    return;
  }
  // What is gone last: a cell that is there knows its note.
  add(change.clocks_after, +1, views);
  add(change.clocks_before, -1, views);
}

bool SlaClocks::relabel(const Relabel&, CellKey& key, Cell&) const { return key.table == Table::clocks; }

}  // namespace weir::operators
