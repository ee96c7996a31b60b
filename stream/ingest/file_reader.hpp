// Reads an uploaded file: bytes go in as they arrive, events come out. CSV and XES, plain or gzip, told apart by
// content. Memory is constant (a few MiB) whatever the file's size.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "schemas/base/result.hpp"
#include "schemas/calendar/zone.hpp"
#include "stream/ingest/event_view.hpp"
#include "stream/ingest/time_text.hpp"

namespace weir::ingest {

/// `field=column` as a person writes it: the column by its name or by its place (`#3`); empty: the field has none.
struct ColumnChoice {
  std::string field;  // case_id, activity, timestamp, start, id, lifecycle, instance, resource
  std::string column;
};

struct FileOptions {
  std::vector<ColumnChoice> map;                // what is not named here is inferred
  std::optional<Zone> zone;                     // of times without an offset; none: those rows are missing_zone
  DateOrder date_order = DateOrder::undecided;  // of 03/04/2020; undecided: the whole file decides
  char delimiter = '\0';                        // of a CSV's cells; NUL: found out
  std::string classifier;  // XES: the declared classifier that names activities; empty: concept:name
};

enum class FileFormat : std::uint8_t { unknown, csv, xes };

/// What a reader found out about its file.
struct FileFacts {
  FileFormat format = FileFormat::unknown;
  bool gzip = false;
  std::uint64_t bytes = 0;            // pushed, before inflation
  std::uint64_t rows = 0;             // data rows or XES events met
  std::uint64_t events = 0;           // of those, handed to the sink
  std::vector<std::string> columns;   // CSV: the header; places (`#3`) where it has no name
  std::vector<ColumnChoice> mapping;  // CSV: the columns in use
  std::uint64_t text_times = 0;       // XES: times that the log does not declare as dates, read all the same
  bool zoneless = false;              // times without an offset were met
  std::vector<std::vector<std::string>> first_rows = {};  // CSV: a few, as text
};

/// Where a CSV writes days and months as 03/04/2020 and its beginning does not tell which is which, the first pass only
/// looks; finish() then answers `again`, and after rewind() the same bytes have to be pushed once more.
enum class Pass : std::uint8_t { complete, again };

/// One file. Not thread-safe. An error ends the file: it is also the last of errors(), and every later call repeats it.
/// Events handed out before it stay the caller's to withdraw.
///
/// Errors of the file: unsupported_format, empty_file, bad_archive, decompression_limit, bad_encoding, bad_csv,
/// line_too_long, too_many_columns, duplicate_header, missing_column, ambiguous_date_order, bad_xml, bad_xes, too_deep,
/// doctype_refused. Errors of a row: ragged_row, bad_csv, missing_value, bad_timestamp, missing_zone, schema,
/// attributes_limit, bad_xes.
class FileReader {
 public:
  /// The sink must outlive the reader.
  FileReader(FileOptions options, EventSink& sink);
  /// The same by up to `threads` threads, of which the caller's is one: events, errors and facts are those that one
  /// thread would find.
  FileReader(FileOptions options, PiecewiseSink& sink, unsigned threads);
  ~FileReader();
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;

  Result<void> push(std::span<const char> bytes);
  Result<Pass> finish();
  /// Back to the first byte, keeping what was learnt. Only after finish() answered `again`.
  void rewind();

  const RowErrors& errors() const;
  const FileFacts& facts() const;

 private:
  class Pipeline;
  std::unique_ptr<Pipeline> pipeline_;
};

/// Reads a whole file from disk through `reader`, twice where it must. Errors: those of the file; not_found.
Result<void> read_file(const std::string& path, FileReader& reader);

}  // namespace weir::ingest
