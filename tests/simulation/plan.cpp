#include "tests/simulation/plan.hpp"

namespace weir::simulation {
namespace {

constexpr std::size_t kibi = 1024;

template <class T, std::size_t n>
T pick(Dice& dice, const T (&choices)[n]) {
  return choices[dice.below(n)];
}

support::RecordOptions draw_records(Dice& dice, bool long_cases) {
  support::RecordOptions records;
  records.processes = pick(dice, {1U, 1U, 2U});
  records.cases = long_cases ? pick(dice, {1U, 2U}) : pick(dice, {3U, 6U, 20U, 60U});
  records.activities = pick(dice, {2U, 5U, 12U});
  records.span_micros =
      pick(dice, {std::int64_t{4}, std::int64_t{400}, std::int64_t{10'000'000}, std::int64_t{36'000'000'000}});
  records.duplicates = pick(dice, {0.0, 0.05, 0.5});
  records.conflicts = pick(dice, {0.0, 0.01, 0.1});
  return records;
}

void draw_sizes(Dice& dice, Plan& plan) {
  plan.task.cache_bytes = pick(dice, {std::size_t{1}, 20 * kibi, 10'000 * kibi});
  plan.task.sweep_cases_max = pick(dice, {1U, 2U, 7U, 2'000U});
  plan.runner.batch_bytes = pick(dice, {std::size_t{1}, 4 * kibi, 1024 * kibi});
  plan.runner.commit_gap = std::chrono::milliseconds{pick(dice, {0, 5, 50})};
  plan.runner.commit_interval = std::chrono::milliseconds{pick(dice, {10, 400})};
  plan.runner.refill_gap = std::chrono::milliseconds{pick(dice, {0, 2'000})};
  plan.log.partitions = plan.shards;
  plan.log.queue_bytes = pick(dice, {2 * kibi, 64 * kibi * kibi});
  plan.log.tail_bytes = pick(dice, {std::size_t{1}, 8 * kibi, 64 * kibi * kibi});
  plan.log.block_bytes = pick(dice, {std::size_t{64}, 2 * kibi, 256 * kibi});
  plan.log.commit_bytes = pick(dice, {std::size_t{1}, 4 * kibi, 8 * kibi * kibi});
}

}  // namespace

Plan draw_plan(Dice& dice) {
  Plan plan;
  plan.on_rocksdb = dice.permille(15);
  plan.shards = plan.on_rocksdb ? pick(dice, {1U, 2U}) : pick(dice, {1U, 1U, 2U, 2U, 3U, 5U, 8U});
  const bool long_cases = dice.one_in(20);
  plan.records = draw_records(dice, long_cases);
  plan.steps = long_cases ? 600 : pick(dice, {40U, 120U, 300U});
  plan.post_events_max = long_cases ? 30 : pick(dice, {1U, 6U, 20U});
  plan.workspaces = {"w0"};
  if (dice.one_in(4)) plan.workspaces.emplace_back("w1");
  plan.control_permille = pick(dice, {0U, 20U, 100U, 300U});
  plan.fault_permille = pick(dice, {0U, 10U, 60U, 150U});
  plan.jump_permille = pick(dice, {0U, 0U, 10U});
  for (std::uint32_t i = 0; i < plan.shards; ++i) plan.slow.push_back(dice.one_in(6));
  draw_sizes(dice, plan);
  return plan;
}

std::string Plan::text() const {
  return "plan: " + std::to_string(shards) + " shards on " + (on_rocksdb ? "rocksdb" : "memory") + ", " +
         std::to_string(steps) + " steps, " + std::to_string(workspaces.size()) + " workspaces, " +
         std::to_string(records.processes) + " processes of " + std::to_string(records.cases) + " cases, faults " +
         std::to_string(fault_permille) + ", controls " + std::to_string(control_permille) + ", cache " +
         std::to_string(task.cache_bytes) + ", sweep " + std::to_string(task.sweep_cases_max);
}

}  // namespace weir::simulation
