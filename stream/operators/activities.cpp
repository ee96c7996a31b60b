#include "stream/operators/activities.hpp"

namespace weir::operators {

using namespace dataflow;

namespace {

void count_events(std::span<const Step> steps, std::span<const std::int64_t> paused, std::int64_t sign, Views& views) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Step& step = steps[i];
    const std::int64_t service = step.service() - (paused.empty() ? 0 : paused[i]);
    Cell& activity = views.change({Table::activities, step.activity});
    activity.counts[ActivityCell::events] += sign;
    activity.counts[ActivityCell::self_loops] += step.previous_activity == step.activity ? sign : 0;
    activity.duration(ActivityCell::sojourn).add(step.sojourn(), sign);
    activity.duration(ActivityCell::waiting).add(step.waiting, sign);
    activity.duration(ActivityCell::service).add(service, sign);
  }
}

}  // namespace

void Activities::apply(const CaseChange& change, Views& views) const {
  count_events(change.added, change.paused, +1, views);
  count_events(change.removed, {}, -1, views);
  for (const Occurrences& activity : change.activities) {
    const std::int64_t cases = (activity.after > 0 ? 1 : 0) - (activity.before > 0 ? 1 : 0);
    const std::int64_t rework = (activity.after > 1 ? 1 : 0) - (activity.before > 1 ? 1 : 0);
    if (cases == 0 && rework == 0) continue;
    Cell& cell = views.change({Table::activities, activity.a});
    cell.counts[ActivityCell::cases] += cases;
    cell.counts[ActivityCell::rework_cases] += rework;
  }
}

bool Activities::relabel(const Relabel& names, CellKey& key, Cell&) const {
  if (key.table != Table::activities) return false;
  key.a = names(static_cast<NameId>(key.a));
  return true;
}

}  // namespace weir::operators
