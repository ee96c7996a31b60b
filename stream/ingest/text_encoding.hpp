// Encodings of uploaded text: UTF-8 as it is, Windows-1252 (a superset of Latin-1) and UTF-16 turned into it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "schemas/base/result.hpp"

namespace weir::ingest {

bool is_ascii(std::string_view text);
/// The five bytes that Windows-1252 leaves open become the control characters of Latin-1, so nothing can fail.
void append_windows_1252(std::string_view text, std::string& out);
void append_utf8(char32_t rune, std::string& out);

/// UTF-16 in pieces of any size.
class Utf16Decoder {
 public:
  explicit Utf16Decoder(bool big_endian) : big_endian_(big_endian) {}
  /// Appends what is complete. Error: bad_encoding (a surrogate without its other half).
  Result<void> decode(std::span<const char> bytes, std::string& out);
  /// Error: bad_encoding (the text ends within a character).
  Result<void> finish() const;

 private:
  Result<void> unit(char32_t value, std::string& out);

  bool big_endian_;
  int held_ = -1;      // the first byte of a unit whose second has not come
  char32_t high_ = 0;  // a high surrogate that waits for its low one
};

}  // namespace weir::ingest
