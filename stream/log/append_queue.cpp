#include "stream/log/append_queue.hpp"

namespace weir::log {

Result<void> AppendQueue::push(PendingAppend append) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return Error{Code::storage_failed, "the log failed earlier and has to be reopened"};
    const std::string& workspace = append.topic->workspace;
    const std::size_t bytes = append.bytes;
    if (!queue_.push(workspace, bytes, std::move(append))) {
      ++refused_;
      return Error{Code::overloaded, "more waits to be written to the log than may"};
    }
  }
  filled_.notify_one();
  return {};
}

std::vector<PendingAppend> AppendQueue::take(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  std::vector<PendingAppend> taken;
  for (std::size_t size = 0; !queue_.empty() && (taken.empty() || size + queue_.next_size() <= bytes);) {
    size += queue_.next_size();
    taken.push_back(queue_.pop());
  }
  return taken;
}

std::vector<PendingAppend> AppendQueue::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  std::vector<PendingAppend> left;
  while (!queue_.empty()) left.push_back(queue_.pop());
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
  return queue_.size();
}

std::uint64_t AppendQueue::refused() const {
  const std::lock_guard lock(mutex_);
  return refused_;
}

}  // namespace weir::log
