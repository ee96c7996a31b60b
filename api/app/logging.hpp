// Structured logs: one JSON object a line on stderr. `ts`, `level`, `msg`, `trace_id` (if given), then the fields.
// Never blocks the caller: lines go through a bounded queue to a thread of its own; when stderr is too slow the oldest
// lines are dropped and counted. Whatever is logged is escaped, bytes that are not UTF-8 become U+FFFD, a text is cut
// at 2 KiB, and a line has at most 16 KiB: fields beyond are left out and `"cut":true` says so.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "schemas/base/clock.hpp"

namespace weir::app {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

std::string_view name_of(LogLevel level);
std::optional<LogLevel> log_level_of(std::string_view name);

struct LogField {
  std::string_view name;  // of the source, not of input
  std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool> value;
};

/// Thread-safe.
class Logger {
 public:
  /// Writes one line, newline included. Called from the logger's thread.
  using Write = std::function<void(std::string_view line)>;

  struct Options {
    LogLevel level = LogLevel::info;
    std::size_t queued_lines_max = 4'096;
    Write write;  // empty: to stderr
  };

  Logger(Options options, const Clock& clock);
  ~Logger();  // writes what is queued

  void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {},
           std::string_view trace_id = {});

  /// The same, but written before it returns: the last words of a process that ends itself.
  void log_at_once(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

  /// Lines that were dropped since start.
  std::uint64_t dropped() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir::app
