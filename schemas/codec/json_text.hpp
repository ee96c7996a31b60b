// The grammar of the small pieces of JSON text: white space, numbers, escapes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "schemas/base/error.hpp"

namespace weir::codec {

/// True if nothing but JSON's four kinds of white space is in it.
bool is_space(std::string_view text);

/// How many of the first bytes are a number (RFC 8259, section 6); 0 if it does not begin with one.
std::size_t number_length(std::string_view text);

/// What is wrong with the escapes of a string's content: malformed_json, or not_utf8 for half a surrogate pair.
std::optional<Code> escape_fault(std::string_view content);

/// Appends the content with its escapes, which are right (checked), resolved.
void append_unescaped(std::string& out, std::string_view content);

}  // namespace weir::codec
