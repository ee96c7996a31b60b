#include "api/app/memory_plan.hpp"

#include <gtest/gtest.h>

namespace weir::app {
namespace {

constexpr std::size_t mib = std::size_t{1} << 20;

TEST(MemoryPlan, SharesAreNoMoreThanTheBudget) {
  for (const std::uint64_t budget : {512 * mib, 1024 * mib, 65'536 * mib}) {
    const MemoryPlan plan = plan_memory(budget, 16, 2, 16 * mib);
    EXPECT_LE(plan.block_cache + plan.tasks + plan.bodies + plan.log_queue + plan.log_tail, budget);
    EXPECT_LE(plan.memtables, plan.block_cache);
    EXPECT_LE(2 * (plan.log_memtable + plan.node_memtable + 16 * plan.shard_memtable), plan.memtables);
  }
}

TEST(MemoryPlan, TheLargestBodyFindsRoomInTheLeastBudget) {
  const MemoryPlan plan = plan_memory(64 * mib, 4, 2, 16 * mib);
  EXPECT_GE(plan.bodies, 2 * 16 * mib);
  EXPECT_GE(plan.log_queue, 2 * 16 * mib);
  EXPECT_LE(plan.block_cache + plan.tasks + plan.log_tail, 64 * mib);
  EXPECT_LE(2 * (plan.log_memtable + plan.node_memtable + 4 * plan.shard_memtable), 2 * plan.memtables);
}

TEST(MemoryPlan, TasksHoldLessWhereMoreOfThemCommitAtOnce) {
  const auto tasks = [](std::uint32_t shards, unsigned threads) {
    return plan_memory(1024 * mib, shards, threads, mib).tasks;
  };
  EXPECT_LE(tasks(4, 2) + 3 * 2 * tasks(4, 2) / 4, 512 * mib);
  EXPECT_LT(tasks(16, 16), tasks(16, 2));
}

TEST(MemoryPlan, ManyShardsHaveSmallMemtables) {
  EXPECT_EQ(plan_memory(64 * mib, 1024, 2, 16 * mib).shard_memtable, mib);
  EXPECT_EQ(plan_memory(65'536 * mib, 1, 2, 16 * mib).shard_memtable, 32 * mib);
}

}  // namespace
}  // namespace weir::app
