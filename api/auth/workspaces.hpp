// Which workspaces have something in the node's store.
#pragma once

#include <string>
#include <vector>

#include "state/store/store.hpp"

namespace weir::auth {

/// In their order. Goes from workspace to workspace by their first keys, so that what they keep is not read: one seek
/// each. Error: storage_failed.
Result<std::vector<std::string>> workspaces_in(const store::Reader& reader);

}  // namespace weir::auth
