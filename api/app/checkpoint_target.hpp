// Where the checkpoints of a node are.
#pragma once

#include "api/app/settings.hpp"
#include "schemas/base/clock.hpp"
#include "state/checkpoint/object_store.hpp"

namespace weir::app {

/// Of a node's own checkpoints, and of those that `weir backup` takes: who takes a backup does not take over the
/// node's.
inline constexpr const char* node_series = "node";
inline constexpr const char* backup_series = "backup";

/// The store that `--checkpoints` names, which must not be empty. `clock` must outlive it. Nothing is sent yet. Error:
/// bad_request.
Result<std::unique_ptr<checkpoint::ObjectStore>> open_target(const Settings& settings, const Clock& clock);

}  // namespace weir::app
