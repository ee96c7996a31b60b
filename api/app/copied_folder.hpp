// A copy of a data folder as of one moment: what a checkpoint is made of.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "api/app/data_folder.hpp"
#include "schemas/base/hash.hpp"
#include "schemas/base/time.hpp"
#include "state/checkpoint/manifest.hpp"

namespace weir::app {

/// Makes `to`, which must not be there, a copy of a data folder that this process holds and whose stores are closed.
/// Shares its files by hard links: to be read only. Error: storage_failed.
Result<void> copy_at_rest(const DataFolder& from, const std::filesystem::path& to);

/// Adds what is not a store to a copy: format, keys, users, the log's high water, files that wait to be read. Files
/// that are replaced as a whole or never changed are shared by hard links.
Result<void> copy_small_files(const std::filesystem::path& from, const std::filesystem::path& to);

/// How far the states of a copy are, and in which formats it is stored. Only reads it. Errors: storage_failed,
/// state_damaged, state_format, log_damaged.
Result<checkpoint::Description> describe_copy(const std::filesystem::path& folder, Time taken_at);

/// As standings have it.
std::string fingerprint_text(const Hash128& fingerprint);

/// What this version reads, by the names that describe_copy() gives.
const std::map<std::string, std::uint32_t>& known_formats();

}  // namespace weir::app
