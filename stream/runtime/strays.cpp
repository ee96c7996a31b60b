#include "stream/runtime/strays.hpp"

namespace weir::runtime {

void Strays::forward(const std::string& workspace, std::vector<log::Addressed> records) {
  forwarded_.fetch_add(records.size(), std::memory_order_relaxed);
  ++under_way_->appends;
  const auto queued =
      log_.append(workspace, std::move(records), [under_way = under_way_](const Result<log::Position>& position) {
        if (!position) under_way->failed = true;
        --under_way->appends;
      });
  if (queued) return;
  under_way_->failed = true;
  --under_way_->appends;
}

Strays::State Strays::state() const {
  if (under_way_->failed) return State::failed;
  return under_way_->appends > 0 ? State::under_way : State::none;
}

}  // namespace weir::runtime
