#include "api/app/log_window.hpp"

namespace weir::app {
namespace {

constexpr std::chrono::milliseconds full_queue_wait{20};
constexpr std::chrono::milliseconds glance{100};
constexpr int glances_while_stopping = 20;

}  // namespace

Result<void> LogWindow::wait_for(unsigned on_their_way_max) {
  std::unique_lock lock{state_->mutex};
  int glances = 0;
  while (!state_->changed.wait_for(lock, glance, [&] { return state_->on_their_way <= on_their_way_max; })) {
    if (stopping() && ++glances > glances_while_stopping) return Error{Code::draining, "the log does not answer"};
  }
  return state_->outcome;
}

Result<void> LogWindow::append(std::vector<log::Addressed> records) {
  if (const auto ensured = node_.log().ensure_workspace(workspace_); !ensured) return ensured;
  while (true) {
    if (const auto room = wait_for(appends_max - 1); !room) return room;
    {
      const std::lock_guard lock{state_->mutex};
      ++state_->on_their_way;
    }
    const auto queued = node_.log().append(workspace_, records, [state = state_](Result<log::Position> position) {
      const std::lock_guard lock{state->mutex};
      --state->on_their_way;
      if (position) {
        state->position.include(*position);
      } else {
        state->outcome = position.error();
      }
      state->changed.notify_all();
    });
    if (queued) return queued;
    std::unique_lock lock{state_->mutex};
    --state_->on_their_way;
    const bool passes = queued.error().code == Code::overloaded || queued.error().code == Code::log_unreachable;
    if (!passes || stopping()) return queued;
    state_->changed.wait_for(lock, full_queue_wait);
  }
}

Result<void> LogWindow::append_to_all(const log::Record& record) {
  std::vector<log::Addressed> records;
  for (std::uint32_t i = 0; i < node_.log().partitions(); ++i) records.push_back({i, record});
  return append(std::move(records));
}

Result<log::Position> LogWindow::finish() {
  if (const auto waited = wait_for(0); !waited) return waited.error();
  const std::lock_guard lock{state_->mutex};
  return state_->position;
}

}  // namespace weir::app
