#include "api/auth/access.hpp"

namespace weir::auth {
namespace {

Error session_over() { return {Code::session_over, ""}; }

}  // namespace

Access::Access(const KeyRing& keys, DirectoryFile& directory, Sessions& sessions, TokenRegistry& tokens,
               const Clock& clock)
    : keys_(keys), directory_(directory), sessions_(sessions), tokens_(tokens), clock_(clock) {}

Result<Credential> Access::by_token(std::string_view token) {
  auto credential = verify_token(keys_, token, clock_.now());
  if (credential && !tokens_.use(*credential)) return invalid_token();
  return credential;
}

Result<Credential> Access::by_session(std::string_view secret) {
  const auto session = sessions_.find(secret);
  if (!session) return session_over();
  auto credential = credential_of(*session, session->workspace);
  if (!credential) return session_over();
  return credential;
}

Result<Credential> Access::renew(const Credential& credential) {
  if (credential.is_session()) {
    const auto session = sessions_.find_id(credential.token_id);
    if (!session) return session_over();
    return credential_of(*session, credential.workspace);
  }
  const bool past = credential.expires && clock_.now() >= *credential.expires + token_leeway;
  if (past || !tokens_.use(credential)) return invalid_token();
  return credential;
}

Result<Credential> Access::credential_of(const Session& session, std::string_view workspace) const {
  const auto directory = directory_.current();
  const User* user = directory->find(session.user);
  if (user == nullptr || user->generation != session.generation) return session_over();
  const auto role = user->role_in(workspace);
  if (!role) return Error{Code::forbidden, "The user has no role in this workspace any more."};
  return Credential{.workspace = std::string(workspace), .role = *role, .token_id = session.id, .user = session.user};
}

Result<void> Access::flush() {
  const auto directory = directory_.current();
  const auto flushed = sessions_.flush([&](const Session& session) {
    const User* user = directory->find(session.user);
    return user != nullptr && user->generation == session.generation;
  });
  if (!flushed) return flushed;
  return tokens_.flush();
}

}  // namespace weir::auth
