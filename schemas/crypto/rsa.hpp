// Signatures by an RSA key, as tokens towards other services, and theirs towards us, carry them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace weir::crypto {

/// A private key of 2048 to 8192 bits. Copies share it. Thread-safe.
class RsaKey {
 public:
  RsaKey() = default;  // none: it must not sign
  /// Of a PEM text (PKCS #8 or PKCS #1) without a passphrase; nothing if it is none.
  static std::optional<RsaKey> read(std::string_view pem);

  /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, 8.2), which JOSE calls RS256. About 1 ms for 2048 bits.
  std::string sign(std::string_view bytes) const;

 private:
  struct Held;
  explicit RsaKey(std::shared_ptr<Held> held) : held_(std::move(held)) {}
  std::shared_ptr<Held> held_;
};

/// A public key of 2048 to 8192 bits. Copies share it. Thread-safe.
class RsaPublicKey {
 public:
  RsaPublicKey() = default;  // none: nothing is signed by it
  /// Of modulus and exponent, big-endian, as a JWK has them (RFC 7518, 6.3.1); nothing if they are no key.
  static std::optional<RsaPublicKey> of(std::string_view modulus, std::string_view exponent);

  /// Whether it is what RsaKey::sign() gives for the private key.
  bool has_signed(std::string_view bytes, std::string_view signature) const;

 private:
  struct Held;
  explicit RsaPublicKey(std::shared_ptr<Held> held) : held_(std::move(held)) {}
  std::shared_ptr<Held> held_;
};

}  // namespace weir::crypto
