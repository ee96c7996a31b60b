#include "stream/dataflow/fold.hpp"

#include <algorithm>

namespace weir::dataflow {
namespace {

/// Ends of earlier events that are not after `began` have enabled it; the others are still running.
void enable(Carry& carry, std::int64_t began) {
  const auto first_running = std::upper_bound(carry.running.begin(), carry.running.end(), began);
  if (first_running == carry.running.begin()) return;
  carry.enabled = std::max(carry.enabled, *std::prev(first_running));
  carry.running.erase(carry.running.begin(), first_running);
}

}  // namespace

Step advance(Carry& carry, NameId activity, NameId resource, std::int64_t began, std::int64_t ended) {
  Step step{.activity = activity, .resource = resource, .began = began, .ended = ended};
  if (carry.first) {
    carry.enabled = began;
    carry.covered_until = began;
  } else {
    step.previous_activity = carry.activity;
    step.previous_resource = carry.resource;
    step.overlaps = began < carry.previous_ended;
    step.gap = step.overlaps ? 0 : began - carry.previous_ended;
    enable(carry, began);
  }
  step.waiting = began - carry.enabled;
  step.busy = std::max<std::int64_t>(0, ended - std::max(began, carry.covered_until));
  carry.covered_until = std::max(carry.covered_until, ended);
  carry.running.insert(std::upper_bound(carry.running.begin(), carry.running.end(), ended), ended);
  carry.first = false;
  carry.activity = activity;
  carry.resource = resource;
  carry.previous_ended = ended;
  return step;
}

void add_to(Summary& summary, const Step& step, const Hash128& activity) {
  if (summary.events == 0) {
    summary.first_began = step.began;
    summary.last_ended = step.ended;
    summary.first_activity = step.activity;
  }
  ++summary.events;
  summary.last_ended = std::max(summary.last_ended, step.ended);
  summary.busy += step.busy;
  summary.overlaps += step.overlaps ? 1 : 0;
  summary.self_loops += step.previous_activity == step.activity ? 1 : 0;
  summary.last_activity = step.activity;
  summary.variant.append(activity);
}

void Summary::append(const Summary& next) {
  if (next.events == 0) return;
  if (events == 0) {
    *this = next;
    return;
  }
  events += next.events;
  last_ended = std::max(last_ended, next.last_ended);
  busy += next.busy;
  overlaps += next.overlaps;
  self_loops += next.self_loops;
  last_activity = next.last_activity;
  variant.append(next.variant);
}

Summary fold(std::span<const Entry> entries, const Names& names, Carry& carry, std::vector<Step>& steps) {
  Summary summary;
  for (const Entry& entry : entries) {
    steps.push_back(advance(carry, entry.activity, entry.resource, entry.began, entry.ended));
    add_to(summary, steps.back(), names.hash(entry.activity));
  }
  return summary;
}

}  // namespace weir::dataflow
