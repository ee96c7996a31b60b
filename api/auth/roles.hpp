// Who may do what. Four roles, one table, one function that enforces it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "schemas/base/result.hpp"
#include "schemas/base/time.hpp"

namespace weir::auth {

enum class Role : std::uint8_t { admin, analyst, viewer, producer };

/// What a route asks for. The table of roles.cpp says who has it.
enum class Permission : std::uint8_t {
  append_events,    // POST events
  use_uploads,      // POST an upload, see its progress, withdraw it
  read_views,       // map, variants, KPIs, cases, subscriptions
  export_events,    // the events themselves, in bulk
  write_documents,  // settings of a process, control documents
  handle_alerts,    // acknowledge, resolve, silence
  read_dead_letters,
  replay_dead_letters,
  erase_cases,
  read_audit,
  manage_access,  // users and tokens of the workspace
  use_session,    // one's own
};

std::string_view name_of(Role role);
std::optional<Role> role_of(std::string_view name);

bool allows(Role role, Permission permission);

/// What a valid token or session says about who sends it.
struct Credential {
  std::string workspace;
  Role role = Role::viewer;
  std::string token_id;              // names the token or session without being it; safe to log
  std::string user = {};             // whose session it is; empty: a token
  std::optional<Time> expires = {};  // of a token; none: never

  bool is_session() const { return !user.empty(); }
  /// Who did it, for the audit: "user:NAME", or the token's id.
  std::string actor() const { return is_session() ? "user:" + user : token_id; }
  friend bool operator==(const Credential&, const Credential&) = default;
};

/// Nothing, or `forbidden`.
Result<void> authorise(const Credential& credential, Permission permission);

}  // namespace weir::auth
