// A few threads that take work from one bounded queue, each workspace in its turn: what may read the disk or compute
// for long, and so must run on neither an I/O thread, a task's thread nor the log's.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "schemas/base/fair_queue.hpp"

namespace weir::app {

/// Thread-safe.
class Workers {
 public:
  using Work = std::function<void()>;

  Workers(unsigned threads, std::size_t queue_max);
  /// As stop().
  ~Workers();

  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// False: the workspace has its fair share of the queue waiting (schemas/base/fair_queue.hpp), or stop() was called;
  /// nothing was taken.
  bool offer(std::string_view workspace, Work work);
  /// For the rest of work that was admitted before, and is thereby bounded: goes before what was not begun, and is
  /// never refused while the threads live; after stop() it is done at once, by the caller.
  void post(Work work);
  /// Does what is queued, then ends the threads. Idempotent. Not from one of them.
  void stop();

  std::size_t queued() const;
  /// Offers that were refused because their workspace had its share waiting.
  std::uint64_t refused() const;

 private:
  void run();
  Work next();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Work> begun_;  // under mutex_, as all below
  FairQueue<Work> queue_;
  std::uint64_t refused_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace weir::app
