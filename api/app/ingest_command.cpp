// `weir ingest FILE`: sends the file, then watches the server read it.
#include <condition_variable>
#include <cstdio>
#include <mutex>

#include <unistd.h>

#include "api/app/commands.hpp"
#include "api/app/remote.hpp"
#include "schemas/codec/json_reader.hpp"

namespace weir::app {
namespace {

constexpr std::chrono::milliseconds poll_wait{200};
constexpr int bar_width = 40;

/// A bar on stderr when people watch; silent otherwise.
class ProgressBar {
 public:
  void show(const char* what, double share) {
    if (!terminal_) return;
    const int filled = static_cast<int>(share * bar_width);
    const std::string done(static_cast<std::size_t>(filled), '#'),
        left(static_cast<std::size_t>(bar_width - filled), '.');
    std::fprintf(stderr, "\r%-8s [%s%s] %3d %%", what, done.c_str(), left.c_str(), static_cast<int>(share * 100));
  }
  void end() {
    if (terminal_) std::fputc('\n', stderr);
  }

 private:
  const bool terminal_ = ::isatty(STDERR_FILENO) == 1;
};

std::string target_of(const Settings& settings) {
  std::string target = "/v1/uploads?process=" + net::url_encoded(settings.process);
  if (!settings.zone.empty()) target += "&zone=" + net::url_encoded(settings.zone);
  if (!settings.classifier.empty()) target += "&classifier=" + net::url_encoded(settings.classifier);
  if (!settings.sheet.empty()) target += "&sheet=" + net::url_encoded(settings.sheet);
  for (const std::string& choice : settings.map) target += "&map=" + net::url_encoded(choice);
  return target;
}

/// What the command needs of an upload's answer.
struct Standing {
  std::string state;
  double progress = 0;
  std::uint64_t rows = 0, accepted = 0, rejected = 0;
  std::string failure;
};

std::string text_of(const JsonValue& object, std::string_view name) {
  std::string scratch;
  const auto value = object.find(name);
  return value && value->is(JsonKind::string) ? std::string{value->text(scratch)} : std::string{};
}

std::uint64_t count_of(const JsonValue& object, std::string_view name) {
  const auto value = object.find(name);
  return value && value->is(JsonKind::number) ? value->as_uint64().value_or(0) : 0;
}

Result<Standing> standing_of(const net::ClientAnswer& answer) {
  if (answer.status != 200) return error_of(answer);
  JsonParser parser;
  const auto upload = parser.parse(answer.body);
  if (!upload) return upload.error();
  Standing standing{text_of(*upload, "state"),     0, count_of(*upload, "rows"), count_of(*upload, "accepted"),
                    count_of(*upload, "rejected"), {}};
  if (const auto progress = upload->find("progress"); progress && progress->is(JsonKind::number)) {
    standing.progress = progress->as_double();
  }
  if (const auto failure = upload->find("failure"); failure && failure->is(JsonKind::object)) {
    standing.failure = text_of(*failure, "code") + ": " + text_of(*failure, "detail");
  }
  return standing;
}

Result<std::string> send(net::Client& client, const Settings& settings, ProgressBar& bar) {
  const auto sent = client.post_file(target_of(settings), settings.file, [&](std::uint64_t bytes, std::uint64_t of) {
    bar.show("sending", of == 0 ? 1.0 : static_cast<double>(bytes) / static_cast<double>(of));
  });
  if (!sent) return sent.error();
  if (sent->status != 202) return error_of(*sent);
  JsonParser parser;
  const auto document = parser.parse(sent->body);
  if (!document) return document.error();
  return text_of(*document, "upload");
}

Result<Standing> watch(net::Client& client, const std::string& upload, ProgressBar& bar) {
  std::mutex mutex;
  std::condition_variable never;
  while (true) {
    const auto answer = client.get("/v1/uploads/" + upload);
    if (!answer) return answer.error();
    auto standing = standing_of(*answer);
    if (!standing) return standing;
    bar.show("reading", standing->progress);
    if (standing->state != "waiting" && standing->state != "reading") return standing;
    std::unique_lock lock{mutex};
    never.wait_for(lock, poll_wait);
  }
}

}  // namespace

int ingest_file(const Settings& settings) {
  const std::string_view command = name_of(settings.command);
  auto client = connect(settings);
  if (!client) return failed(command, client.error());
  ProgressBar bar;
  const auto upload = send(*client, settings, bar);
  const auto standing = upload ? watch(*client, *upload, bar) : Result<Standing>{upload.error()};
  bar.end();
  if (!standing) return failed(command, standing.error());
  std::printf("upload %s: %s, %llu rows, %llu accepted, %llu rejected\n", upload->c_str(), standing->state.c_str(),
              static_cast<unsigned long long>(standing->rows), static_cast<unsigned long long>(standing->accepted),
              static_cast<unsigned long long>(standing->rejected));
  if (!standing->failure.empty()) std::fprintf(stderr, "weir ingest: %s\n", standing->failure.c_str());
  return standing->state == "done" ? 0 : 1;
}

}  // namespace weir::app
