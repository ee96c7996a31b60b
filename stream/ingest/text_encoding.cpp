#include "stream/ingest/text_encoding.hpp"

#include <array>
#include <cstdint>
#include <cstring>

namespace weir::ingest {
namespace {

constexpr std::uint64_t high_bits = 0x8080808080808080ULL;

/// Windows-1252 from 0x80 to 0x9F; above it is Latin-1.
constexpr std::array<char16_t, 32> windows_1252 = {0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                   0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D, 0x017D, 0x008F,
                                                   0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                   0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

/// How many bytes at the front are ASCII, in steps of eight.
std::size_t ascii_words(const char* p, std::size_t size) {
  std::size_t i = 0;
  for (; i + 8 <= size; i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, p + i, 8);
    if ((word & high_bits) != 0) break;
  }
  return i;
}

Error bad_utf16(const char* what) { return {Code::bad_encoding, std::string("the UTF-16 text ") + what}; }

}  // namespace

bool is_ascii(std::string_view text) {
  const std::size_t start = ascii_words(text.data(), text.size());
  for (std::size_t i = start; i < text.size(); ++i) {
    if (static_cast<unsigned char>(text[i]) >= 0x80) return false;
  }
  return true;
}

void append_utf8(char32_t rune, std::string& out) {
  const auto put = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (rune < 0x80) return put(rune);
  if (rune < 0x800) {
    put(0xC0 | (rune >> 6));
  } else {
    if (rune < 0x10000) {
      put(0xE0 | (rune >> 12));
    } else {
      put(0xF0 | (rune >> 18));
      put(0x80 | ((rune >> 12) & 0x3F));
    }
    put(0x80 | ((rune >> 6) & 0x3F));
  }
  put(0x80 | (rune & 0x3F));
}

void append_windows_1252(std::string_view text, std::string& out) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool special = byte >= 0x80 && byte < 0xA0;
    append_utf8(special ? windows_1252[byte - 0x80] : byte, out);
  }
}

Result<void> Utf16Decoder::decode(std::span<const char> bytes, std::string& out) {
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (held_ < 0) {
      held_ = byte;
      continue;
    }
    const auto first = static_cast<char32_t>(held_);
    held_ = -1;
    if (auto done = unit(big_endian_ ? (first << 8) | byte : (char32_t{byte} << 8) | first, out); !done) return done;
  }
  return {};
}

Result<void> Utf16Decoder::unit(char32_t value, std::string& out) {
  const bool is_low = value >= 0xDC00 && value <= 0xDFFF;
  if (is_low != (high_ != 0)) return bad_utf16("has half a surrogate pair");
  if (is_low) {
    append_utf8(0x10000 + ((high_ - 0xD800) << 10) + (value - 0xDC00), out);
    high_ = 0;
  } else if (value >= 0xD800 && value <= 0xDBFF) {
    high_ = value;
  } else {
    append_utf8(value, out);
  }
  return {};
}

Result<void> Utf16Decoder::finish() const {
  if (held_ >= 0 || high_ != 0) return bad_utf16("ends within a character");
  return {};
}

}  // namespace weir::ingest
