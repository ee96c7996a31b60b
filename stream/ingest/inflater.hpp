// Deflated bytes in pieces: the one door to zlib. What may come out of a file at most.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "schemas/base/result.hpp"

namespace weir::ingest {

inline constexpr std::uint64_t inflated_bytes_max = 2ULL << 30;
inline constexpr std::uint64_t inflation_ratio_max = 100;
/// A small file may inflate beyond the ratio; up to here it is no danger.
inline constexpr std::uint64_t harmless_inflated_bytes = 10ULL << 20;

/// Error: decompression_limit.
Result<void> check_inflation(std::uint64_t packed, std::uint64_t inflated);

/// One stream, as gzip wraps it or bare, as in a zip. Not thread-safe.
class Inflater {
 public:
  enum class Wrapping : std::uint8_t { none, gzip };
  explicit Inflater(Wrapping wrapping);
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  struct Piece {
    std::span<const char> bytes;  // until the next call
    bool is_end = false;
  };
  /// Takes from the front of `in`. Nothing: the data is damaged.
  std::optional<Piece> next(std::span<const char>& in);
  /// For another stream of the same wrapping.
  void restart();

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
};

/// The checksum of a zip's entry, continued from that of the bytes before; 0 at first.
std::uint32_t checksum(std::uint32_t before, std::span<const char> bytes);

}  // namespace weir::ingest
