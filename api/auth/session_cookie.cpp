#include "api/auth/session_cookie.hpp"

#include <optional>

#include "schemas/crypto/base64url.hpp"
#include "schemas/crypto/digest.hpp"

namespace weir::auth {
namespace {

std::string_view name_of_cookie(bool secure) { return secure ? "__Host-weir" : "weir"; }

std::string cookie(std::string_view secret, bool secure, std::int64_t seconds) {
  std::string text(name_of_cookie(secure));
  text.append("=").append(secret).append("; Path=/; Max-Age=").append(std::to_string(seconds));
  return text.append("; HttpOnly; SameSite=Strict").append(secure ? "; Secure" : "");
}

}  // namespace

Result<std::string_view> session_secret(std::span<const std::string_view> cookie_values, bool secure) {
  const auto name = name_of_cookie(secure);
  std::optional<std::string_view> secret;
  for (auto rest : cookie_values) {
    while (!rest.empty()) {
      const auto end = std::min(rest.find(';'), rest.size());
      auto pair = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
      if (!pair.starts_with(name) || !pair.substr(name.size()).starts_with('=')) continue;
      if (secret) return Error{Code::bad_request, "There are several session cookies."};
      secret = pair.substr(name.size() + 1);
    }
  }
  if (!secret) return Error{Code::missing_token, "Sign in, or send Authorization: Bearer TOKEN."};
  return *secret;
}

std::string session_cookie(std::string_view secret, bool secure, Duration lifetime) {
  return cookie(secret, secure, std::chrono::floor<std::chrono::seconds>(lifetime).count());
}

std::string no_session_cookie(bool secure) { return cookie("", secure, 0); }

std::string csrf_token_of(std::string_view secret) {
  return crypto::to_base64url(crypto::bytes_of(crypto::hmac_sha256(secret, "weir csrf")));
}

bool is_csrf_token_of(std::string_view secret, std::string_view token) {
  return crypto::constant_time_equal(csrf_token_of(secret), token);
}

bool is_same_origin(std::string_view origin, std::string_view host) {
  const auto scheme = origin.find("://");
  return scheme != std::string_view::npos && !host.empty() && origin.substr(scheme + 3) == host;
}

}  // namespace weir::auth
