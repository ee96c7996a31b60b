#include "api/app/shared_views.hpp"

#include <filesystem>

namespace weir::app {

Result<std::unique_ptr<SharedViews>> SharedViews::open(std::unique_ptr<log::KeyedTopic> topic, const Means& means) {
  std::unique_ptr<SharedViews> views{new SharedViews(std::move(topic), means)};
  const std::filesystem::path place = means.folder.views();
  std::error_code failed;
  std::filesystem::remove_all(place, failed);
  if (failed) return Error{Code::storage_failed, place.string() + ": " + failed.message()};
  auto mirror = rocks::open_rocksdb(place.string(), means.mirror, means.environment);
  if (!mirror) return mirror.error();
  views->mirror_ = std::move(*mirror);
  views->exchange_ =
      std::make_unique<replica::Exchange>(replica::Exchange::Parts{*views->topic_, *views->mirror_, means.clock,
                                                                   means.engine.watch(), means.changes.sinks()},
                                          replica::ExchangeOptions{}, means.on_fatal);
  return views;
}

std::shared_ptr<store::Store> SharedViews::own(std::uint32_t shard, std::shared_ptr<store::Store> state,
                                               std::function<std::uint64_t()> lag) {
  return exchange_->own(shard, std::move(state), std::move(lag));
}

Result<void> SharedViews::release(std::uint32_t shard) { return exchange_->release(shard); }

Currency SharedViews::currency(std::uint32_t shard) const {
  const replica::ReplicaStatus one = status(shard);
  return {one.lag, one.staleness};
}

void SharedViews::collect(metrics::Samples& samples) const {
  std::uint64_t readings = 0, strange = 0;
  for (std::uint32_t shard = 0; shard < topic_->partitions(); ++shard) {
    const replica::ReplicaStatus one = status(shard);
    readings += one.readings;
    strange += one.strange;
    if (means_.engine.has(shard)) continue;
    samples.gauge("weir_views_staleness_seconds", "Since the views of a shard that is elsewhere were last confirmed.",
                  std::chrono::duration<double>(one.staleness).count(), {{"shard", shard}});
    samples.gauge("weir_views_lag_records", "Records that the views of a shard that is elsewhere did not include.",
                  static_cast<double>(one.lag), {{"shard", shard}});
  }
  const auto count = [&samples](metrics::Literal name, metrics::Literal help, std::uint64_t value) {
    samples.counter(name, help, static_cast<double>(value));
  };
  const replica::Publisher::Figures figures = exchange_->figures();
  count("weir_views_generations_total", "Generations of views that this node has published.", figures.generations);
  count("weir_views_rows_published_total", "Rows of views that this node has published.", figures.rows);
  count("weir_views_retired_total", "Records of older generations that this node has taken away.", figures.retired);
  count("weir_views_readings_total", "Times that a shard's views were read from the begin of their topic.", readings);
  count("weir_views_strange_total", "Records among views that are none, or of another format.", strange);
}

}  // namespace weir::app
