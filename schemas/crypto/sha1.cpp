#include "schemas/crypto/sha1.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "schemas/base/check.hpp"

namespace weir::crypto {

Sha1Digest hmac_sha1(std::string_view key, std::string_view bytes) {
  Sha1Digest digest;
  unsigned size = 0;
  const auto* made = HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()),
                          reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data(), &size);
  WEIR_CHECK(made != nullptr && size == digest.size(), "HMAC-SHA-1");
  return digest;
}

}  // namespace weir::crypto
