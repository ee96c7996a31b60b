// The views that the nodes of a group show each other: the keyed topic that they travel on, the mirror of it in the
// data folder, and the exchange that drives both.
#pragma once

#include <memory>

#include "api/app/data_folder.hpp"
#include "api/app/shards.hpp"
#include "api/metrics/registry.hpp"
#include "state/rocksdb/rocksdb_store.hpp"
#include "stream/log/keyed_topic.hpp"
#include "stream/replica/exchange.hpp"

namespace weir::app {

/// How far behind what is shown may be.
struct Currency {
  std::uint64_t lag = 0;       // records of the log that the views do not include
  Clock::Steady staleness{0};  // of the oldest

  /// Of both together.
  void add(const Currency& other) {
    lag += other.lag;
    staleness = std::max(staleness, other.staleness);
  }
};

class SharedViews final : public ShardPublisher {
 public:
  struct Means {
    const DataFolder& folder;
    const rocks::RocksEnvironment& environment;
    rocks::RocksOptions mirror;
    const Clock& clock;
    runtime::Engine& engine;
    feed::ChangeChannel& changes;
    std::function<void(const Error&)> on_fatal;
  };

  /// Makes the mirror anew; the topic fills it. All of `means` outlives it. Error: storage_failed.
  static Result<std::unique_ptr<SharedViews>> open(std::unique_ptr<log::KeyedTopic> topic, const Means& means);

  void start() { exchange_->start(); }
  void stop() { exchange_->stop(); }
  /// Where this node answers its fellows; before the first shard comes.
  void answer_at(std::string address) { exchange_->answer_at(std::move(address)); }

  // Of its shards, as they come and go:
  std::shared_ptr<store::Store> own(std::uint32_t shard, std::shared_ptr<store::Store> state,
                                    std::function<std::uint64_t()> lag) override;
  Result<void> release(std::uint32_t shard) override;

  // Any thread:
  /// The views of a shard that is elsewhere; null: they have not come yet.
  std::shared_ptr<const store::Snapshot> snapshot(std::uint32_t shard) const { return exchange_->snapshot(shard); }
  replica::ReplicaStatus status(std::uint32_t shard) const { return exchange_->status(shard); }
  /// Of a shard that is elsewhere.
  Currency currency(std::uint32_t shard) const;
  void collect(metrics::Samples& samples) const;

 private:
  SharedViews(std::unique_ptr<log::KeyedTopic> topic, const Means& means) : topic_(std::move(topic)), means_(means) {}

  std::unique_ptr<log::KeyedTopic> topic_;
  const Means means_;
  std::unique_ptr<store::Store> mirror_;
  std::unique_ptr<replica::Exchange> exchange_;
};

}  // namespace weir::app
