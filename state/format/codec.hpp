// The bytes of stored values: variable-length integers, length-prefixed text, fixed 128-bit hashes. Small pure pieces;
// what a whole value looks like is said where its type lives. Every stored value begins with a version byte.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "schemas/base/hash.hpp"

namespace weir::format {

/// Appends to a string that it does not own.
class Encoder {
 public:
  explicit Encoder(std::string& out) : out_(out) {}

  void byte(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }
  /// LEB128: 7 bits a byte, least significant first.
  void number(std::uint64_t value) {
    char bytes[10];
    std::size_t size = 0;
    for (; value >= 0x80; value >>= 7) bytes[size++] = static_cast<char>(value | 0x80);
    bytes[size++] = static_cast<char>(value);
    out_.append(bytes, size);
  }
  /// Zigzag: small magnitudes of either sign are short.
  void signed_number(std::int64_t value) {
    number((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
  }
  void text(std::string_view value) {
    number(value.size());
    out_.append(value);
  }
  void hash(const Hash128& value) {
    fixed64(value.high);
    fixed64(value.low);
  }
  /// Little-endian.
  void fixed64(std::uint64_t value) {
    char bytes[8];
    std::memcpy(bytes, &value, 8);
    out_.append(bytes, 8);
  }
  void wide(unsigned __int128 value) {
    fixed64(static_cast<std::uint64_t>(value));
    fixed64(static_cast<std::uint64_t>(value >> 64));
  }

 private:
  std::string& out_;
};

/// Reads what Encoder wrote. Never reads past the end: the first short read makes ok() false for good, and every read
/// after it returns an empty value. Texts are views into the input.
class Decoder {
 public:
  explicit Decoder(std::string_view in) : in_(in) {}

  bool ok() const { return ok_; }
  /// What was read makes no sense: as after a short read.
  void refuse() {
    ok_ = false;
    in_ = {};
  }
  bool at_end() const { return in_.empty(); }

  std::uint8_t byte() {
    if (in_.empty()) return refuse(), std::uint8_t{0};
    const auto value = static_cast<std::uint8_t>(in_.front());
    in_.remove_prefix(1);
    return value;
  }
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::uint8_t next = byte();
      value |= static_cast<std::uint64_t>(next & 0x7f) << shift;
      if ((next & 0x80) == 0) return value;
    }
    refuse();
    return 0;
  }
  std::int64_t signed_number() {
    const std::uint64_t value = number();
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
  }
  std::string_view text() {
    const std::uint64_t size = number();
    return take(size);
  }
  Hash128 hash() {
    Hash128 value;
    value.high = fixed64();
    value.low = fixed64();
    return value;
  }
  std::uint64_t fixed64() {
    const std::string_view bytes = take(8);
    std::uint64_t value = 0;
    if (bytes.size() == 8) std::memcpy(&value, bytes.data(), 8);
    return value;
  }
  unsigned __int128 wide() {
    const unsigned __int128 low = fixed64();
    return low | (static_cast<unsigned __int128>(fixed64()) << 64);
  }

 private:
  std::string_view take(std::uint64_t size) {
    if (size > in_.size()) {
      refuse();
      return {};
    }
    const std::string_view bytes = in_.substr(0, size);
    in_.remove_prefix(size);
    return bytes;
  }

  std::string_view in_;
  bool ok_ = true;
};

static_assert(std::endian::native == std::endian::little, "stored integers are little-endian");

}  // namespace weir::format
