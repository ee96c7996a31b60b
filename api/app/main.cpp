#include <cstdio>

#include "api/app/commands.hpp"
#include "api/app/discover.hpp"
#include "api/app/settings.hpp"
#include "schemas/base/check.hpp"

namespace weir::app {
namespace {

int run(const Settings& settings) {
  switch (settings.command) {
    case Command::serve:
      return serve(settings);
    case Command::demo:
      return demo(settings);
    case Command::discover:
      return discover(settings);
    case Command::ingest:
      return ingest_file(settings);
    case Command::token:
      return print_token(settings);
    case Command::user:
      return keep_users(settings);
    case Command::export_:
      return export_process(settings);
  }
  WEIR_CHECK(false, "every command is known");
}

}  // namespace

int failed(std::string_view command, const Error& error) {
  const std::string_view what = error.detail.empty() ? title_of(error.code) : std::string_view{error.detail};
  std::fprintf(stderr, "weir %.*s: %.*s: %.*s\n", static_cast<int>(command.size()), command.data(),
               static_cast<int>(name_of(error.code).size()), name_of(error.code).data(), static_cast<int>(what.size()),
               what.data());
  return 1;
}

}  // namespace weir::app

int main(int count, char** arguments) {
  const auto parsed = weir::app::parse_settings({arguments + 1, arguments + count}, weir::app::weir_environment());
  if (!parsed.settings) {
    std::fputs(parsed.text.c_str(), parsed.exit_code == 0 ? stdout : stderr);
    return parsed.exit_code;
  }
  return weir::app::run(*parsed.settings);
}
