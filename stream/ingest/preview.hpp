// What the beginning of a file tells before anybody sends the whole of it.
#pragma once

#include <optional>
#include <span>
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

/// `head`: the file's first bytes; all of it if `whole`. What only its end can tell (a cut archive, the order of dates)
/// is not judged without it. O(what `head` inflates to).
FilePreview preview_file(std::span<const char> head, bool whole, FileOptions options);

}  // namespace weir::ingest
