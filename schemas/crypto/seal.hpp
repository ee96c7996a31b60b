// A seal of many small records: SipHash-2-4 with 128 bits (libsodium), a keyed function that nobody without the key can
// compute, at about a tenth of HMAC-SHA-256's cost for a record of 200 bytes.
#pragma once

#include <array>
#include <string_view>

#include "schemas/crypto/digest.hpp"

namespace weir::crypto {

using SealKey = std::array<unsigned char, 16>;
using Seal = std::array<unsigned char, 16>;

/// A key of its own for each purpose, derived from `key`: HMAC-SHA-256 over the purpose, cut to 128 bits.
SealKey seal_key(const Key& key, std::string_view purpose);

Seal seal(const SealKey& key, std::string_view bytes);

/// In constant time.
bool is_sealed(const SealKey& key, std::string_view bytes, std::string_view seal);

}  // namespace weir::crypto
