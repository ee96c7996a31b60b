// A URL that somebody gave us to send something to, read strictly: what cannot be read in one way only is refused.
#pragma once

#include <string>
#include <string_view>

#include "schemas/base/result.hpp"
#include "state/http/address.hpp"

namespace weir::http {

struct Url {
  std::string scheme;  // in lower case
  Host host;
  std::string authority;  // host and port as they were written
  unsigned port = 0;      // the scheme's own where none is written: http, https, smtp, smtps; else 0
};

/// `SCHEME://HOST[:PORT][/PATH][?QUERY]`, at most 2,048 printable characters of ASCII; no user, no fragment. The error,
/// bad_request, tells what is wrong as a predicate: "must …".
Result<Url> parse_url(std::string_view text);

}  // namespace weir::http
