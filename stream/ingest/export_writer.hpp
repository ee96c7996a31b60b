// Writes events as a file that people and other tools open, and that imports here to the same events. Events of a case
// are given in trace order: their place in the file is their sequence when they come back.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/event.hpp"

namespace weir::ingest {

/// Appends text to the caller's buffer, which the caller drains whenever it likes. Constant memory.
class ExportWriter {
 public:
  virtual ~ExportWriter() = default;
  virtual void begin(std::string& out) = 0;
  virtual void event(const Event& event, std::string& out) = 0;
  virtual void end(std::string& out) = 0;
};

/// RFC 4180 in UTF-8 with LF. Columns: the fields, then `attribute_columns`, then `weir:attributes`, a JSON object of
/// the attributes that have no column; the presence of that column marks an export of ours. A cell that a spreadsheet
/// would run (= + - @ tab CR NUL) and a cell that begins with an apostrophe get a leading apostrophe, which the import
/// of such a file takes off again. Numbers are left alone: -5 is a number, not a formula. An attribute that is a string
/// but looks like JSON is written as a JSON string.
std::unique_ptr<ExportWriter> csv_writer(std::vector<std::string> attribute_columns);

/// XES 1849-2016, one trace per run of events of a case. Characters that XML 1.0 cannot hold are written as the
/// pictures of them (U+2400…); null is an empty list.
std::unique_ptr<ExportWriter> xes_writer();

/// One JSON object per line, as POST /v1/events takes it.
std::unique_ptr<ExportWriter> ndjson_writer();

}  // namespace weir::ingest
