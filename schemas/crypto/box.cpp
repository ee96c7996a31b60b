#include "schemas/crypto/box.hpp"

#include <sodium.h>

namespace weir::crypto {
namespace {

constexpr std::size_t nonce_bytes = crypto_secretbox_NONCEBYTES;
constexpr std::size_t mac_bytes = crypto_secretbox_MACBYTES;
static_assert(sizeof(Key) == crypto_secretbox_KEYBYTES);

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

}  // namespace

std::string lock_up(const Key& key, std::string_view plain) {
  const std::string nonce = random_bytes(nonce_bytes);
  std::string locked(mac_bytes + plain.size(), '\0');
  crypto_secretbox_easy(bytes(locked), bytes(plain), plain.size(), bytes(nonce), key.data());
  return nonce + locked;
}

std::optional<std::string> unlock(const Key& key, std::string_view locked) {
  if (locked.size() < nonce_bytes + mac_bytes) return std::nullopt;
  const std::string_view nonce = locked.substr(0, nonce_bytes), box = locked.substr(nonce_bytes);
  std::string plain(box.size() - mac_bytes, '\0');
  const int failed = crypto_secretbox_open_easy(bytes(plain), bytes(box), box.size(), bytes(nonce), key.data());
  return failed == 0 ? std::optional(std::move(plain)) : std::nullopt;
}

}  // namespace weir::crypto
