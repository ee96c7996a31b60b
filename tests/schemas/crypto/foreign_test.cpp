// What others sign by: HMAC-SHA-1 (RFC 2202), Ed25519 (RFC 8032), public keys of RSA.
#include <gtest/gtest.h>

#include "schemas/crypto/digest.hpp"
#include "schemas/crypto/ed25519.hpp"
#include "schemas/crypto/rsa.hpp"
#include "schemas/crypto/sha1.hpp"

namespace weir::crypto {
namespace {

std::string bytes(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return out;
}

TEST(HmacSha1, IsThatOfRfc2202) {
  const auto digest = hmac_sha1("Jefe", "what do ya want for nothing?");
  EXPECT_EQ(to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()}),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
}

TEST(Ed25519, IsThatOfRfc8032) {
  const std::string key = bytes("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  std::string signature = bytes(
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aee"
      "b00d291612bb0c00");
  EXPECT_TRUE(is_signed_ed25519(key, "\x72", signature));
  EXPECT_FALSE(is_signed_ed25519(key, "\x73", signature));
  EXPECT_FALSE(is_signed_ed25519(key, "\x72", std::string_view(signature).substr(1)));
  EXPECT_FALSE(is_signed_ed25519(std::string_view(key).substr(1), "\x72", signature));
  signature[3] = static_cast<char>(signature[3] ^ 1);
  EXPECT_FALSE(is_signed_ed25519(key, "\x72", signature));
}

TEST(RsaPublicKey, IsNoneOfWhatIsNone) {
  const std::string modulus(256, '\xff');
  EXPECT_TRUE(RsaPublicKey::of(modulus, "\x03"));
  EXPECT_FALSE(RsaPublicKey::of("", "\x03"));
  EXPECT_FALSE(RsaPublicKey::of(modulus, ""));
  EXPECT_FALSE(RsaPublicKey::of(modulus, "\x01"));  // of which everything is signed
  EXPECT_FALSE(RsaPublicKey::of(std::string(128, '\xff'), "\x03"));
  EXPECT_FALSE(RsaPublicKey::of(std::string(2000, '\xff'), "\x03"));
  EXPECT_FALSE(RsaPublicKey{}.has_signed("a", "b"));
}

}  // namespace
}  // namespace weir::crypto
