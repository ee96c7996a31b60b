// base64url without padding (RFC 4648, section 5).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir::crypto {

std::string to_base64url(std::string_view bytes);
/// Nothing unless the text is exactly what to_base64url gives for some bytes: no padding, white space, foreign
/// character or stray bit, so that no two texts stand for the same bytes.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace weir::crypto
