// Takes checkpoints of a node again and again, by a thread of low priority, and drops what of the log lies before all
// of them.
#pragma once

#include <optional>

#include "api/app/copies.hpp"
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
  metrics::Counter taken_;
  metrics::Counter failed_;
  metrics::Counter put_bytes_;
  metrics::Gauge last_;
  metrics::Gauge took_;
  Background work_;
};

}  // namespace weir::app
