// The shards that are here: all of them on a node that is alone, else those that the group gives it. Each has its
// store, open while the shard is here, its mark of crashes and its part of the engine.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "api/app/logging.hpp"
#include "api/app/shard_stores.hpp"
#include "state/store/marker_file.hpp"
#include "stream/feed/change_channel.hpp"
#include "stream/log/ownership.hpp"
#include "stream/runtime/engine.hpp"

namespace weir::app {

/// Who shows the shards that are here to other nodes. One call at a time.
class ShardPublisher {
 public:
  virtual ~ShardPublisher() = default;
  /// The shard is coming: what its task is to write to, instead of `state`. `lag`: records of the log that its views do
  /// not include; any thread, as long as the shard is here.
  virtual std::shared_ptr<store::Store> own(std::uint32_t shard, std::shared_ptr<store::Store> state,
                                            std::function<std::uint64_t()> lag) = 0;
  /// The shard, whose task has ended, goes. An error is fatal.
  virtual Result<void> release(std::uint32_t shard) = 0;
};

/// Where the state of a shard is from when the shard comes here. One call at a time.
class ShardOrigin {
 public:
  virtual ~ShardOrigin() = default;
  /// Whether the shard goes on from the state that lies here. Else renew() follows, once its store is closed.
  virtual Result<bool> suffices(std::uint32_t shard, const store::Reader& here) = 0;
  /// Puts into the shard's folder what it is to be opened from. `damaged`: what lies there does not open, or not whole.
  virtual Result<void> renew(std::uint32_t shard, bool damaged) = 0;
  /// What it is fetching it gives up: `overloaded`. Any thread.
  virtual void stop() {}
};

class Shards final : public log::Ownership {
 public:
  struct Means {
    const DataFolder& folder;
    ShardStores& stores;
    runtime::Engine& engine;
    feed::ChangeChannel& changes;
    Logger& logger;
    ShardPublisher* publisher;  // null: nobody is shown them
    ShardOrigin& origin;
    std::function<void(const Error&)> on_fatal;
  };

  /// All that it is given outlives it.
  explicit Shards(Means means);

  /// The shard is here, at rest until start(). Errors: storage_failed, state_format, state_damaged, its origin's.
  Result<void> open(std::uint32_t shard);
  void start() { means_.engine.resume(); }

  // As the group says; a shard that does not open is fatal.
  void assigned(const std::vector<std::uint32_t>& shards) override;
  void revoked() override;
  void lost() override;
  void ended(const Error& why) override { means_.on_fatal(why); }

  // Any thread:
  /// Null if it is not open.
  std::shared_ptr<OpenStore> store(std::uint32_t shard) const { return means_.stores.find(shard); }
  /// The next start makes its state again.
  void mark_damaged(std::uint32_t shard, const Error& error);
  /// How many were damaged and made again.
  std::uint32_t rebuilt() const { return rebuilt_; }

 private:
  Result<std::shared_ptr<OpenStore>> open_store(std::uint32_t shard);
  void close(std::uint32_t shard);

  const Means means_;
  const std::vector<runtime::ChangeSink*> sinks_;                // by shard
  std::vector<std::unique_ptr<store::MarkerFile>> crash_marks_;  // by shard, of those that were here
  std::atomic<std::uint32_t> rebuilt_{0};
};

}  // namespace weir::app
