// `weir export`: the events of a process as a file, from a running server, or from a data folder that none holds.
#include <cstdio>
#include <memory>

#include "api/app/commands.hpp"
#include "api/app/remote.hpp"

namespace weir::app {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const {
    if (file != stdout) std::fclose(file);
  }
};

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
  if (!written || std::fflush(out) != 0) return Error{Code::storage_failed, "the output cannot be written"};
  return {};
}

}  // namespace

int export_process(const Settings& settings) {
  const std::string_view command = name_of(settings.command);
  const std::unique_ptr<std::FILE, CloseFile> out{settings.output.empty() ? stdout
                                                                          : std::fopen(settings.output.c_str(), "wb")};
  if (!out) return failed(command, {Code::storage_failed, "the output cannot be written"});
  const auto exported = export_from_server(settings, out.get());
  return exported ? 0 : failed(command, exported.error());
}

}  // namespace weir::app
