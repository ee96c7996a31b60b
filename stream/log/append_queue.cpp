#include "stream/log/append_queue.hpp"

#include <iterator>

namespace weir::log {

Result<void> AppendQueue::push(PendingAppend append) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return Error{Code::storage_failed, "the log failed earlier and has to be reopened"};
    if (!queue_.empty() && bytes_ + append.bytes > bytes_max_) {
      return Error{Code::overloaded, "more waits to be written to the log than may"};
    }
    bytes_ += append.bytes;
    queue_.push_back(std::move(append));
  }
  filled_.notify_one();
  return {};
}

std::vector<PendingAppend> AppendQueue::take(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  std::vector<PendingAppend> taken;
  for (std::size_t size = 0; !queue_.empty() && (taken.empty() || size + queue_.front().bytes <= bytes);) {
    size += queue_.front().bytes;
    bytes_ -= queue_.front().bytes;
    taken.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return taken;
}

std::vector<PendingAppend> AppendQueue::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  bytes_ = 0;
  std::vector<PendingAppend> left(std::make_move_iterator(queue_.begin()), std::make_move_iterator(queue_.end()));
  queue_.clear();
  return left;
}

void AppendQueue::wait(Clock::Steady wait) {
  std::unique_lock lock(mutex_);
  filled_.wait_for(lock, wait, [&] { return !queue_.empty() || woken_ || closed_; });
  woken_ = false;
}

void AppendQueue::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  filled_.notify_one();
}

std::size_t AppendQueue::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace weir::log
