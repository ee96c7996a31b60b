// What the beginning of a file tells before anybody sends the whole of it.
#pragma once

#include <optional>
#include <vector>

#include "schemas/base/event.hpp"
#include "stream/ingest/file_reader.hpp"

namespace weir::ingest {

struct FilePreview {
  FileFacts facts;
  std::vector<Event> events;     // the first few, as they would be read
  std::vector<RowError> errors;  // of rows near the beginning
  std::optional<Error> failure;  // the file would be refused
  bool asks_zone = false;        // its times have no zone and none is declared
  bool asks_date_order = false;  // all of it was seen, and nothing in it tells day from month
};

/// `head`: the file's first bytes; all of it if `whole`, and always of an XLSX. What only its end can tell (a cut
/// archive, the order of dates) is not judged without it. Reads some thousand rows, or all where it needs them to know
/// the order of dates.
FilePreview preview_file(FileBytes& head, bool whole, FileOptions options);

}  // namespace weir::ingest
