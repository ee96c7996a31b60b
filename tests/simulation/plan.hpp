// What a seed decides about a world before it begins.
#pragma once

#include <string>
#include <vector>

#include "stream/log/embedded_log.hpp"
#include "stream/runtime/shard_runner.hpp"
#include "tests/simulation/dice.hpp"
#include "tests/support/random_records.hpp"

namespace weir::simulation {

struct Plan {
  std::uint32_t shards = 1;
  bool on_rocksdb = false;  // no power loss then, and no failing writes: tests/fault has those
  std::size_t steps = 200;
  std::vector<std::string> workspaces;
  support::RecordOptions records;
  std::size_t post_events_max = 20;
  std::uint64_t control_permille = 20;  // of what producers do
  std::uint64_t fault_permille = 20;    // of the steps
  std::uint64_t jump_permille = 5;      // of the steps: the wall clock jumps
  std::vector<bool> slow;               // by shard: seldom gets its turn
  runtime::TaskOptions task;
  runtime::RunnerOptions runner;
  log::EmbeddedOptions log;

  std::string text() const;
};

Plan draw_plan(Dice& dice);

}  // namespace weir::simulation
