#include "schemas/crypto/rsa.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "schemas/base/check.hpp"

namespace weir::crypto {
namespace {

constexpr int bits_min = 2048;
constexpr int bits_max = 8192;

int no_passphrase(char*, int, int, void*) { return -1; }  // the default asks at the terminal

}  // namespace

struct RsaKey::Held {
  EVP_PKEY* of = nullptr;
  explicit Held(EVP_PKEY* key) : of(key) {}
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  ~Held() { EVP_PKEY_free(of); }
};

std::optional<RsaKey> RsaKey::read(std::string_view pem) {
  BIO* text = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  WEIR_CHECK(text != nullptr, "no memory for a key");
  EVP_PKEY* key = PEM_read_bio_PrivateKey(text, nullptr, no_passphrase, nullptr);
  BIO_free(text);
  ERR_clear_error();
  if (key == nullptr) return std::nullopt;
  auto held = std::make_shared<Held>(key);
  const int bits = EVP_PKEY_get_bits(key);
  if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA || bits < bits_min || bits > bits_max) return std::nullopt;
  return RsaKey{std::move(held)};
}

std::string RsaKey::sign(std::string_view bytes) const {
  WEIR_CHECK(held_ != nullptr, "sign() without a key");
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(held_->of)), '\0');
  std::size_t size = signature.size();
  const bool made =
      context != nullptr && EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, held_->of) == 1 &&
      EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size, data, bytes.size()) == 1;
  EVP_MD_CTX_free(context);
  WEIR_CHECK(made && size == signature.size(), "an RSA signature");
  return signature;
}

}  // namespace weir::crypto
