// The value of a Content-Type header (RFC 9110, section 8.3).
#pragma once

#include <string>
#include <string_view>

namespace weir::codec {

struct MediaType {
  std::string name;     // `type/subtype` in lower case
  std::string charset;  // in lower case; empty: none given

  bool is_json() const { return name == "application/json" || name.ends_with("+json"); }
  bool is_utf8() const { return charset.empty() || charset == "utf-8" || charset == "us-ascii"; }
};

MediaType parse_media_type(std::string_view content_type);

}  // namespace weir::codec
