// 64 characters for 6 bits each: what the two forms of RFC 4648 have in common. For this folder.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::crypto {

class Base64Alphabet {
 public:
  explicit constexpr Base64Alphabet(std::string_view characters) : characters_(characters) {
    values_.fill(-1);
    for (std::size_t i = 0; i < characters.size(); ++i) {
      values_[static_cast<unsigned char>(characters[i])] = static_cast<std::int8_t>(i);
    }
  }

  /// Without padding.
  std::string encode(std::string_view bytes) const;
  /// Nothing unless encode() gives exactly this text for some bytes.
  std::optional<std::string> decode(std::string_view text) const;

 private:
  std::string_view characters_;
  std::array<std::int8_t, 256> values_{};
};

}  // namespace weir::crypto
