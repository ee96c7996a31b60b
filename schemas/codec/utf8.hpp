// Valid UTF-8 (RFC 3629): shortest forms only, no surrogates, up to U+10FFFF.
#pragma once

#include <string_view>

namespace weir {

/// O(bytes), vectorised.
bool is_utf8(std::string_view text);

}  // namespace weir
