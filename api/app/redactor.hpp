// After an erasure the case is gone from every view at once; this removes its bytes from the log's blocks and from the
// files of the state, coalesced, in the background, and those of its events that are sent again from the log. What is
// still to be done is kept: erasures in the node's store, events sent again in the shard's state.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "api/app/background.hpp"
#include "api/app/node.hpp"

namespace weir::app {

/// Thread-safe.
class Redactor {
 public:
  /// Runs when the oldest of what is pending is `interval` old. `node` must outlive it.
  Redactor(Node& node, Clock::Steady interval);

  /// Begins with what an earlier process left.
  void start();
  /// Lets the run at hand end. Idempotent.
  void stop() { work_.stop(); }

  /// The case is about to be erased. Durable on return; to be followed by its erase record.
  Result<void> note(const std::string& workspace, const std::string& process, const std::string& case_id);

 private:
  /// A case whose bytes may still be somewhere.
  struct Pending {
    std::string note;  // key of the erasure's note in the node's store; empty: events that were sent again
    std::string process;
    Hash128 fingerprint;
    std::uint32_t partition = 0;
    Time noted{};
    std::uint64_t sent_again = 0;  // offset of the last of them
  };

  static Pending named_by(std::string_view rest_of_key);
  Result<void> run();
  Clock::Steady wait_of_oldest() const;
  Result<std::vector<Pending>> pending_of(const std::string& workspace) const;
  Result<void> add_notes(const std::string& workspace, std::vector<Pending>& pending) const;
  Result<void> add_sent_again(const std::string& workspace, std::uint32_t partition,
                              std::vector<Pending>& pending) const;
  Result<bool> is_erased(const std::string& workspace, const Pending& pending) const;
  Result<void> redact(const std::string& workspace, std::uint32_t partition, const std::vector<Pending>& cases);
  Result<void> forget(const std::string& workspace, const std::vector<Pending>& cases);

  Node& node_;
  const Clock::Steady interval_;
  metrics::Counter redacted_;
  Background work_;
};

}  // namespace weir::app
