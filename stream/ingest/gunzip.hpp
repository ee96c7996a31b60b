// Gzip in pieces. Refuses bombs, cuts and what is glued behind.
#pragma once

#include "stream/ingest/inflater.hpp"

namespace weir::ingest {

/// Concatenated members are one file (RFC 1952). Not thread-safe.
class Gunzip {
 public:
  /// Takes compressed bytes from the front of `in` and gives some inflated ones, which stay valid until the next call;
  /// call until `in` is empty and nothing comes. Errors: bad_archive, decompression_limit.
  Result<std::span<const char>> next(std::span<const char>& in);
  /// Error: bad_archive (the file ends within a member).
  Result<void> finish() const;

 private:
  Inflater inflater_{Inflater::Wrapping::gzip};
  std::uint64_t taken_ = 0;
  std::uint64_t inflated_ = 0;
  bool within_member_ = true;
};

}  // namespace weir::ingest
