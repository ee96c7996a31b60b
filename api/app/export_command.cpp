// `weir export`: the events of a process as a file, from a running server, or from a data folder that none holds.
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "api/app/commands.hpp"
#include "api/app/export_stream.hpp"
#include "api/app/node.hpp"
#include "api/app/remote.hpp"

namespace weir::app {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const {
    if (file != stdout) std::fclose(file);
  }
};

Error output_failed() { return {Code::storage_failed, "the output cannot be written"}; }

Result<void> export_from_server(const Settings& settings, std::FILE* out) {
  auto client = connect(settings);
  if (!client) return client.error();
  bool written = true;
  const auto answer =
      client->get_pieces("/v1/processes/" + net::url_encoded(settings.process) + "/export?format=" + settings.format,
                         [&](std::string_view piece) {
                           return written = std::fwrite(piece.data(), 1, piece.size(), out) == piece.size();
                         });
  if (!answer) return answer.error();
  if (answer->status != 200) return error_of(*answer);
  return written && std::fflush(out) == 0 ? Result<void>{} : output_failed();
}

/// Opens the folder as a server would, lets it take what its log holds, and reads.
Result<void> export_from_folder(Settings settings, std::FILE* out) {
  constexpr std::uint64_t memory_bytes = 512 << 20;
  settings.memory_bytes = memory_bytes;
  const SystemClock clock;
  Logger logger({LogLevel::error, 64, {}}, clock);
  const auto node = Node::open(settings, clock, logger, [](const Error& error) {
    failed(name_of(Command::export_), error);
    std::_Exit(1);
  });
  if (!node) return node.error();
  (*node)->start();
  (*node)->stop();
  auto snapshots = (*node)->snapshots();
  if (!snapshots) return snapshots.error();
  ExportStream stream(*std::move(snapshots), settings.workspace, settings.process, settings.format);
  while (true) {
    const auto piece = stream.next();
    if (!piece) return piece.error();
    if (piece->empty()) break;
    if (std::fwrite(piece->data(), 1, piece->size(), out) != piece->size()) return output_failed();
  }
  return std::fflush(out) == 0 ? Result<void>{} : output_failed();
}

}  // namespace

int export_process(const Settings& settings) {
  const std::string_view command = name_of(settings.command);
  const std::unique_ptr<std::FILE, CloseFile> out{settings.output.empty() ? stdout
                                                                          : std::fopen(settings.output.c_str(), "wb")};
  if (!out) return failed(command, output_failed());
  const auto exported =
      settings.data.empty() ? export_from_server(settings, out.get()) : export_from_folder(settings, out.get());
  return exported ? 0 : failed(command, exported.error());
}

}  // namespace weir::app
