#include "api/net/handshake.hpp"

#include <algorithm>

#include "api/net/characters.hpp"

namespace weir::net {
namespace {

/// True if one of the comma-separated words of the fields under `name` is `word`, in any case.
bool names_word(const RequestHead& head, std::string_view name, std::string_view word) {
  for (const Header& header : head.headers) {
    if (header.name != name) continue;
    const bool absent =
        for_each_part(header.value, ',', [word](std::string_view part) { return to_lower(trim(part)) != word; });
    if (!absent) return true;
  }
  return false;
}

bool comes_once(const RequestHead& head, std::string_view name) {
  return std::count_if(head.headers.begin(), head.headers.end(),
                       [name](const Header& header) { return header.name == name; }) == 1;
}

/// 16 bytes in base64 are 22 characters, the last of which carries two bits, and "==".
bool is_key(std::string_view text) {
  constexpr std::string_view last_characters = "AQgw";
  const auto is_base64 = [](char c) { return is_letter(c) || is_digit(c) || c == '+' || c == '/'; };
  return text.size() == 24 && text.ends_with("==") && std::all_of(text.begin(), text.begin() + 22, is_base64) &&
         last_characters.find(text[21]) != std::string_view::npos;
}

}  // namespace

Result<Handshake> Handshake::of(const RequestHead& head) {
  if (!names_word(head, "upgrade", "websocket") || !names_word(head, "connection", "upgrade")) {
    return Error{Code::upgrade_required, "This is a WebSocket."};
  }
  if (head.method != Method::get || head.http_1_0 || head.has_body()) {
    return Error{Code::bad_request, "A WebSocket begins with a GET of HTTP/1.1 without a body."};
  }
  if (!comes_once(head, "sec-websocket-version") || head.header("sec-websocket-version") != "13") {
    return Error{Code::upgrade_required, "The version of the WebSocket protocol here is 13."};
  }
  if (!comes_once(head, "sec-websocket-key") || !is_key(head.header("sec-websocket-key"))) {
    return Error{Code::bad_request, "Sec-WebSocket-Key has to be the base64 of 16 bytes, once."};
  }
  return Handshake(std::string(head.header("sec-websocket-key")));
}

}  // namespace weir::net
