#include "stream/operators/directly_follows.hpp"

namespace weir::operators {

using namespace dataflow;  // the vocabulary of an operator

namespace {

void count_edges(std::span<const Step> steps, std::int64_t sign, Views& views) {
  for (const Step& step : steps) {
    if (step.previous_activity == no_name) continue;
    Cell& edge = views.change({Table::edges, step.previous_activity, step.activity});
    edge.counts[EdgeCell::traversals] += sign;
    edge.counts[EdgeCell::overlaps] += step.overlaps ? sign : 0;
    edge.duration(EdgeCell::duration).add(step.gap, sign);
  }
}

void count_boundaries(const CaseFacts& facts, std::int64_t sign, Views& views) {
  views.change({Table::starts, facts.summary.first_activity}).counts[BoundaryCell::cases] += sign;
  Cell& end = views.change({Table::ends, facts.summary.last_activity});
  end.counts[BoundaryCell::cases] += sign;
  end.counts[BoundaryCell::closed] += facts.completed ? sign : 0;
}

bool same_boundaries(const CaseFacts& a, const CaseFacts& b) {
  return a.summary.first_activity == b.summary.first_activity && a.summary.last_activity == b.summary.last_activity &&
         a.completed == b.completed;
}

}  // namespace

void DirectlyFollows::apply(const CaseChange& change, Views& views) const {
  count_edges(change.added, +1, views);
  count_edges(change.removed, -1, views);
  for (const Occurrences& edge : change.edges) {
    const std::int64_t cases = (edge.after > 0 ? 1 : 0) - (edge.before > 0 ? 1 : 0);
    if (cases != 0) views.change({Table::edges, edge.a, edge.b}).counts[EdgeCell::cases] += cases;
  }
  if (change.before && change.after && same_boundaries(*change.before, *change.after)) return;
  if (change.after) count_boundaries(*change.after, +1, views);
  if (change.before) count_boundaries(*change.before, -1, views);
}

bool DirectlyFollows::relabel(const Relabel& names, CellKey& key, Cell&) const {
  const bool pair = key.table == Table::edges;
  if (!pair && key.table != Table::starts && key.table != Table::ends) return false;
  key.a = names(static_cast<NameId>(key.a));
  if (pair) key.b = names(static_cast<NameId>(key.b));
  return true;
}

}  // namespace weir::operators
