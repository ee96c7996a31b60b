// Inside stream/log only: appends on their way to the thread that writes them.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "schemas/base/clock.hpp"
#include "schemas/base/fair_queue.hpp"
#include "schemas/base/result.hpp"
#include "stream/log/log.hpp"

namespace weir::log {

/// What the records of an append cost while they wait.
inline std::size_t bytes_of(const std::vector<Addressed>& records) {
  std::size_t bytes = records.size() * sizeof(Addressed);
  for (const Addressed& addressed : records) bytes += addressed.record.value.size();
  return bytes;
}

/// Bounded in bytes; each workspace has its fair share of it and its turn (schemas/base/fair_queue.hpp). `Append` has
/// `bytes` and workspace(). Thread-safe.
template <class Append>
class AppendQueue {
 public:
  explicit AppendQueue(std::size_t bytes_max) : queue_(bytes_max) {}

  /// Errors: overloaded; once closed, what close() was told.
  Result<void> push(Append append) {
    {
      const std::lock_guard lock(mutex_);
      if (closed_) return *closed_;
      const std::string workspace = append.workspace();
      const std::size_t bytes = append.bytes;
      if (!queue_.push(workspace, bytes, std::move(append))) {
        ++refused_;
        return Error{Code::overloaded, "more waits to be written to the log than may"};
      }
    }
    filled_.notify_one();
    return {};
  }

  /// One append of each workspace in turn, up to `bytes` of them but at least one if there is any.
  std::vector<Append> take(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    std::vector<Append> taken;
    for (std::size_t size = 0; !queue_.empty() && (taken.empty() || size + queue_.next_size() <= bytes);) {
      size += queue_.next_size();
      taken.push_back(queue_.pop());
    }
    return taken;
  }

  /// Refuses everything from now on, because of `why`; returns what was left.
  std::vector<Append> close(const Error& why) {
    const std::lock_guard lock(mutex_);
    closed_ = why;
    std::vector<Append> left;
    while (!queue_.empty()) left.push_back(queue_.pop());
    return left;
  }

  /// Until there is something to take, wake() was called, or `wait` has passed.
  void wait(Clock::Steady wait) {
    std::unique_lock lock(mutex_);
    filled_.wait_for(lock, wait, [&] { return !queue_.empty() || woken_ || closed_.has_value(); });
    woken_ = false;
  }

  void wake() {
    {
      const std::lock_guard lock(mutex_);
      woken_ = true;
    }
    filled_.notify_one();
  }

  std::size_t bytes() const {
    const std::lock_guard lock(mutex_);
    return queue_.size();
  }

  /// Appends that were refused because their workspace held its share.
  std::uint64_t refused() const {
    const std::lock_guard lock(mutex_);
    return refused_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable filled_;
  FairQueue<Append> queue_;  // under mutex_, as all below
  std::uint64_t refused_ = 0;
  std::optional<Error> closed_;
  bool woken_ = false;
};

}  // namespace weir::log
