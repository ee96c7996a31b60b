// XML of an XES file to its parts: the one door to expat. Knows where an element may stand and how large things may
// get; what events mean is its handler's business.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "schemas/base/result.hpp"
#include "stream/ingest/file_stage.hpp"
#include "stream/ingest/xes_event.hpp"

namespace weir::ingest {

enum class XesScope : std::uint8_t { log, trace_global, event_global, trace, event };

/// Called in the order of the file. An error ends it.
class XesHandler {
 public:
  virtual ~XesHandler() = default;
  virtual Result<void> classifier(std::string_view name, std::string_view keys) = 0;
  virtual Result<void> trace_begins() = 0;
  virtual Result<void> event_begins(FilePlace place) = 0;
  /// `depth` 0: of the trace, event or global itself; else nested in the last attribute of depth - 1.
  virtual Result<void> attribute(XesScope scope, std::size_t depth, XesType type, std::string_view key,
                                 std::string_view value) = 0;
  virtual Result<void> event_ends() = 0;
  virtual Result<void> trace_ends() = 0;
};

/// Strict about the structure of the standard (IEEE 1849) and, in the header, about values; lenient about the values of
/// traces and events, which only concern those.
class XesReader {
 public:
  static constexpr std::size_t depth_max = 64;
  static constexpr std::size_t token_bytes_max = 1 << 20;

  /// The handler must outlive this.
  explicit XesReader(XesHandler& handler);
  ~XesReader();
  XesReader(const XesReader&) = delete;
  XesReader& operator=(const XesReader&) = delete;

  /// Pieces of at most 256 KiB. Errors: bad_xml, bad_xes, doctype_refused, too_deep, line_too_long (a token of more
  /// than 1 MiB), and the handler's.
  Result<void> push(std::span<const char> bytes);
  Result<void> finish();
  FilePlace place() const;

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace weir::ingest
