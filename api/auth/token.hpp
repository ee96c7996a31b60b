// Tokens of our own making: `weir_` + base64url(claims, MAC). The MAC is HMAC-SHA-256 by a key of the data folder; no
// field of a token chooses an algorithm, a key's place or an issuer, so there is nothing to confuse.
//
//   claims: version (1 byte, 1) | key id (8) | token id (8) | role (1) | issued, not before, expires (8 each,
//   big-endian
//           seconds since 1970, expires 0: never) | workspace
//   MAC:    32 bytes, over "weir token" NUL claims
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/auth/roles.hpp"
#include "schemas/base/result.hpp"
#include "schemas/base/time.hpp"
#include "schemas/crypto/digest.hpp"

namespace weir::auth {

/// A token that is longer is refused unread.
inline constexpr std::size_t token_bytes_max = 256;
/// How far the clocks of issuer and verifier may differ.
inline constexpr Duration token_leeway = std::chrono::seconds(60);
/// The trail of what happened before anybody was known (audit.hpp); no token is issued for it.
inline constexpr std::string_view node_workspace = "_node";

/// The keys that sign and verify. Immutable, so that threads share it.
class KeyRing {
 public:
  /// Oldest first, at least one; the last one signs, all verify.
  explicit KeyRing(std::vector<crypto::Key> keys);
  /// From `token.key` of the data folder, made when it is not there. Needs no lock of the folder. Error: bad_key_file.
  static Result<KeyRing> open(const std::filesystem::path& data_folder);

  struct Entry {
    std::string id;  // 8 bytes, derived from the key
    crypto::Key key;
  };
  const Entry& newest() const { return entries_.back(); }
  /// Nothing if no key has this id. O(keys).
  const Entry* find(std::string_view id) const;

 private:
  std::vector<Entry> entries_;
};

struct Grant {
  std::string workspace;
  Role role = Role::viewer;
  std::optional<Time> not_before = {};  // else: now
  std::optional<Time> expires = {};     // else: never
};

/// A new token. `bad_request` if the workspace is no plain name or reserved, or the token would expire before it
/// begins.
Result<std::string> issue_token(const KeyRing& keys, const Grant& grant, Time now);

/// What a token that does not hold is told, whatever the fault.
Error invalid_token();

/// Whose token it is; for every fault whatever the one same `invalid_token`. A few microseconds: dearer to look up in a
/// cache than to do. Thread-safe.
Result<Credential> verify_token(const KeyRing& keys, std::string_view token, Time now);

/// The token of a request, given the values of all its `Authorization` fields: exactly one, "Bearer TOKEN".
/// `missing_token` for none, `bad_request` for several, `invalid_token` for another scheme. The view is into the value.
Result<std::string_view> bearer_token(std::span<const std::string_view> authorization_values);

}  // namespace weir::auth
