#include "schemas/crypto/base64_alphabet.hpp"

namespace weir::crypto {

std::string Base64Alphabet::encode(std::string_view bytes) const {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  std::uint32_t held = 0;
  int bits = 0;
  for (const char c : bytes) {
    held = (held << 8) | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 6; bits -= 6) text.push_back(characters_[(held >> (bits - 6)) & 63]);
  }
  if (bits > 0) text.push_back(characters_[(held << (6 - bits)) & 63]);
  return text;
}

std::optional<std::string> Base64Alphabet::decode(std::string_view text) const {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t held = 0;
  int bits = 0;
  for (const char c : text) {
    const int value = values_[static_cast<unsigned char>(c)];
    if (value < 0) return std::nullopt;
    held = (held << 6) | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<char>(held >> bits));
  }
  if ((held & ((1u << bits) - 1)) != 0) return std::nullopt;
  return bytes;
}

}  // namespace weir::crypto
