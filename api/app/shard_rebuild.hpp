// A shard whose state is damaged, when a node opens (reliability R17): the state is made again from a checkpoint and
// what the log holds behind it, or from the log alone where that goes back to its beginning. Nothing of it is repaired.
#pragma once

#include "api/app/data_folder.hpp"
#include "api/app/logging.hpp"
#include "api/app/settings.hpp"
#include "schemas/base/clock.hpp"
#include "state/store/store.hpp"

namespace weir::app {

/// Moves the shard's folder aside (`damaged/N`, in the place of an earlier one) and makes the folder that the shard is
/// to be opened from; what it lacks the task takes from the log. `log`: the log's store. Errors: state_damaged, when
/// neither way is open, with the folder still in its place; storage_failed.
Result<void> rebuild_shard(const DataFolder& folder, const Settings& settings, std::uint32_t shard,
                           const store::Reader& log, const Clock& clock, Logger& logger);

}  // namespace weir::app
