// What a process's views must satisfy in every shard, whatever came and in whatever order (reference process-mining
// B2): what flows into an activity flows out of it, and every table counts the same cases and events.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/result.hpp"
#include "state/format/keys.hpp"
#include "state/store/store.hpp"

namespace weir::runtime {

/// One sentence per law that does not hold, at most broken_laws_max; none: all hold. Reads each cell of the process
/// once: O(cells) time, O(activities) memory. Sentences name numbers of activities, never their text. Errors:
/// storage_failed, state_format.
Result<std::vector<std::string>> broken_laws(const store::Reader& state, const format::Scope& scope,
                                             std::string_view process);
inline constexpr std::size_t broken_laws_max = 20;

}  // namespace weir::runtime
