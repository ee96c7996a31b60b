// base64 with padding (RFC 4648, section 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir::crypto {

std::string to_base64(std::string_view bytes);
/// Nothing unless the text is exactly what to_base64 gives for some bytes.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace weir::crypto
