// A few threads that take work from one bounded queue: what may read the disk or compute for long, and so must run on
// neither an I/O thread, a task's thread nor the log's.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

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

  /// False: the queue is full, or stop() was called; nothing was taken.
  bool offer(Work work);
  /// For the rest of work that was admitted before, and is thereby bounded: never refused while the threads live; after
  /// stop() it is done at once, by the caller.
  void post(Work work);
  /// Does what is queued, then ends the threads. Idempotent. Not from one of them.
  void stop();

  std::size_t queued() const;

 private:
  void run();

  const std::size_t queue_max_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Work> queue_;  // under mutex_
  bool stopping_ = false;   // under mutex_
  std::vector<std::thread> threads_;
};

}  // namespace weir::app
