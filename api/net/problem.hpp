// The one way in which api/ tells a client that something went wrong (RFC 9457).
#pragma once

#include <string_view>

#include "api/net/http.hpp"
#include "schemas/base/error.hpp"

namespace weir::net {

/// `application/problem+json` with type, title, status, code, detail, trace_id. Status by the error's code, with
/// `Retry-After` (429, 503), `WWW-Authenticate` (401), `Sec-WebSocket-Version` (426). `detail` must not hold input;
/// nothing else does. `status` other than 0 stands instead of the code's.
Response problem(const Error& error, std::string_view trace_id, unsigned status = 0);

/// The reason phrase of a status ("Not Found"); empty when it has none.
std::string_view reason_of(unsigned status);

}  // namespace weir::net
