// Gzip in pieces: the one door to zlib. Refuses bombs, cuts and what is glued behind.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "schemas/base/result.hpp"

namespace weir::ingest {

/// Concatenated members are one file (RFC 1952). Not thread-safe.
class Gunzip {
 public:
  static constexpr std::uint64_t inflated_max = 2ULL << 30;
  static constexpr std::uint64_t ratio_max = 100;
  /// A small file may inflate beyond the ratio; up to here it is no danger.
  static constexpr std::uint64_t harmless_bytes = 10ULL << 20;

  Gunzip();
  ~Gunzip();
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;

  /// Takes compressed bytes from the front of `in` and gives some inflated ones, which stay valid until the next call;
  /// call until `in` is empty and nothing comes. Errors: bad_archive, decompression_limit.
  Result<std::span<const char>> next(std::span<const char>& in);
  /// Error: bad_archive (the file ends within a member).
  Result<void> finish() const;

 private:
  struct Stream;
  Result<void> check_limits() const;

  std::unique_ptr<Stream> stream_;
};

}  // namespace weir::ingest
