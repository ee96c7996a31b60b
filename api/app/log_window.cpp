#include "api/app/log_window.hpp"

namespace weir::app {
namespace {

constexpr std::chrono::milliseconds full_queue_wait{20};

}  // namespace

Result<void> LogWindow::wait_for_room() {
  std::unique_lock lock{state_->mutex};
  state_->changed.wait(lock, [this] { return state_->on_their_way < appends_max; });
  return state_->outcome;
}

Result<void> LogWindow::append(std::vector<log::Addressed> records) {
  while (true) {
    if (const auto room = wait_for_room(); !room) return room;
    {
      const std::lock_guard lock{state_->mutex};
      ++state_->on_their_way;
    }
    const auto queued = node_.append(workspace_, records, [state = state_](Result<log::Position> position) {
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
    if (queued.error().code != Code::overloaded) return queued;
    state_->changed.wait_for(lock, full_queue_wait);
  }
}

Result<void> LogWindow::append_to_all(const log::Record& record) {
  std::vector<log::Addressed> records;
  for (std::uint32_t i = 0; i < node_.log().partitions(); ++i) records.push_back({i, record});
  return append(std::move(records));
}

Result<log::Position> LogWindow::finish() {
  std::unique_lock lock{state_->mutex};
  state_->changed.wait(lock, [this] { return state_->on_their_way == 0; });
  if (!state_->outcome) return state_->outcome.error();
  return state_->position;
}

}  // namespace weir::app
