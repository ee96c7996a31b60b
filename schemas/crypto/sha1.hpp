// What providers of webhooks still sign by; nothing of our own does.
#pragma once

#include <array>
#include <string_view>

namespace weir::crypto {

using Sha1Digest = std::array<unsigned char, 20>;

/// RFC 2104 with SHA-1.
Sha1Digest hmac_sha1(std::string_view key, std::string_view bytes);

}  // namespace weir::crypto
