// What a store that holds an embedded log can be asked without opening the log: a copy, or one at rest.
#pragma once

#include <string>
#include <vector>

#include "schemas/base/hash.hpp"
#include "state/store/store.hpp"

namespace weir::log {

/// The version of the stored form.
inline constexpr std::uint8_t log_format = 1;

/// How many partitions the log was made with. Errors: state_format (no log, or of another version), log_damaged.
Result<std::uint32_t> stored_partitions(const store::Reader& store);
/// The names of all workspaces, sorted. Error: log_damaged.
Result<std::vector<std::string>> stored_workspaces(const store::Reader& store);
/// The first offset of the partition that was not trimmed. Error: log_damaged.
Result<std::uint64_t> stored_begin(const store::Reader& store, const std::string& workspace, std::uint32_t partition);
/// By which the records before `offset` are known again, also when some were redacted: the chain over them and what was
/// appended together with the last of them. Error: log_damaged, when they are not there or were trimmed.
Result<Hash128> stored_fingerprint(const store::Reader& store, const std::string& workspace, std::uint32_t partition,
                                   std::uint64_t offset);
/// Reads every block of the partition and checks every digest; returns the offset behind the last record. Error:
/// log_damaged.
Result<std::uint64_t> verify_stored(const store::Reader& store, const std::string& workspace, std::uint32_t partition);

}  // namespace weir::log
