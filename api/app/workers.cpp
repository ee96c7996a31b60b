#include "api/app/workers.hpp"

#include <utility>

namespace weir::app {

Workers::Workers(unsigned threads, std::size_t queue_max) : queue_(queue_max) {
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

Workers::~Workers() { stop(); }

bool Workers::offer(std::string_view workspace, Work work) {
  {
    const std::lock_guard lock{mutex_};
    if (stopping_) return false;
    if (!queue_.push(workspace, 1, std::move(work))) {
      ++refused_;
      return false;
    }
  }
  changed_.notify_one();
  return true;
}

void Workers::post(Work work) {
  {
    const std::lock_guard lock{mutex_};
    if (!stopping_) {
      begun_.push_back(std::move(work));
      work = nullptr;
    }
  }
  if (work) return work();
  changed_.notify_one();
}

void Workers::stop() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

std::size_t Workers::queued() const {
  const std::lock_guard lock{mutex_};
  return begun_.size() + queue_.count();
}

std::uint64_t Workers::refused() const {
  const std::lock_guard lock{mutex_};
  return refused_;
}

/// Under mutex_. What is to be done next; nothing if nothing is.
Workers::Work Workers::next() {
  if (begun_.empty()) return queue_.empty() ? Work{} : queue_.pop();
  Work work = std::move(begun_.front());
  begun_.pop_front();
  return work;
}

void Workers::run() {
  std::unique_lock lock{mutex_};
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !begun_.empty() || !queue_.empty(); });
    Work work = next();
    if (!work) return;
    lock.unlock();
    work();
    work = nullptr;  // what it holds goes before the next wait
    lock.lock();
  }
}

}  // namespace weir::app
