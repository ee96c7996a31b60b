// Whether what was told of a process's changes is all that differs between two snapshots of a shard.
#pragma once

#include <map>
#include <string>

#include "stream/feed/change_channel.hpp"

namespace weir::support {

/// What lies under the prefix, by the rest of its key.
std::map<std::string, std::string> content_of(const store::Reader& reader, const std::string& prefix);

/// Fails the test for each cell of process "p0" of workspace "w" that differs and was not told, and for each name.
void expect_cells_told(const feed::Changes& changes, const store::Reader& before, const store::Reader& after);
/// And for each case.
void expect_told(const feed::Changes& changes, const store::Reader& before, const store::Reader& after);

}  // namespace weir::support
