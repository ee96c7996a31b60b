// Who may do what. Four roles, one table, one function that enforces it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "schemas/base/result.hpp"

namespace weir::auth {

enum class Role : std::uint8_t { admin, analyst, viewer, producer };

/// What a route asks for. The table of roles.cpp says who has it.
enum class Permission : std::uint8_t {
  append_events,    // POST events
  use_uploads,      // POST an upload, see its progress, withdraw it
  read_views,       // map, variants, KPIs, cases, subscriptions
  export_events,    // the events themselves, in bulk
  write_documents,  // settings of a process, control documents
  read_dead_letters,
  replay_dead_letters,
  erase_cases,
  read_audit,
};

std::string_view name_of(Role role);
std::optional<Role> role_of(std::string_view name);

bool allows(Role role, Permission permission);

/// What a valid token says about its bearer.
struct Credential {
  std::string workspace;
  Role role = Role::viewer;
  std::string token_id;  // names the token without being it; safe to log

  friend bool operator==(const Credential&, const Credential&) = default;
};

/// Nothing, or `forbidden`.
Result<void> authorise(const Credential& credential, Permission permission);

}  // namespace weir::auth
