#include "schemas/crypto/base64.hpp"

#include "schemas/crypto/base64_alphabet.hpp"

namespace weir::crypto {
namespace {

constexpr Base64Alphabet alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

}  // namespace

std::string to_base64(std::string_view bytes) {
  std::string text = alphabet.encode(bytes);
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  return alphabet.decode(text);
}

}  // namespace weir::crypto
