// What callers hand back to us: credentials, positions, cursors. Nothing is taken that we did not give out.
#include <cstdint>
#include <string>
#include <string_view>

#include "api/auth/token.hpp"
#include "api/query/cursor.hpp"
#include "schemas/base/check.hpp"
#include "schemas/crypto/base64url.hpp"
#include "stream/log/position.hpp"

namespace {

using namespace weir;

constexpr Time now{std::chrono::sys_days{std::chrono::year{2030} / 1 / 1}};
constexpr crypto::Key key{1, 2, 3};

void check_token(std::string_view text) {
  static const auth::KeyRing keys{{key}};
  const std::string_view values[] = {text};
  const auto bearer = auth::bearer_token(values);
  WEIR_CHECK(!auth::verify_token(keys, bearer ? *bearer : text, now), "nobody guesses a MAC");
}

/// A true token with one byte changed is none.
void check_changed_token(std::string_view bytes) {
  static const auth::KeyRing keys{{key}};
  static const std::string issued = *auth::issue_token(keys, {.workspace = "w", .role = auth::Role::viewer}, now);
  WEIR_CHECK(auth::verify_token(keys, issued, now).ok(), "a true token is taken");
  if (bytes.size() < 2) return;
  std::string changed = issued;
  changed[static_cast<unsigned char>(bytes[0]) % changed.size()] = bytes[1];
  WEIR_CHECK(changed == issued || !auth::verify_token(keys, changed, now), "a changed token is refused");
}

void check_position(std::string_view text) {
  const auto position = log::parse_token(text);
  if (position) WEIR_CHECK(log::to_token(*position) == text, "a position has one spelling");
}

void check_cursor(std::string_view text) {
  WEIR_CHECK(!query::open_cursor(key, "question", text), "nobody guesses a seal");
  const std::string sealed = query::seal_cursor(key, "question", text);
  const auto opened = query::open_cursor(key, "question", sealed);
  WEIR_CHECK(opened.ok() && *opened == text, "a cursor keeps its place");
  WEIR_CHECK(!query::open_cursor(key, "another", sealed), "a cursor belongs to its question");
}

void check_base64url(std::string_view text) {
  const auto bytes = crypto::from_base64url(text);
  if (bytes) WEIR_CHECK(crypto::to_base64url(*bytes) == text, "bytes have one spelling");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_token(text);
  check_changed_token(text);
  check_position(text);
  check_cursor(text);
  check_base64url(text);
  return 0;
}
