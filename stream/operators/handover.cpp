#include "stream/operators/handover.hpp"

namespace weir::operators {

using namespace dataflow;

namespace {

void count(std::span<const Step> steps, std::int64_t sign, Views& views) {
  for (const Step& step : steps) {
    if (step.resource == no_name) continue;
    views.change({Table::resources, step.resource}).counts[ResourceCell::events] += sign;
    if (step.previous_resource == no_name) continue;
    views.tally({Table::handovers, step.previous_resource, step.resource}, sign);
  }
}

}  // namespace

void Handover::apply(const CaseChange& change, Views& views) const {
  count(change.added, +1, views);
  count(change.removed, -1, views);
}

bool Handover::relabel(const Relabel& names, CellKey& key, Cell&) const {
  if (key.table != Table::handovers && key.table != Table::resources) return false;
  key.a = names(static_cast<NameId>(key.a));
  if (key.table == Table::handovers) key.b = names(static_cast<NameId>(key.b));
  return true;
}

}  // namespace weir::operators
