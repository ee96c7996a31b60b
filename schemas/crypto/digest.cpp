#include "schemas/crypto/digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "schemas/base/check.hpp"

namespace weir::crypto {
namespace {

const unsigned char* data_of(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

void fill_random(unsigned char* out, std::size_t count) {
  WEIR_CHECK(RAND_bytes(out, static_cast<int>(count)) == 1, "no random bytes");
}

// Each text preceded by its length: no two lists of texts give the same bytes.
void append_delimited(std::string& out, std::string_view text) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(std::uint64_t{text.size()} >> shift));
  out.append(text);
}

std::uint64_t read_64(const unsigned char* bytes) {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = (value << 8) | bytes[i];
  return value;
}

}  // namespace

std::string_view bytes_of(const std::array<unsigned char, 32>& array) {
  return {reinterpret_cast<const char*>(array.data()), array.size()};
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const unsigned char c : bytes) text.append({digits[c >> 4], digits[c & 15]});
  return text;
}

Digest sha256(std::string_view bytes) {
  Digest digest;
  unsigned size = 0;
  WEIR_CHECK(EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) == 1, "SHA-256");
  return digest;
}

struct Sha256::Context {
  EVP_MD_CTX* of = EVP_MD_CTX_new();
  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { EVP_MD_CTX_free(of); }
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  WEIR_CHECK(context_->of != nullptr && EVP_DigestInit_ex(context_->of, EVP_sha256(), nullptr) == 1, "SHA-256");
}
Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) {
  WEIR_CHECK(EVP_DigestUpdate(context_->of, bytes.data(), bytes.size()) == 1, "SHA-256");
}

Digest Sha256::finish() {
  Digest digest;
  unsigned size = 0;
  WEIR_CHECK(EVP_DigestFinal_ex(context_->of, digest.data(), &size) == 1, "SHA-256");
  return digest;
}

Digest hmac_sha256(std::string_view key, std::string_view bytes) {
  Digest digest;
  unsigned size = 0;
  const auto* made =
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), data_of(bytes), bytes.size(), digest.data(), &size);
  WEIR_CHECK(made != nullptr && size == digest.size(), "HMAC-SHA-256");
  return digest;
}

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  fill_random(reinterpret_cast<unsigned char*>(bytes.data()), count);
  return bytes;
}

Key random_key() {
  Key key;
  fill_random(key.data(), key.size());
  return key;
}

bool constant_time_equal(std::string_view left, std::string_view right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

Hash128 case_fingerprint(const Key& key, std::string_view workspace, std::string_view process,
                         std::string_view case_id) {
  std::string bytes = "weir case";
  for (const auto part : {workspace, process, case_id}) append_delimited(bytes, part);
  const auto digest = hmac_sha256(key, bytes);
  return {read_64(digest.data()), read_64(digest.data() + 8)};
}

}  // namespace weir::crypto
