// Where the state of a shard comes from on Kafka, when the shard comes here: what lies in the data folder where that is
// newer than every checkpoint, or near the newest; else the newest checkpoint that is whole and that the topics go on
// from; else the topics alone, where they still have all that the shard once took. Otherwise it is refused by name.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "api/app/checkpoint_figures.hpp"
#include "api/app/data_folder.hpp"
#include "api/app/logging.hpp"
#include "api/app/shard_series.hpp"
#include "api/app/shards.hpp"
#include "api/metrics/registry.hpp"
#include "schemas/base/clock.hpp"
#include "state/checkpoint/series.hpp"
#include "stream/log/log.hpp"

namespace weir::app {

class KafkaOrigin final : public ShardOrigin {
 public:
  struct Means {
    const DataFolder& folder;
    log::Log& log;
    std::optional<ShardSeries> series;  // none: no checkpoints are kept
    const Clock& clock;
    Logger& logger;
    metrics::Registry& metrics;
  };

  /// A state that lies here is near a checkpoint that has taken so many records more: to take them takes about as long
  /// as to fetch it.
  static constexpr std::uint64_t near_records = 100'000;

  /// All that it is given outlives it. Removes what an interrupted fetch left in the data folder.
  explicit KafkaOrigin(Means means);

  /// Fetches a checkpoint beside the store where that is to take its place. Waits for the brokers and the checkpoint
  /// store. Errors: those of `here`; overloaded (stop()); log_truncated, log_recreated, checkpoint_damaged,
  /// state_format, storage_failed, log_unreachable: there is no way to all that the shard once took.
  Result<bool> suffices(std::uint32_t shard, const store::Reader& here) override;
  /// Errors: as above, state_damaged.
  Result<void> renew(std::uint32_t shard, bool damaged) override;
  void stop() override { stopping_ = true; }

 private:
  using Standings = std::vector<checkpoint::Standing>;
  enum class Source : std::uint8_t { here, checkpoint, log };
  /// What the shard's series has to offer.
  struct Offer {
    std::vector<checkpoint::Manifest> manifests;  // the furthest first
    std::optional<Error> why_not;                 // the last that was refused, or that none could be asked for
  };

  Result<Source> obtain(std::uint32_t shard, const Standings& here, bool damaged);
  Offer look(std::uint32_t shard);
  bool is_worth_it(std::uint32_t shard, const Standings& here, const checkpoint::Manifest& manifest) const;
  Result<void> fits(std::uint32_t shard, const checkpoint::Manifest& manifest) const;
  Result<void> fetch(std::uint32_t shard, const checkpoint::Manifest& manifest);
  Result<void> log_is_whole(std::uint32_t shard, const Error& why) const;
  void refuse(std::uint32_t shard, const std::string& which, const Error& why, Offer& offer);
  void count(Source source);

  const Means means_;
  std::atomic<bool> stopping_{false};
  const CheckpointFigures figures_;
};

}  // namespace weir::app
