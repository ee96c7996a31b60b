#include "schemas/base/hash.hpp"

#include <xxhash.h>

namespace weir {

Hash128 hash128(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

std::string to_hex(const Hash128& hash) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text(32, '0');
  for (std::size_t i = 0; i < 32; ++i) {
    const std::uint64_t word = i < 16 ? hash.high : hash.low;
    text[i] = digits[(word >> (60 - 4 * (i % 16))) & 0xf];
  }
  return text;
}

}  // namespace weir
