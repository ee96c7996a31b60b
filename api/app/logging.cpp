#include "api/app/logging.hpp"

#include <array>
#include <cerrno>

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/sink.h>
#include <unistd.h>

#include "schemas/codec/json_writer.hpp"
#include "schemas/codec/timestamp.hpp"
#include "schemas/codec/utf8.hpp"

namespace weir::app {
namespace {

constexpr std::size_t text_bytes_max = 2 * 1024;
constexpr std::size_t line_bytes_max = 16 * 1024;
constexpr std::string_view cut_mark = R"(,"cut":true)";
constexpr std::array<std::string_view, 4> level_names{"debug", "info", "warning", "error"};

void write_to_stderr(std::string_view line) {
  while (!line.empty()) {
    const auto written = ::write(STDERR_FILENO, line.data(), line.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return;  // nobody is left to tell
    line.remove_prefix(static_cast<std::size_t>(written));
  }
}

// UTF-8 of at most text_bytes_max, give or take the replacements.
std::string presentable(std::string_view text) {
  if (text.size() > text_bytes_max) {
    text = text.substr(0, text_bytes_max);
    for (int i = 0; i < 3 && !is_utf8(text); ++i) text.remove_suffix(1);  // a character may have been cut in two
  }
  if (is_utf8(text)) return std::string(text);
  std::string replaced;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x80) replaced.push_back(c);
    if (static_cast<unsigned char>(c) >= 0x80) replaced += "\xef\xbf\xbd";
  }
  return replaced;
}

std::string render(const LogField& field) {
  std::string json = ",";
  append_json_string(json, field.name);
  json.push_back(':');
  JsonWriter writer(json);
  const auto write = [&]<class Value>(const Value& value) {
    if constexpr (std::is_same_v<Value, std::string_view>) writer.value(presentable(value));
    if constexpr (!std::is_same_v<Value, std::string_view>) writer.value(value);
  };
  std::visit(write, field.value);
  return json;
}

std::string render(Time now, LogLevel level, std::string_view message, std::initializer_list<LogField> fields,
                   std::string_view trace_id) {
  std::string line;
  JsonWriter json(line);
  json.begin_object().member("ts", to_rfc3339(now)).member("level", name_of(level));
  json.member("msg", presentable(message));
  if (!trace_id.empty()) json.member("trace_id", presentable(trace_id).substr(0, 64));
  for (const auto& field : fields) {
    const auto next = render(field);
    if (line.size() + next.size() + cut_mark.size() + 2 > line_bytes_max) {
      line += cut_mark;
      break;
    }
    line += next;
  }
  return line += "}\n";
}

class FunctionSink final : public spdlog::sinks::sink {
 public:
  explicit FunctionSink(Logger::Write write) : write_(std::move(write)) {}

  void log(const spdlog::details::log_msg& message) override {
    write_({message.payload.data(), message.payload.size()});
  }
  void flush() override {}
  // Lines come rendered.
  void set_pattern(const std::string&) override {}
  void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

 private:
  Logger::Write write_;
};

}  // namespace

std::string_view name_of(LogLevel level) { return level_names[static_cast<std::size_t>(level)]; }

std::optional<LogLevel> log_level_of(std::string_view name) {
  for (std::size_t i = 0; i < level_names.size(); ++i) {
    if (level_names[i] == name) return static_cast<LogLevel>(i);
  }
  return std::nullopt;
}

struct Logger::Impl {
  LogLevel level;
  const Clock& clock;
  Write write;
  // Destroyed last to first: the pool's end writes what is queued, with the logger that it belongs to.
  std::shared_ptr<spdlog::async_logger> logger;
  std::shared_ptr<spdlog::details::thread_pool> pool;
};

Logger::Logger(Options options, const Clock& clock) {
  auto write = options.write ? std::move(options.write) : Write(write_to_stderr);
  auto pool = std::make_shared<spdlog::details::thread_pool>(options.queued_lines_max, 1);
  auto logger = std::make_shared<spdlog::async_logger>("weir", std::make_shared<FunctionSink>(write), pool,
                                                       spdlog::async_overflow_policy::overrun_oldest);
  impl_ = std::make_unique<Impl>(options.level, clock, std::move(write), std::move(logger), std::move(pool));
}

Logger::~Logger() = default;

void Logger::log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields,
                 std::string_view trace_id) {
  if (level < impl_->level) return;
  const auto line = render(impl_->clock.now(), level, message, fields, trace_id);
  impl_->logger->log(spdlog::level::critical, spdlog::string_view_t(line.data(), line.size()));
}

void Logger::log_at_once(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (level >= impl_->level) impl_->write(render(impl_->clock.now(), level, message, fields, {}));
}

std::uint64_t Logger::dropped() const { return impl_->pool->overrun_counter(); }

}  // namespace weir::app
