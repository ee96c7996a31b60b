// What only who has the key can read or make: XSalsa20 and Poly1305 (libsodium's secretbox), a random nonce in front.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "schemas/crypto/digest.hpp"

namespace weir::crypto {

/// 40 bytes longer than `plain`, and another one each time.
std::string lock_up(const Key& key, std::string_view plain);

/// Nothing if it was not locked up with this key, or was changed.
std::optional<std::string> unlock(const Key& key, std::string_view locked);

}  // namespace weir::crypto
