// How `--memory-bytes` is split. Everything of a node that grows with its load has a share here and a bound in its own
// folder; what does not (the program, threads, open files, followed views) comes on top.
#pragma once

#include <cstddef>
#include <cstdint>

namespace weir::app {

/// Bytes.
struct MemoryPlan {
  // Stores, 1/4.
  std::size_t block_cache = 0;     // blocks, indexes and filters of all stores; memtables are charged to it
  std::size_t memtables = 0;       // of all stores, at most, where no single commit is larger than its share
  std::size_t log_memtable = 0;    // each store has one that is written to and one that is flushed
  std::size_t node_memtable = 0;   // tokens, audit, uploads
  std::size_t shard_memtable = 0;  // what a kill leaves to be replayed
  // Tasks, 1/2 with what their commits copy on the way.
  std::size_t tasks = 0;  // cases, cells and what changed of them, of all shards; after a commit half stays as a cache
  std::size_t task_batch = 0;  // of the log, read by a shard in one step; its cases come with it
  // Events on their way, 1/4.
  std::size_t bodies = 0;     // of requests
  std::size_t log_queue = 0;  // what waits for the log's next fsync
  std::size_t log_batch = 0;  // of that, made durable at once
  std::size_t log_tail = 0;   // appended blocks that shards have not read yet
};

/// As many shards commit at once as there are `threads`. `body_bytes_max`: a body of that size must find room in a
/// fair share (schemas/base/fair_queue.hpp: a half at most), however small the budget is. A budget below 64 MiB is not
/// kept to. O(1).
MemoryPlan plan_memory(std::uint64_t memory_bytes, std::uint32_t shards, unsigned threads,
                       std::uint64_t body_bytes_max);

}  // namespace weir::app
