#include "api/app/checkpoint_figures.hpp"

#include <algorithm>

namespace weir::app {
namespace {

constexpr std::chrono::hours erased_within{24};

metrics::Counter source(metrics::Registry& registry, metrics::Labels from) {
  return registry.counter("weir_shard_sources_total",
                          "Shards that came to a node on Kafka, by where their state was from.", from);
}

}  // namespace

CheckpointFigures::CheckpointFigures(metrics::Registry& registry)
    : taken(registry.counter("weir_checkpoints_total", "Checkpoints taken.")),
      failed(registry.counter("weir_checkpoint_failures_total", "Checkpoints that failed.")),
      put_bytes(registry.counter("weir_checkpoint_bytes_total", "Bytes put to the checkpoint store.")),
      last(registry.gauge("weir_checkpoint_last_seconds", "When the last checkpoint was taken, in Unix time.")),
      took(registry.gauge("weir_checkpoint_duration_seconds", "How long the last checkpoint took.")),
      fenced(registry.counter("weir_checkpoints_fenced_total",
                              "Checkpoints that did not count, because another node had taken the shard over.")),
      refused(registry.counter("weir_checkpoints_refused_total",
                               "Checkpoints of which a shard that came here could not be made.")),
      from_here(source(registry, {{"from", "here"}})),
      from_checkpoint(source(registry, {{"from", "checkpoint"}})),
      from_log(source(registry, {{"from", "log"}})),
      fetch_took(registry.gauge("weir_shard_fetch_seconds", "How long the last fetch of a shard's checkpoint took.")) {}

void CheckpointFigures::tell(const checkpoint::Publisher::Published& published,
                             std::chrono::duration<double> duration) const {
  taken.add();
  put_bytes.add(static_cast<double>(published.bytes_put));
  last.set(static_cast<double>(to_micros(published.manifest.taken_at)) / 1e6);
  took.set(duration.count());
}

Time oldest_to_keep(const Settings& settings, Time now) {
  const Duration spared = std::chrono::seconds{settings.erasure_seconds + settings.checkpoint_seconds};
  return now - std::max<Duration>(erased_within - spared, Duration{0});
}

}  // namespace weir::app
