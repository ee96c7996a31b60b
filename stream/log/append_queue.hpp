// Inside stream/log only: appends on their way to the committing thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <vector>

#include "schemas/base/clock.hpp"
#include "stream/log/topics.hpp"

namespace weir::log {

struct PendingAppend {
  Topic* topic = nullptr;
  std::vector<Addressed> records;
  Appended appended;
  std::size_t bytes = 0;
};

/// Bounded in bytes; an empty queue takes anything. Thread-safe.
class AppendQueue {
 public:
  explicit AppendQueue(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  /// Errors: overloaded; storage_failed once closed.
  Result<void> push(PendingAppend append);
  /// The oldest appends, up to `bytes` of them but at least one if there is any.
  std::vector<PendingAppend> take(std::size_t bytes);
  /// Refuses everything from now on; returns what was left.
  std::vector<PendingAppend> close();
  /// Until there is something to take, wake() was called, or `wait` has passed.
  void wait(Clock::Steady wait);
  void wake();
  std::size_t bytes() const;

 private:
  const std::size_t bytes_max_;
  mutable std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<PendingAppend> queue_;
  std::size_t bytes_ = 0;
  bool closed_ = false;
  bool woken_ = false;
};

}  // namespace weir::log
