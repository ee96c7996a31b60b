// After an erasure the case is gone from every view at once; this removes its bytes from the log's blocks and from the
// files of the state, coalesced, in the background. What is still to be done is kept in the node's store.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "api/app/node.hpp"

namespace weir::app {

/// Thread-safe.
class Redactor {
 public:
  /// Runs when the oldest erasure that is pending is `interval` old. `node` must outlive it.
  Redactor(Node& node, Clock::Steady interval);
  /// As stop().
  ~Redactor();

  /// Begins with what an earlier process left.
  void start();
  /// Lets the run at hand end. Idempotent.
  void stop();

  /// The case is about to be erased. Durable on return; to be followed by its erase record.
  Result<void> note(const std::string& workspace, const std::string& process, const std::string& case_id);

 private:
  /// A case whose bytes may still be somewhere.
  struct Pending {
    std::string key;  // in the node's store
    std::string process;
    Hash128 fingerprint;
    std::uint32_t partition = 0;
    Time noted{};
  };

  void run();
  Result<void> run_once();
  Clock::Steady wait_of_oldest() const;
  Result<std::vector<Pending>> pending_of(const std::string& workspace) const;
  Result<bool> is_erased(const std::string& workspace, const Pending& pending) const;
  Result<void> redact(const std::string& workspace, std::uint32_t partition, const std::vector<Pending>& cases);
  Result<void> forget(const std::vector<Pending>& cases);

  Node& node_;
  const Clock::Steady interval_;
  metrics::Counter redacted_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool wanted_ = true;     // under mutex_: something may be pending
  bool stopping_ = false;  // under mutex_
  std::thread thread_;
};

}  // namespace weir::app
