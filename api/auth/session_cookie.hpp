// The session as its browser carries it: a cookie that scripts cannot read and other sites cannot send, and beside it a
// token that only a script of our own page can send (double submit, derived from the cookie's secret). Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "schemas/base/result.hpp"
#include "schemas/base/time.hpp"

namespace weir::auth {

/// The secret in the `Cookie` fields of a request: exactly one cookie of our name. `missing_token` for none,
/// `bad_request` for several. The view is into the value.
Result<std::string_view> session_secret(std::span<const std::string_view> cookie_values, bool secure);

/// The value of `Set-Cookie`. Under TLS the name begins with `__Host-`, so that no other host can set it.
std::string session_cookie(std::string_view secret, bool secure, Duration lifetime);
/// …that takes the cookie away.
std::string no_session_cookie(bool secure);

/// What the page sends as `X-CSRF-Token`.
std::string csrf_token_of(std::string_view secret);
/// In constant time.
bool is_csrf_token_of(std::string_view secret, std::string_view token);

/// Whether an `Origin` is that of the host which the request was sent to. The scheme is not compared: a proxy may have
/// taken TLS off.
bool is_same_origin(std::string_view origin, std::string_view host);

}  // namespace weir::auth
