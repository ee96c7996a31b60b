#include "stream/dataflow/extremes.hpp"

#include <algorithm>

#include "schemas/base/check.hpp"

namespace weir::dataflow {

void LeastValues::add_near(std::int64_t value, std::int64_t count) {
  if (count == 0) return;
  if (value > limit_) {
    outside_ += count;
    WEIR_CHECK(outside_ >= 0, "more values taken back than were added");
    if (outside_ == 0) limit_ = no_limit;
    return;
  }
  const auto at = std::lower_bound(kept_.begin(), kept_.end(), value,
                                   [](const Kept& kept, std::int64_t wanted) { return kept.value < wanted; });
  if (at == kept_.end() || at->value != value) {
    WEIR_CHECK(count > 0, "a value taken back that was not added");
    kept_.insert(at, {value, count});
    trim();
    return;
  }
  at->count += count;
  WEIR_CHECK(at->count >= 0, "more values taken back than were added");
  if (at->count == 0) kept_.erase(at);
}

void LeastValues::merge(const LeastValues& other) {
  // Of what either side may not know, neither knows all.
  limit_ = std::min(limit_, other.limit_);
  outside_ += other.outside_;
  while (!kept_.empty() && kept_.back().value > limit_) {
    outside_ += kept_.back().count;
    kept_.pop_back();
  }
  for (const Kept& kept : other.kept_) {
    if (kept.value <= limit_) {
      add(kept.value, kept.count);
    } else {
      outside_ += kept.count;
    }
  }
}

void LeastValues::trim() {
  while (kept_.size() > kept_max) {
    limit_ = kept_.back().value - 1;
    outside_ += kept_.back().count;
    kept_.pop_back();
  }
}

std::optional<std::int64_t> LeastValues::least() const {
  if (kept_.empty()) return std::nullopt;
  return kept_.front().value;
}

void LeastValues::restore(std::vector<Kept> kept, std::int64_t outside, std::int64_t limit) {
  kept_ = std::move(kept);
  outside_ = outside;
  limit_ = limit;
}

}  // namespace weir::dataflow
