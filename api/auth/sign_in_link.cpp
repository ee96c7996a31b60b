#include "api/auth/sign_in_link.hpp"

#include "schemas/crypto/base64url.hpp"

namespace weir::auth {
namespace {

constexpr Duration link_lifetime = std::chrono::hours(1);
constexpr std::size_t link_bytes = 24;

}  // namespace

Result<std::string> make_sign_in_link(DirectoryFile& file, std::string_view user, Time now) {
  const std::string secret = crypto::to_base64url(crypto::random_bytes(link_bytes));
  const auto changed = file.change([&](Directory& directory) -> Result<void> {
    directory.add_deeds(now, "user.link", user);
    return directory.set_link(user, {crypto::sha256(secret), now + link_lifetime});
  });
  if (!changed) return changed.error();
  return "/#sign-in=" + secret;
}

}  // namespace weir::auth
