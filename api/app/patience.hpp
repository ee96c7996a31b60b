// How long a request waits for a log that does not answer: then it is told log_unreachable, whatever becomes of its
// records (reliability R10, R19).
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

#include "schemas/base/clock.hpp"
#include "stream/log/log.hpp"

namespace weir::app {

/// Thread-safe.
class Patience {
 public:
  Patience(const Clock& clock, Clock::Steady longest) : clock_(clock), longest_(longest) {}

  using Append = std::function<Result<void>(log::Appended)>;

  /// Appends by `append`, which is Log::append() of something. `appended` is called once: with the log's answer, or by
  /// expire() when that is too long in coming; never when an error is returned.
  Result<void> limit(const Append& append, log::Appended appended);
  /// To be called about once a second. O(requests that wait).
  void expire();

 private:
  struct Waiting {
    log::Appended appended;
    std::atomic<bool> told{false};
    Clock::Steady until{};
  };

  const Clock& clock_;
  const Clock::Steady longest_;
  std::mutex mutex_;
  std::deque<std::shared_ptr<Waiting>> waiting_;  // by `until`; those that were told leave at the next expire()
};

}  // namespace weir::app
