#include "stream/dataflow/completion.hpp"

#include <algorithm>

namespace weir::dataflow {
namespace {

constexpr std::int64_t hour_micros = std::int64_t{3600} * 1'000'000;

/// The first full hour at which a case completed then has been kept long enough.
std::int64_t leaving_hour(std::int64_t completed_at, std::int64_t retain_micros) {
  return full_hour(completed_at + retain_micros + hour_micros - 1);
}

}  // namespace

std::int64_t full_hour(std::int64_t micros) {
  const std::int64_t within = micros % hour_micros;
  return micros - within - (within < 0 ? hour_micros : 0);
}

void Completion::judge(CaseFacts& facts) const {
  facts.has_policy = declared;
  facts.completed = false;
  facts.completed_at = 0;
  if (!declared) return;
  const std::int64_t last = facts.summary.last_ended;
  if (std::binary_search(end_activities.begin(), end_activities.end(), facts.summary.last_activity)) {
    facts.completed = true;
    facts.completed_at = last;
  } else if (inactivity_micros && last + *inactivity_micros <= clock) {
    facts.completed = true;
    facts.completed_at = last + *inactivity_micros;
  }
}

std::optional<std::int64_t> Completion::due(const CaseFacts& facts) const {
  if (facts.completed && retain_micros) {
    const std::int64_t leaving = leaving_hour(facts.completed_at, *retain_micros);
    if (!archives) return std::max(leaving, full_hour(clock) + hour_micros);
    return leaving > clock ? std::optional{leaving} : std::nullopt;
  }
  if (!inactivity_micros || facts.completed) return std::nullopt;
  return facts.summary.last_ended + *inactivity_micros;
}

bool Completion::leaves(const CaseFacts& facts, std::int64_t tick) const {
  return facts.completed && retain_micros && leaving_hour(facts.completed_at, *retain_micros) <= tick;
}

}  // namespace weir::dataflow
