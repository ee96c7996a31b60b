// Who sends a request, and whether that still holds: tokens, the registry that can revoke them, sessions, and the
// directory that says what their users are.
#pragma once

#include <string>
#include <string_view>

#include "api/auth/directory_file.hpp"
#include "api/auth/sessions.hpp"
#include "api/auth/token.hpp"
#include "api/auth/token_registry.hpp"

namespace weir::auth {

/// Thread-safe. Memory only, but for flush().
class Access {
 public:
  /// All must outlive it.
  Access(const KeyRing& keys, DirectoryFile& directory, Sessions& sessions, TokenRegistry& tokens, const Clock& clock);

  /// `invalid_token` for every fault. Counts as use.
  Result<Credential> by_token(std::string_view token);
  /// By what the cookie holds. `session_over` for every fault. Counts as use.
  Result<Credential> by_session(std::string_view secret);

  /// For connections that stay open: the credential as it is now, with the role that its bearer has now. Counts as use.
  /// `invalid_token`, `session_over`: it is no more; `forbidden`: its user has no role in the workspace any more.
  Result<Credential> renew(const Credential& credential);

  /// Writes what use has changed and forgets what is over: once a minute, and when the server stops. Not from an I/O
  /// thread. Error: storage_failed.
  Result<void> flush();

 private:
  Result<Credential> credential_of(const Session& session, std::string_view workspace) const;

  const KeyRing& keys_;
  DirectoryFile& directory_;
  Sessions& sessions_;
  TokenRegistry& tokens_;
  const Clock& clock_;
};

}  // namespace weir::auth
