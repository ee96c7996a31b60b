#include <cstdio>

#include "api/app/commands.hpp"
#include "api/app/discover.hpp"
#include "api/app/settings.hpp"
#include "schemas/base/check.hpp"

// Read by jemalloc when the process begins: what is freed goes back to the system within a second or so, by a thread of
// its own. With ten seconds, the default, buffers of changing sizes leave a third on top of what is in use.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "background_thread:true,dirty_decay_ms:1000,muzzy_decay_ms:0";
}

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
    case Command::backup:
      return back_up(settings);
    case Command::restore:
      return restore(settings);
    case Command::doctor:
      return doctor(settings);
    case Command::checkpoint:
      return checkpoints(settings);
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
  try {
    return weir::app::run(*parsed.settings);
  } catch (const std::exception& error) {  // no memory, no thread: the machine is short of it (reliability F21)
    std::fprintf(stderr, "weir: the machine gives no more of what is needed: %s\n", error.what());
    return 1;
  }
}
