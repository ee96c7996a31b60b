#include "stream/feed/event_batch.hpp"

namespace weir::feed {

void EventBatch::add(const ingest::EventView& view) {
  const std::int64_t ended = to_micros(view.timestamp);
  places_.push_back({view.start ? to_micros(*view.start) : ended, ended,
                     static_cast<std::uint16_t>(view.case_id.size()), static_cast<std::uint16_t>(view.activity.size()),
                     static_cast<std::uint16_t>(view.resource.size()), static_cast<std::uint16_t>(view.id.size())});
  text_.append(view.case_id).append(view.activity).append(view.resource).append(view.id);
}

void EventBatch::clear() {
  places_.clear();
  text_.clear();
}

void EventBatchQueue::push(EventBatch& batch) {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [this] { return waiting_.size() < waiting_max; });
  waiting_.push_back(std::exchange(batch, {}));
  if (!used_.empty()) {
    batch = std::move(used_.back());
    used_.pop_back();
  }
  lock.unlock();
  changed_.notify_one();
}

void EventBatchQueue::close() {
  const std::lock_guard lock{mutex_};
  closed_ = true;
  changed_.notify_one();
}

bool EventBatchQueue::take(EventBatch& batch) {
  batch.clear();
  std::unique_lock lock{mutex_};
  used_.push_back(std::move(batch));
  changed_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
  if (waiting_.empty()) return false;
  batch = std::move(waiting_.front());
  waiting_.pop_front();
  lock.unlock();
  changed_.notify_one();
  return true;
}

}  // namespace weir::feed
