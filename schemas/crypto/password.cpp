#include "schemas/crypto/password.hpp"

#include <array>

#include <sodium.h>

#include "schemas/base/check.hpp"

namespace weir::crypto {
namespace {

constexpr unsigned long long passes = 2;
constexpr std::size_t memory_bytes = 19 * 1024 * 1024;

void make_ready() {
  static const bool ready = sodium_init() >= 0;
  WEIR_CHECK(ready, "libsodium cannot be used");
}

}  // namespace

std::string hash_password(std::string_view password) {
  make_ready();
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  const int failed = crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), passes, memory_bytes,
                                           crypto_pwhash_ALG_ARGON2ID13);
  WEIR_CHECK(failed == 0, "no memory to hash a password");
  return hash.data();
}

bool verify_password(std::string_view hash, std::string_view password) {
  make_ready();
  if (hash.size() >= crypto_pwhash_STRBYTES) return false;
  const std::string terminated(hash);
  return crypto_pwhash_str_verify(terminated.c_str(), password.data(), password.size()) == 0;
}

std::string_view hash_of_nobody() {
  return "$argon2id$v=19$m=19456,t=2,p=1$iKWWngVFSWF7ngAajwTU7A$mTQkJCQ7zueIL/R53uBADf1wgCHLtuDw0jRHFHD+fBY";
}

}  // namespace weir::crypto
