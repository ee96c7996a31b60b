#include <cstdio>

#include "api/app/commands.hpp"
#include "api/auth/token.hpp"
#include "schemas/base/clock.hpp"

namespace weir::app {

int print_token(const Settings& settings) {
  const std::string_view command = name_of(Command::token);
  std::error_code cannot;
  std::filesystem::create_directories(settings.data, cannot);
  const auto keys = auth::KeyRing::open(settings.data);
  if (!keys) return failed(command, keys.error());
  const SystemClock clock;
  const Time now = clock.now();
  auth::Grant grant;
  grant.workspace = settings.workspace;
  grant.role = auth::role_of(settings.role).value_or(auth::Role::viewer);
  if (settings.expires_seconds > 0) {
    grant.expires = now + std::chrono::seconds{static_cast<std::int64_t>(settings.expires_seconds)};
  }
  const auto token = auth::issue_token(*keys, grant, now);
  if (!token) return failed(command, token.error());
  std::printf("%s\n", token->c_str());
  return 0;
}

}  // namespace weir::app
