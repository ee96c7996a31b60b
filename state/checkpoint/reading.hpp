// Inside state/checkpoint only: a file piece by piece.
#pragma once

#include <filesystem>

#include "state/checkpoint/object_store.hpp"

namespace weir::checkpoint {

inline constexpr std::size_t piece_bytes = std::size_t{1} << 20;

/// Errors: not_found, storage_failed, the sink's.
Result<void> read_pieces(const std::filesystem::path& file, const Sink& sink);

}  // namespace weir::checkpoint
