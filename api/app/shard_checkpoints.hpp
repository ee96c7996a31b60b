// Takes checkpoints of the shards that are here, on Kafka: of each one that has come further, into its series. Whoever
// has a shard next goes on from there (kafka_origin.hpp).
#pragma once

#include <atomic>
#include <map>
#include <optional>

#include "api/app/checkpoint_figures.hpp"
#include "api/app/node.hpp"
#include "api/app/shard_series.hpp"

namespace weir::app {

class ShardCheckpoints {
 public:
  /// `node` and `figures` must outlive it. The settings must name a target.
  ShardCheckpoints(Node& node, const CheckpointFigures& figures) : node_(node), figures_(figures) {}

  /// One thread at a time.
  void take_all();
  /// Gives up the checkpoint at hand. Any thread.
  void stop() { stopping_ = true; }

 private:
  /// Nothing: none is due.
  using Taken = std::optional<checkpoint::Publisher::Published>;

  Result<Taken> take(std::uint32_t shard);
  Result<checkpoint::Publisher*> owner(std::uint32_t shard);
  bool is_due(const checkpoint::Publisher& owner, const std::vector<checkpoint::Standing>& standings) const;
  Result<Taken> publish(std::uint32_t shard, checkpoint::Publisher& owner, const std::filesystem::path& copy) const;
  void fail(std::uint32_t shard, const Error& why);

  Node& node_;
  const CheckpointFigures& figures_;
  std::optional<ShardSeries> series_;
  std::map<std::uint32_t, checkpoint::Publisher> owners_;     // by shard
  std::map<std::uint32_t, Clock::Steady> claims_not_before_;  // by shard: another node has taken it over
  std::atomic<bool> stopping_{false};
};

}  // namespace weir::app
