// `weir user`: the directory of users from beside the server, which takes over within a second what is done here.
#include <cstdio>

#include "api/app/commands.hpp"
#include "api/auth/sign_in_link.hpp"
#include "schemas/base/clock.hpp"
#include "schemas/crypto/password.hpp"

namespace weir::app {
namespace {

using auth::Directory;

/// Something to be printed alone, as `weir token` does; empty: nothing.
using Outcome = Result<std::string>;

void add_deed(Directory& directory, Time now, const std::string& workspace, std::string action,
              const std::string& name) {
  directory.add_deed({now, workspace, std::move(action), name});
}

Outcome add(auth::DirectoryFile& file, const Settings& settings, Time now) {
  const std::string& name = settings.user_name;
  const auth::Role role = auth::role_of(settings.role).value_or(auth::Role::viewer);
  const bool is_known = file.current()->find(name) != nullptr;
  const bool is_made = !is_known && settings.password.empty();
  const std::string password = is_made ? auth::make_password() : settings.password;
  std::string hash = password.empty() ? std::string{} : crypto::hash_password(password);
  const auto changed = file.change([&](Directory& directory) -> Result<void> {
    const auto done = hash.empty() ? directory.give_role(name, settings.workspace, role)
                                   : directory.add(name, std::move(hash), settings.workspace, role, now);
    if (done) add_deed(directory, now, settings.workspace, "user.add", name);
    return done;
  });
  if (!changed) return changed.error();
  return is_made ? password : std::string{};
}

Outcome set_password(auth::DirectoryFile& file, const Settings& settings, Time now) {
  const std::string& name = settings.user_name;
  const std::string password = settings.password.empty() ? auth::make_password() : settings.password;
  std::string hash = crypto::hash_password(password);
  const auto changed = file.change([&](Directory& directory) -> Result<void> {
    directory.add_deeds(now, "user.put", name);
    return directory.set_password(name, std::move(hash));
  });
  if (!changed) return changed.error();
  return settings.password.empty() ? password : std::string{};
}

Outcome remove(auth::DirectoryFile& file, const Settings& settings, Time now) {
  const std::string& name = settings.user_name;
  const auto changed = file.change([&](Directory& directory) -> Result<void> {
    if (settings.workspace.empty()) {
      directory.add_deeds(now, "user.remove", name);
      return directory.remove(name);
    }
    add_deed(directory, now, settings.workspace, "user.remove", name);
    return directory.take_role(name, settings.workspace);
  });
  if (!changed) return changed.error();
  return std::string{};
}

/// A line for each role: user, workspace, role, with tabs between.
std::string list(const Directory& directory) {
  std::string text;
  for (const auto& [name, user] : directory.users()) {
    for (const auto& [workspace, role] : user.roles) {
      if (!text.empty()) text += '\n';
      text.append(name).append(1, '\t').append(workspace).append(1, '\t').append(auth::name_of(role));
    }
  }
  return text;
}

Outcome act(auth::DirectoryFile& file, const Settings& settings, Time now) {
  const auto fault =
      settings.password.empty() ? std::nullopt : auth::fault_of_password(settings.password, settings.user_name);
  if (fault) return Error{Code::bad_request, "the password " + *fault};
  if (settings.action == "add") return add(file, settings, now);
  if (settings.action == "password") return set_password(file, settings, now);
  if (settings.action == "link") return auth::make_sign_in_link(file, settings.user_name, now);
  if (settings.action == "remove") return remove(file, settings, now);
  return list(*file.current());
}

}  // namespace

int keep_users(const Settings& settings) {
  const std::string_view command = name_of(Command::user);
  std::error_code cannot;
  std::filesystem::create_directories(settings.data, cannot);
  const auto file = auth::DirectoryFile::open(settings.data);
  if (!file) return failed(command, file.error());
  const SystemClock clock;
  const auto outcome = act(**file, settings, clock.now());
  if (!outcome) return failed(command, outcome.error());
  if (!outcome->empty()) std::printf("%s\n", outcome->c_str());
  return 0;
}

}  // namespace weir::app
