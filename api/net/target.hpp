// The path and query of a request target, taken apart and percent-decoded. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/net/http.hpp"

namespace weir::net {

/// Undoes `%41`; with `plus_is_space` also `+` (queries). None when a `%` is not followed by two hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space = false);

struct Target {
  std::vector<std::string> segments;
  std::vector<Parameter> query;
};

/// Takes an origin-form target ("/a/b?x=1&y") apart. "/" has no segments; a slash at the end leaves an empty last one.
/// Segments are split before they are decoded, so `%2F` never separates. `bad_request` for anything else.
Result<Target> parse_target(std::string_view origin_form);

}  // namespace weir::net
