// Reads an uploaded file to events: CSV and XES, plain or gzip, and XLSX, told apart by content. Memory is constant (a
// few MiB) whatever the file's size.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "schemas/base/result.hpp"
#include "schemas/calendar/zone.hpp"
#include "stream/ingest/event_view.hpp"
#include "stream/ingest/file_bytes.hpp"
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
  std::string classifier;         // XES: the declared classifier that names activities; empty: concept:name
  std::string sheet;              // XLSX: its name; empty: the first that is visible
  std::filesystem::path scratch;  // XLSX: where a large table of strings rests; empty: the folder for temporary files
};

/// The numbers are stored: add, never change.
enum class FileFormat : std::uint8_t { unknown = 0, csv = 1, xes = 2, xlsx = 3 };
std::string_view name_of(FileFormat format);

/// What a reader found out about its file.
struct FileFacts {
  FileFormat format = FileFormat::unknown;
  bool gzip = false;
  std::uint64_t bytes = 0;            // read, before inflation
  std::uint64_t rows = 0;             // data rows or XES events met
  std::uint64_t events = 0;           // of those, handed to the sink
  std::vector<std::string> columns;   // CSV, XLSX: the header; places (`#3`) where it has no name
  std::vector<ColumnChoice> mapping;  // CSV, XLSX: the columns in use
  std::uint64_t text_times = 0;       // XES: times that the log does not declare as dates, read all the same
  bool zoneless = false;              // times without an offset were met
  std::vector<std::vector<std::string>> first_rows = {};  // CSV, XLSX: a few, as text
  std::vector<std::string> sheets = {};                   // XLSX: the visible ones, at most 100
  std::string sheet = {};                                 // XLSX: the name of the one that is read
};

/// One file. Not thread-safe. An error ends the file and is also the last of errors(). Events handed out before it stay
/// the caller's to withdraw.
///
/// Errors of the file: unsupported_format, empty_file, bad_archive, decompression_limit, bad_encoding, bad_csv,
/// line_too_long, too_many_columns, duplicate_header, missing_column, ambiguous_date_order, bad_xml, bad_xes, too_deep,
/// doctype_refused, bad_xlsx, missing_sheet, row_limit, storage_failed, storage_full. Errors of a row: ragged_row,
/// bad_csv, missing_value, bad_timestamp, missing_zone, schema, attributes_limit, bad_xes, bad_xlsx, cell_error.
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

  /// Asked between two pieces, with how many bytes of the file are read in the pass at hand; false: the reading ends
  /// there.
  using GoesOn = std::function<bool(std::uint64_t bytes)>;

  /// To the end of the file; twice where a table writes days and months as 03/04/2020 and its beginning does not tell
  /// which is which: the first pass only looks. Once per reader.
  Result<void> read(FileBytes& file, const GoesOn& goes_on = {});

  const RowErrors& errors() const;
  const FileFacts& facts() const;

 private:
  class Pipeline;
  std::unique_ptr<Pipeline> pipeline_;
};

/// Reads a whole file from disk through `reader`. Errors: those of the file; not_found.
Result<void> read_file(const std::string& path, FileReader& reader);

}  // namespace weir::ingest
