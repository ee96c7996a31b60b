// Signatures that others make and anybody can check (RFC 8032).
#pragma once

#include <string_view>

namespace weir::crypto {

inline constexpr std::size_t ed25519_key_bytes = 32;
inline constexpr std::size_t ed25519_signature_bytes = 64;

/// `key`: the public one. False too for a key or a signature of another length.
bool is_signed_ed25519(std::string_view key, std::string_view bytes, std::string_view signature);

}  // namespace weir::crypto
