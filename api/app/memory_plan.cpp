#include "api/app/memory_plan.hpp"

#include <algorithm>

namespace weir::app {
namespace {

constexpr std::size_t mib = std::size_t{1} << 20;
constexpr std::size_t commit_copies = 3;        // of what a shard changed: our batch, RocksDB's, the memtable
constexpr std::size_t memtables_per_store = 2;  // one is written to while the other is flushed

std::size_t memtable(std::size_t share, std::size_t largest) {
  return std::clamp(share / memtables_per_store, mib, largest);
}

}  // namespace

MemoryPlan plan_memory(std::uint64_t memory_bytes, std::uint32_t shards, unsigned threads,
                       std::uint64_t body_bytes_max) {
  const std::size_t eighth = memory_bytes / 8;
  const std::size_t body = body_bytes_max;
  MemoryPlan plan;
  plan.block_cache = 2 * eighth;
  plan.memtables = eighth;
  plan.log_memtable = memtable(eighth / 4, 16 * mib);
  plan.node_memtable = memtable(eighth / 16, 4 * mib);
  plan.shard_memtable = memtable(eighth / 2 / shards, 32 * mib);
  plan.tasks = 4 * eighth / (shards + commit_copies * std::min(threads, shards)) * shards;
  plan.task_batch = std::clamp(eighth / 32, mib / 4, mib);
  plan.bodies = std::max(eighth, 4 * body);
  plan.log_queue = std::max(eighth / 2, 2 * body);
  plan.log_batch = std::clamp(eighth / 8, mib, 8 * mib);
  plan.log_tail = std::min(eighth / 2, 64 * mib);
  return plan;
}

}  // namespace weir::app
