// Looks, in the background, whether the views of every process obey the laws that no order of events can break
// (stream/runtime/conservation.hpp). Reads snapshots, one process of one shard at a time, and rests nine times as long
// as it works: a task never notices. Beside that it walks the audit of every workspace and tells the head of each in
// the program's log, which leaves the machine: who cuts the end of an audit off can be found out (reliability R25).
#pragma once

#include "api/app/background.hpp"
#include "api/app/node.hpp"

namespace weir::app {

class SelfCheck {
 public:
  /// A run begins `interval` after the end of the one before. Zero: never. `node` must outlive it.
  SelfCheck(Node& node, Clock::Steady interval);

  void start();
  /// Ends the run at hand. Idempotent.
  void stop() { work_.stop(); }

 private:
  struct Found {
    std::uint64_t processes = 0;  // times shards
    std::uint64_t violations = 0;
  };

  void run();
  void check_audit(const std::string& workspace, Found& found);
  bool check(std::uint32_t shard, const std::string& workspace, Found& found);
  void check(std::uint32_t shard, const std::string& workspace, const std::string& process, Found& found);

  Node& node_;
  const Clock::Steady interval_;
  metrics::Counter runs_;
  metrics::Gauge violations_;
  metrics::Gauge last_run_;
  Background work_;
};

}  // namespace weir::app
