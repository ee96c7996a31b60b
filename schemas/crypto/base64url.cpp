#include "schemas/crypto/base64url.hpp"

#include "schemas/crypto/base64_alphabet.hpp"

namespace weir::crypto {
namespace {

constexpr Base64Alphabet alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

}  // namespace

std::string to_base64url(std::string_view bytes) { return alphabet.encode(bytes); }
std::optional<std::string> from_base64url(std::string_view text) { return alphabet.decode(text); }

}  // namespace weir::crypto
