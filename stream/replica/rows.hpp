// The rows of a shard's store that make up its views: names, pages of cells, the records of processes, control
// documents, and how far the shard is (progress and sweeps). Cases, their pieces and identities, timers and dead
// letters stay with the owner.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "state/store/store.hpp"

namespace weir::replica {

enum class RowKind : std::uint8_t { name, progress, process, sweep, cell, document };

/// What a row is about; views into the key.
struct Row {
  RowKind kind = RowKind::cell;
  std::string_view workspace;
  std::string_view process;  // none: it is about the whole workspace
};

/// Nothing: not a row of a view.
std::optional<Row> row_of(std::string_view key);

/// Whether every key that lies between them is a row of a view (and of one kind, for a workspace).
bool are_rows(std::string_view from, std::string_view to);

/// Calls for each row with a key not before `from`, ascending, without reading what lies between. Errors: those of the
/// store.
Result<void> each_row(const store::Reader& state, std::string_view from, const store::Visit& visit);

/// The names of the workspaces that the shard has taken something of, ascending. O(workspaces).
Result<std::vector<std::string>> workspaces_of(const store::Reader& state);

/// The processes of the workspace that the shard knows.
Result<std::vector<std::string>> processes_of(const store::Reader& state, const std::string& workspace);

/// The offset below which the views include every record of the workspace, to the end of its sweep. Errors:
/// state_format, and those of the store.
Result<std::uint64_t> settled_offset(const store::Reader& state, const std::string& workspace);

}  // namespace weir::replica
