#include "schemas/crypto/seal.hpp"

#include <algorithm>

#include <sodium.h>

namespace weir::crypto {

static_assert(sizeof(SealKey) == crypto_shorthash_siphashx24_KEYBYTES);
static_assert(sizeof(Seal) == crypto_shorthash_siphashx24_BYTES);

SealKey seal_key(const Key& key, std::string_view purpose) {
  const Digest digest = hmac_sha256(key, purpose);
  SealKey derived;
  std::copy_n(digest.begin(), derived.size(), derived.begin());
  return derived;
}

Seal seal(const SealKey& key, std::string_view bytes) {
  Seal made;
  crypto_shorthash_siphashx24(made.data(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                              key.data());
  return made;
}

bool is_sealed(const SealKey& key, std::string_view bytes, std::string_view given) {
  const Seal right = seal(key, bytes);
  return constant_time_equal({reinterpret_cast<const char*>(right.data()), right.size()}, given);
}

}  // namespace weir::crypto
