// Inside stream/log only: what an EmbeddedLog is made of.
#pragma once

#include <atomic>
#include <mutex>

#include "stream/log/append_queue.hpp"
#include "stream/log/chain_walk.hpp"
#include "stream/log/embedded_log.hpp"
#include "stream/log/group_commit.hpp"
#include "stream/log/subscribers.hpp"
#include "stream/log/tail_cache.hpp"
#include "stream/log/topics.hpp"

namespace weir::log {

struct EmbeddedLog::Parts {
  Parts(store::Store& its_store, HighWaterKeeper& keeper, const Clock& its_clock, const EmbeddedOptions& its_options)
      : store(its_store),
        high_water(keeper),
        clock(its_clock),
        options(its_options),
        topics(options.partitions),
        queue(options.queue_bytes),
        tail(options.tail_bytes) {}

  store::Store& store;
  HighWaterKeeper& high_water;
  const Clock& clock;
  const EmbeddedOptions options;
  Topics topics;
  AppendQueue<PendingAppend> queue;
  TailCache tail;
  Subscribers subscribers;
  std::mutex writing;      // a batch at a time, and nobody while the log has to be still
  std::mutex creating;     // of workspaces
  std::mutex maintenance;  // rewrite, trim, verify: one at a time
  std::atomic<bool> failed{false};
  HighWater saved;  // of the committing thread
  Clock::Steady saved_at{};

  Result<Topic*> topic(const std::string& workspace) const;
  Place place(const Topic& topic, std::uint32_t partition) const { return {store, topic.workspace, partition}; }
  Result<void> commit(const std::vector<PendingAppend>& appends);
  /// A synced write; its error is final. Not under `writing`.
  Result<void> write(const store::Batch& batch);
  /// Compacts the keys from <= key < to, then takes the mark away that said that this is owed.
  Result<void> compact(const std::string& mark, const std::string& from, const std::string& to);
  /// No append succeeds any more.
  void fail(const Error& error);
};

}  // namespace weir::log
