// `weir demo`: a server that shows something, on a data folder that goes with it.
#include <cstdio>

#include "api/app/commands.hpp"
#include "api/app/demo.hpp"
#include "api/app/file_options.hpp"
#include "api/app/run_server.hpp"
#include "api/app/temporary_folder.hpp"

namespace weir::app {
namespace {

Result<std::unique_ptr<ingest::Replay>> open_replay(const Settings& settings) {
  auto options = file_options(settings);
  if (!options) return options.error();
  auto replay = ingest::Replay::open(settings.file, std::move(*options), settings.process,
                                     std::filesystem::temp_directory_path());
  if (replay && (*replay)->rows_left_out() > 0) {
    std::fprintf(stderr, "weir demo: %llu rows were left out; `weir discover` tells which\n",
                 static_cast<unsigned long long>((*replay)->rows_left_out()));
  }
  return replay;
}

}  // namespace

int demo(const Settings& given) {
  Settings settings = given;
  std::unique_ptr<ingest::Replay> replay;
  if (!settings.file.empty()) {
    auto opened = open_replay(settings);
    if (!opened) return failed(name_of(settings.command), opened.error());
    replay = std::move(*opened);
  }
  std::optional<TemporaryFolder> temporary;
  if (settings.data.empty()) {
    auto made = TemporaryFolder::make(std::filesystem::temp_directory_path(), "weir-demo");
    if (!made) return failed(name_of(settings.command), made.error());
    settings.data = temporary.emplace(std::move(*made)).inside();
    settings.is_temporary = true;
  }
  return run_server(settings, [&replay](Node& node) { return Demo::open(node, std::move(replay)); });
}

}  // namespace weir::app
