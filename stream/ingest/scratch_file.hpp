// A file without a name: gone when nobody has it open.
#pragma once

#include <filesystem>

#include "schemas/base/result.hpp"

namespace weir::ingest {

/// A descriptor, the caller's to close. Errors: storage_full, storage_failed.
Result<int> open_scratch_file(const std::filesystem::path& folder);
/// By errno, of a file in `folder`: storage_full, storage_failed.
Error scratch_error(const std::filesystem::path& folder);

}  // namespace weir::ingest
