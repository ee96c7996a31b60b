#include "state/http/url.hpp"

#include <algorithm>
#include <charconv>

namespace weir::http {
namespace {

constexpr std::size_t url_bytes_max = 2048;

Error fault(const char* predicate) { return {Code::bad_request, predicate}; }

unsigned port_of(std::string_view scheme) {
  if (scheme == "http") return 80;
  if (scheme == "https") return 443;
  if (scheme == "smtp") return 25;
  if (scheme == "smtps") return 465;
  return 0;
}

bool is_plain(char c) {
  return c > 0x20 && c < 0x7f && std::string_view("\"<>\\^`{|}").find(c) == std::string_view::npos;
}

/// The port behind the host; nothing: none that there is.
std::optional<unsigned> parse_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0 || port > 65'535) return std::nullopt;
  return port;
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
  if (text.size() > url_bytes_max) return fault("must be at most 2,048 bytes");
  if (!std::all_of(text.begin(), text.end(), is_plain)) {
    return fault("must hold no spaces, control characters or letters beyond ASCII");
  }
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos || colon == 0) return fault("must be a URL such as https://example.com/path");
  Url url;
  url.scheme = text.substr(0, colon);
  std::transform(url.scheme.begin(), url.scheme.end(), url.scheme.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  const std::string_view rest = text.substr(colon + 3);
  if (rest.find('#') != std::string_view::npos) return fault("must have no fragment");
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
  if (authority.find('@') != std::string_view::npos) return fault("must name no user");
  url.authority = authority;
  const std::size_t bracket = authority.rfind(']');
  const std::size_t port_at = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  auto host = parse_host(authority.substr(0, port_at));
  if (!host) return fault("must name a host, or an address");
  url.host = *std::move(host);
  const auto port = port_at == std::string_view::npos ? std::optional{port_of(url.scheme)}
                                                      : parse_port(authority.substr(port_at + 1));
  if (!port) return fault("must name a port from 1 to 65535, or none");
  url.port = *port;
  return url;
}

}  // namespace weir::http
