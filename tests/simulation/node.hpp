// The process under test: the log and every shard, on one thread, driven step by step. Destroying it without stop() is
// kill -9.
#pragma once

#include <memory>
#include <vector>

#include "stream/feed/process_view.hpp"
#include "stream/log/embedded_log.hpp"
#include "stream/runtime/shard_runner.hpp"
#include "tests/simulation/disk.hpp"
#include "tests/support/manual_clock.hpp"

namespace weir::simulation {

class Node {
 public:
  /// All outlive the node. Errors: those of the parts.
  static Result<std::unique_ptr<Node>> start(Disk& disk, const ManualClock& clock, const Plan& plan);

  log::EmbeddedLog& log() { return *log_; }
  runtime::CommitWatch& watch() { return watch_; }
  const dataflow::Operators& operators() const { return operators_; }
  std::uint32_t shards() const { return static_cast<std::uint32_t>(runners_.size()); }

  Result<bool> step(std::uint32_t shard) { return runners_[shard]->step(); }
  /// A clean end.
  Result<void> stop();

  /// Nothing is queued, read or swept that is not committed.
  bool at_rest() const;
  /// A timer that should have fired by now has not.
  bool overdue() const;
  feed::Snapshots snapshots() const;

 private:
  Node(Disk& disk, const ManualClock& clock, const Plan& plan);
  Result<void> open();

  Disk& disk_;
  const ManualClock& clock_;
  const Plan& plan_;
  const dataflow::Operators operators_;
  runtime::CommitWatch watch_;
  std::unique_ptr<log::EmbeddedLog> log_;
  std::vector<std::unique_ptr<runtime::Task>> tasks_;
  std::vector<std::unique_ptr<runtime::ShardRunner>> runners_;
};

}  // namespace weir::simulation
