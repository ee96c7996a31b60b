// Signatures by an RSA key, as tokens towards other services carry them.
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

}  // namespace weir::crypto
