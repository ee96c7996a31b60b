#include "api/net/body_budget.hpp"

#include "schemas/base/fair_queue.hpp"

namespace weir::net {

std::uint64_t BodyBudget::used() const {
  const std::lock_guard lock{mutex_};
  return used_;
}

std::uint64_t BodyBudget::refused() const {
  const std::lock_guard lock{mutex_};
  return refused_;
}

bool BodyBudget::Share::take(std::uint64_t bytes) {
  const std::lock_guard lock{budget_.mutex_};
  const auto known = budget_.held_.find(sharer_);
  const std::uint64_t held = known == budget_.held_.end() ? 0 : known->second;
  if (!within_fair_share(held, bytes, budget_.used_, budget_.capacity_)) {
    ++budget_.refused_;
    return false;
  }
  budget_.held_[sharer_] += bytes;
  budget_.used_ += bytes;
  held_ += bytes;
  return true;
}

void BodyBudget::Share::give_back() {
  if (held_ == 0) return;
  const std::lock_guard lock{budget_.mutex_};
  const auto known = budget_.held_.find(sharer_);
  known->second -= held_;
  if (known->second == 0) budget_.held_.erase(known);
  budget_.used_ -= held_;
  held_ = 0;
}

}  // namespace weir::net
