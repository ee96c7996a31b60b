#include "stream/dataflow/completion.hpp"

#include <algorithm>

namespace weir::dataflow {

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
  if (!inactivity_micros || facts.completed) return std::nullopt;
  return facts.summary.last_ended + *inactivity_micros;
}

}  // namespace weir::dataflow
