// What is told of checkpoints, whichever way they are taken, and how old they may get.
#pragma once

#include "api/app/settings.hpp"
#include "api/metrics/registry.hpp"
#include "schemas/base/time.hpp"
#include "state/checkpoint/publisher.hpp"

namespace weir::app {

struct CheckpointFigures {
  explicit CheckpointFigures(metrics::Registry& registry);

  /// One was taken.
  void tell(const checkpoint::Publisher::Published& published, std::chrono::duration<double> took) const;

  metrics::Counter taken;
  metrics::Counter failed;
  metrics::Counter put_bytes;
  metrics::Gauge last;
  metrics::Gauge took;
  // Of shards on Kafka:
  metrics::Counter fenced;   // did not count: another node had taken the shard over
  metrics::Counter refused;  // a shard could not be made of it
  metrics::Counter from_here, from_checkpoint, from_log;
  metrics::Gauge fetch_took;
};

/// Who was taken before this must be replaced, so that bytes of erased cases leave within 24 h.
Time oldest_to_keep(const Settings& settings, Time now);

}  // namespace weir::app
