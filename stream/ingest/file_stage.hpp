// What the reading of one format needs of the reader of the file, and the other way round.
#pragma once

#include <optional>
#include <span>

#include "stream/ingest/file_reader.hpp"

namespace weir::ingest {

struct FileContext {
  FileOptions options;
  EventSink& sink;
  RowErrors errors;
  FileFacts facts;
  std::optional<TimeHabits> habits = {};  // of the whole file, once a first pass has found them
  PiecewiseSink* pieces = nullptr;        // the sink, where several threads may read
  unsigned threads = 1;
};

struct FilePlace {
  std::uint64_t line = 0;
  std::uint32_t column = 0;
};

/// After `again` the same file has to be read once more: FileContext::habits are known now.
enum class Pass : std::uint8_t { complete, again };

/// Decoded bytes of one format to events. After an error nothing more is pushed.
class FileStage {
 public:
  virtual ~FileStage() = default;
  virtual Result<void> push(std::span<const char> bytes) = 0;
  virtual Result<Pass> finish() = 0;
  /// Where the error happened that was just returned.
  virtual FilePlace place() const = 0;
};

std::unique_ptr<FileStage> csv_stage(FileContext& context);
std::unique_ptr<FileStage> xes_stage(FileContext& context);

/// What is wrong with an event that was read. `field`: which column it is about.
struct EventFault {
  std::string_view field;
  Code code;
  std::string_view detail;
};

/// Required fields there, names within their limits, times in order and within the years 1 to 9999.
std::optional<EventFault> fault_of(const EventView& view);
/// `start` and `complete` in lower case, `complete` for nothing, all else as it is.
std::string_view lifecycle_of(std::string_view text);
/// What to tell about a time that could not be read; nothing to tell: `none`.
std::optional<EventFault> fault_of(TimeFault fault, std::string_view field);

}  // namespace weir::ingest
