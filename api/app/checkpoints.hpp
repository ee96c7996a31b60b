// Takes checkpoints again and again, by a thread of low priority: on the embedded log of the node, and drops what of
// the log lies before all of them; on Kafka of its shards.
#pragma once

#include <optional>

#include "api/app/checkpoint_figures.hpp"
#include "api/app/copies.hpp"
#include "api/app/shard_checkpoints.hpp"
#include "state/checkpoint/publisher.hpp"

namespace weir::app {

class Checkpoints {
 public:
  /// Takes none unless the settings name a target. `node` and `copies` must outlive it.
  Checkpoints(Node& node, Copies& copies);

  void start();
  /// Gives up the checkpoint at hand. Idempotent.
  void stop();

 private:
  void take();
  Result<void> try_to_take();
  Result<checkpoint::Publisher*> owner();
  Result<void> drop_log();

  Node& node_;
  Copies& copies_;
  std::unique_ptr<checkpoint::ObjectStore> target_;
  std::optional<checkpoint::Publisher> owner_;
  std::atomic<bool> stopping_{false};
  const CheckpointFigures figures_;
  ShardCheckpoints shards_;  // on Kafka
  Background work_;
};

}  // namespace weir::app
