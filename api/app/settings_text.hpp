// Texts that are made from the table of settings.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "api/app/settings_table.hpp"

namespace weir::app {

/// `weir --help`.
std::string help();
/// `weir COMMAND --help`: every setting with its default.
std::string help(Command command);

/// The known name that is nearest to a mistyped one (insertions, deletions, changes, swaps of neighbours), if near.
std::optional<std::string> nearest(std::string_view mistyped, std::span<const std::string> known);

}  // namespace weir::app
