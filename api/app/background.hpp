// A thread that does one job again and again.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "schemas/base/clock.hpp"

namespace weir::app {

class Background {
 public:
  /// Returns how long to wait until it is called again.
  using Job = std::function<Clock::Steady()>;

  Background() = default;
  /// As stop().
  ~Background() { stop(); }

  enum class Priority : std::uint8_t { lowest, usual };
  /// Calls the job at once, then after each wait. Once.
  void start(Job job, Priority priority = Priority::lowest);
  /// Lets the call at hand end. Idempotent; any thread but the job's.
  void stop();
  /// For the job: waits. False: it was stopped, the job should end soon.
  bool pause(Clock::Steady wait);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;  // under mutex_
  std::thread thread_;
};

}  // namespace weir::app
