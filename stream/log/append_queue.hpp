// Inside stream/log only: appends on their way to the committing thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <vector>

#include "schemas/base/clock.hpp"
#include "schemas/base/fair_queue.hpp"
#include "stream/log/topics.hpp"

namespace weir::log {

struct PendingAppend {
  Topic* topic = nullptr;
  std::vector<Addressed> records;
  Appended appended;
  std::size_t bytes = 0;
};

/// Bounded in bytes; each workspace has its fair share of it and its turn (schemas/base/fair_queue.hpp). Thread-safe.
class AppendQueue {
 public:
  explicit AppendQueue(std::size_t bytes_max) : queue_(bytes_max) {}

  /// Errors: overloaded; storage_failed once closed.
  Result<void> push(PendingAppend append);
  /// One append of each workspace in turn, up to `bytes` of them but at least one if there is any.
  std::vector<PendingAppend> take(std::size_t bytes);
  /// Refuses everything from now on; returns what was left.
  std::vector<PendingAppend> close();
  /// Until there is something to take, wake() was called, or `wait` has passed.
  void wait(Clock::Steady wait);
  void wake();
  std::size_t bytes() const;
  /// Appends that were refused because their workspace held its share.
  std::uint64_t refused() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable filled_;
  FairQueue<PendingAppend> queue_;  // under mutex_, as all below
  std::uint64_t refused_ = 0;
  bool closed_ = false;
  bool woken_ = false;
};

}  // namespace weir::log
