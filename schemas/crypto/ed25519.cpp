#include "schemas/crypto/ed25519.hpp"

#include <sodium.h>

namespace weir::crypto {
namespace {

const unsigned char* data_of(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

}  // namespace

static_assert(ed25519_key_bytes == crypto_sign_PUBLICKEYBYTES && ed25519_signature_bytes == crypto_sign_BYTES);

bool is_signed_ed25519(std::string_view key, std::string_view bytes, std::string_view signature) {
  return key.size() == ed25519_key_bytes && signature.size() == ed25519_signature_bytes &&
         crypto_sign_verify_detached(data_of(signature), data_of(bytes), bytes.size(), data_of(key)) == 0;
}

}  // namespace weir::crypto
