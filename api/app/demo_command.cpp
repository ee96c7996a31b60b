// `weir demo`: a server that shows something, on a data folder that goes with it.
#include <cstdio>
#include <cstdlib>

#include "api/app/commands.hpp"
#include "api/app/demo.hpp"
#include "api/app/file_options.hpp"
#include "api/app/run_server.hpp"

namespace weir::app {
namespace {

/// A folder of its own, removed with all that is in it.
class TemporaryFolder {
 public:
  TemporaryFolder() : path_((std::filesystem::temp_directory_path() / "weir-demo-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  ~TemporaryFolder() {
    std::error_code left_behind;
    if (!path_.empty()) std::filesystem::remove_all(path_, left_behind);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  /// Empty: it could not be made.
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

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
    settings.data = temporary.emplace().path();
    if (settings.data.empty()) {
      return failed(name_of(settings.command), {Code::storage_failed, "cannot make a temporary folder"});
    }
  }
  return run_server(settings, [&replay](Node& node) { return Demo::open(node, std::move(replay)); });
}

}  // namespace weir::app
