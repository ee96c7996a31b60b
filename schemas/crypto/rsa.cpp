#include "schemas/crypto/rsa.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include "schemas/base/check.hpp"

namespace weir::crypto {
namespace {

constexpr int bits_min = 2048;
constexpr int bits_max = 8192;

constexpr std::size_t exponent_bytes_max = 8;

int no_passphrase(char*, int, int, void*) { return -1; }  // the default asks at the terminal

bool is_usable(const EVP_PKEY* key) {
  const int bits = EVP_PKEY_get_bits(key);
  return EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA && bits >= bits_min && bits <= bits_max;
}

BIGNUM* number_of(std::string_view bytes) {
  BIGNUM* const number =
      BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()), nullptr);
  WEIR_CHECK(number != nullptr, "no memory for a key");
  return number;
}

/// Null: they are no key.
EVP_PKEY* key_of(const BIGNUM* modulus, const BIGNUM* exponent) {
  OSSL_PARAM_BLD* const build = OSSL_PARAM_BLD_new();
  EVP_PKEY_CTX* const context = EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr);
  WEIR_CHECK(build != nullptr && context != nullptr, "no memory for a key");
  OSSL_PARAM* parameters = nullptr;
  EVP_PKEY* key = nullptr;
  if (OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 &&
      OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, exponent) == 1 &&
      (parameters = OSSL_PARAM_BLD_to_param(build)) != nullptr && EVP_PKEY_fromdata_init(context) == 1) {
    EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters);
  }
  OSSL_PARAM_free(parameters);
  OSSL_PARAM_BLD_free(build);
  EVP_PKEY_CTX_free(context);
  ERR_clear_error();
  return key;
}

}  // namespace

struct HeldKey {
  EVP_PKEY* of = nullptr;
  explicit HeldKey(EVP_PKEY* key) : of(key) {}
  HeldKey(const HeldKey&) = delete;
  HeldKey& operator=(const HeldKey&) = delete;
  ~HeldKey() { EVP_PKEY_free(of); }
};
struct RsaKey::Held : HeldKey {
  using HeldKey::HeldKey;
};
struct RsaPublicKey::Held : HeldKey {
  using HeldKey::HeldKey;
};

std::optional<RsaKey> RsaKey::read(std::string_view pem) {
  BIO* text = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  WEIR_CHECK(text != nullptr, "no memory for a key");
  EVP_PKEY* key = PEM_read_bio_PrivateKey(text, nullptr, no_passphrase, nullptr);
  BIO_free(text);
  ERR_clear_error();
  if (key == nullptr) return std::nullopt;
  auto held = std::make_shared<Held>(key);
  if (!is_usable(key)) return std::nullopt;
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

std::optional<RsaPublicKey> RsaPublicKey::of(std::string_view modulus, std::string_view exponent) {
  if (modulus.size() > bits_max / 8 + 1 || exponent.size() > exponent_bytes_max) return std::nullopt;
  BIGNUM* const n = number_of(modulus);
  BIGNUM* const e = number_of(exponent);
  // Of an exponent of one everything is signed.
  const bool is_odd = BN_is_odd(n) == 1 && BN_is_odd(e) == 1 && BN_is_one(e) == 0;
  EVP_PKEY* const key = is_odd ? key_of(n, e) : nullptr;
  BN_free(n);
  BN_free(e);
  if (key == nullptr) return std::nullopt;
  auto held = std::make_shared<Held>(key);
  if (!is_usable(key)) return std::nullopt;
  return RsaPublicKey{std::move(held)};
}

bool RsaPublicKey::has_signed(std::string_view bytes, std::string_view signature) const {
  if (held_ == nullptr) return false;
  EVP_MD_CTX* const context = EVP_MD_CTX_new();
  const auto data = [](std::string_view of) { return reinterpret_cast<const unsigned char*>(of.data()); };
  const bool is_right = context != nullptr &&
                        EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, held_->of) == 1 &&
                        EVP_DigestVerify(context, data(signature), signature.size(), data(bytes), bytes.size()) == 1;
  EVP_MD_CTX_free(context);
  ERR_clear_error();
  return is_right;
}

}  // namespace weir::crypto
