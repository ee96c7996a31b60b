// The thread that delivers effects.
#pragma once

#include <atomic>
#include <memory>
#include <thread>

#include "stream/effects/dispatcher.hpp"

namespace weir::effects {

/// One thread for all targets: what it does itself is short, and libcurl waits for hundreds of sockets at once.
/// Rejected: a pool of threads, whose number would be the number of targets that may hang before others wait.
class Deliverer {
 public:
  /// All outlive it. Begins with all targets that the outbox has.
  Deliverer(Outbox& outbox, Targets& targets, std::unique_ptr<http::Exchanges> exchanges,
            std::unique_ptr<log::RecordPublisher> publisher, const Clock& clock, const DispatcherOptions& options = {});
  /// As stop().
  ~Deliverer();
  Deliverer(const Deliverer&) = delete;
  Deliverer& operator=(const Deliverer&) = delete;

  /// Something of this target is new in the outbox, or due earlier. Any thread, at once.
  void wake(const TargetKey& target) { dispatcher_.inbox().wake(target); }
  /// Anything may be: a shard came, or the documents of targets changed. Any thread, at once.
  void wake_all() { dispatcher_.inbox().wake_all(); }
  /// What is under way has a second to end and to be reported; what has not is cut off, and will be repeated under its
  /// id. Ends within two seconds; the outbox must still answer. Once, not from the outbox's callbacks.
  void stop();

  /// Any thread.
  const DeliveryFigures& figures() const { return dispatcher_.figures(); }

 private:
  void run();

  const std::unique_ptr<http::Exchanges> exchanges_;
  const std::unique_ptr<log::RecordPublisher> publisher_;
  const Clock& clock_;
  Dispatcher dispatcher_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace weir::effects
