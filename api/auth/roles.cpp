#include "api/auth/roles.hpp"

#include <array>

namespace weir::auth {
namespace {

constexpr std::uint32_t bit(Permission permission) { return 1u << static_cast<unsigned>(permission); }

template <class... Permissions>
constexpr std::uint32_t set_of(Permissions... permissions) {
  return (bit(permissions) | ...);
}

struct RoleEntry {
  std::string_view name;
  std::uint32_t permissions;
};

using enum Permission;

// In the order of Role.
constexpr std::array<RoleEntry, 4> roles{{
    {"admin", set_of(append_events, use_uploads, read_views, export_events, write_documents, handle_alerts,
                     read_dead_letters, replay_dead_letters, erase_cases, read_audit, manage_access, use_session)},
    {"analyst", set_of(use_uploads, read_views, export_events, write_documents, handle_alerts, read_dead_letters,
                       replay_dead_letters, use_session)},
    {"viewer", set_of(read_views, use_session)},
    {"producer", set_of(append_events, use_uploads, use_session)},
}};

const RoleEntry& entry_of(Role role) { return roles[static_cast<std::size_t>(role)]; }

}  // namespace

std::string_view name_of(Role role) { return entry_of(role).name; }

std::optional<Role> role_of(std::string_view name) {
  for (std::size_t i = 0; i < roles.size(); ++i) {
    if (roles[i].name == name) return static_cast<Role>(i);
  }
  return std::nullopt;
}

bool allows(Role role, Permission permission) { return (entry_of(role).permissions & bit(permission)) != 0; }

Result<void> authorise(const Credential& credential, Permission permission) {
  if (allows(credential.role, permission)) return {};
  return Error{Code::forbidden, "The role " + std::string(name_of(credential.role)) + " does not have this right."};
}

}  // namespace weir::auth
