// Where the state of a shard comes from on the embedded log: what lies here. Where that is damaged (reliability R17),
// the state is made again from a checkpoint and what the log holds behind it, or from the log alone where that goes
// back to its beginning. Nothing of it is repaired.
#pragma once

#include "api/app/data_folder.hpp"
#include "api/app/logging.hpp"
#include "api/app/settings.hpp"
#include "api/app/shards.hpp"
#include "schemas/base/clock.hpp"
#include "state/store/store.hpp"

namespace weir::app {

class EmbeddedOrigin final : public ShardOrigin {
 public:
  /// All that it is given outlives it. `log`: the log's store.
  EmbeddedOrigin(const DataFolder& folder, const Settings& settings, const store::Reader& log, const Clock& clock,
                 Logger& logger)
      : folder_(folder), settings_(settings), log_(log), clock_(clock), logger_(logger) {}

  Result<bool> suffices(std::uint32_t, const store::Reader&) override { return true; }
  /// Moves the shard's folder aside and makes the one that the shard is to be opened from; what it lacks the task takes
  /// from the log. Errors: state_damaged, when neither way is open, with the folder still in its place; storage_failed.
  Result<void> renew(std::uint32_t shard, bool damaged) override;

 private:
  void tell(std::uint32_t shard, const std::string& source);

  const DataFolder& folder_;
  const Settings& settings_;
  const store::Reader& log_;
  const Clock& clock_;
  Logger& logger_;
};

}  // namespace weir::app
