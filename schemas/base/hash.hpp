// 128-bit hashes: identity of events, content fingerprints, variants. XXH3: fast and well distributed, not meant to
// resist an adversary; what must be secret or unforgeable uses HMAC-SHA-256 (api/auth, erasures).
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace weir {

struct Hash128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  friend auto operator<=>(const Hash128&, const Hash128&) = default;
};

/// XXH3-128 of the bytes. The same on every machine. O(bytes).
Hash128 hash128(std::string_view bytes);

/// 32 lower-case hexadecimal digits.
std::string to_hex(const Hash128& hash);

}  // namespace weir

template <>
struct std::hash<weir::Hash128> {
  std::size_t operator()(const weir::Hash128& key) const noexcept { return key.low; }
};
