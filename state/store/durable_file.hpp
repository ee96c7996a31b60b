// Small files that are always whole: read at once, replaced at once.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "schemas/base/result.hpp"

namespace weir::store {

/// Puts the bytes in the place of the file, mode 0600. After a crash at any moment the file holds what it held or these
/// bytes; on return they are on the disk. Uses the name `path` + ".next"; one caller at a time. Error: storage_failed.
Result<void> replace_file(const std::filesystem::path& path, std::string_view bytes);

/// What the file holds; nothing if it is not there. Error: storage_failed.
Result<std::optional<std::string>> read_file(const std::filesystem::path& path);

}  // namespace weir::store
