// What a shard's state says of itself: its version, and which shard of how many it is (reliability R22).
#pragma once

#include <cstdint>
#include <string>

#include "schemas/base/result.hpp"
#include "state/store/store.hpp"

namespace weir::runtime {

/// The key of the stamp; no workspace's key begins so.
std::string state_stamp_key();

/// Checks the stamp; writes it, durably, where there is none. Error state_format: another version wrote the state, or
/// it is that of another shard, put here by a wrong copy. Errors: storage_failed.
Result<void> check_state_stamp(store::Store& store, std::uint32_t shard, std::uint32_t shards);

}  // namespace weir::runtime
