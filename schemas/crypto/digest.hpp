// What must be secret or unforgeable: SHA-256, its HMAC, random bytes, comparison in constant time. The one door to
// OpenSSL's digests. A failure here (no entropy, no memory) leaves nothing safe to do and ends the process.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "schemas/base/hash.hpp"

namespace weir::crypto {

using Digest = std::array<unsigned char, 32>;
/// A secret key of 256 random bits.
using Key = std::array<unsigned char, 32>;

std::string_view bytes_of(const std::array<unsigned char, 32>& array);

/// Two lower-case digits a byte.
std::string to_hex(std::string_view bytes);

Digest sha256(std::string_view bytes);
/// SHA-256 of what comes in pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(std::string_view bytes);
  /// Of all that was added; last call.
  Digest finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};
/// RFC 2104 with SHA-256.
Digest hmac_sha256(std::string_view key, std::string_view bytes);
inline Digest hmac_sha256(const Key& key, std::string_view bytes) { return hmac_sha256(bytes_of(key), bytes); }

/// From the operating system's generator, fit for keys.
std::string random_bytes(std::size_t count);
Key random_key();

/// True if equal; the time depends on the lengths only.
bool constant_time_equal(std::string_view left, std::string_view right);

/// The name of a case that survives its erasure without naming it: HMAC-SHA-256 over workspace, process and case,
/// cut to 128 bits. Without the key nobody can test whether a case was erased.
Hash128 case_fingerprint(const Key& key, std::string_view workspace, std::string_view process,
                         std::string_view case_id);

}  // namespace weir::crypto
