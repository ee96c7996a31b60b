// What the first bytes of a CSV tell about the whole: delimiter, quote, header, columns, mapping.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stream/ingest/columns.hpp"
#include "stream/ingest/csv_rows.hpp"

namespace weir::ingest {

struct CsvPlan {
  CsvDialect dialect;
  std::size_t skipped_rows = 0;      // `sep=;` and the header
  std::vector<std::string> columns;  // names, UTF-8, unique; `#3` where there is none
  ColumnMapping mapping;
  std::optional<Error> unmapped;  // missing_column: no event can be made by the mapping
  bool own_export = false;
  std::vector<std::vector<std::string>> first_rows;  // the first few data rows, as text
};

/// Enough for a header and for rows to judge by.
inline constexpr std::size_t csv_head_bytes = 256 * 1024;

/// `head`: the file's first bytes without BOM; all of it if `whole`. `delimiter`: as declared, or NUL to find out.
/// Nothing: no row ends within them, more are needed. Errors: those of CsvRows, empty_file, duplicate_header,
/// too_many_columns; all are about the header.
Result<std::optional<CsvPlan>> plan_csv(std::string_view head, bool whole, char delimiter,
                                        const std::vector<ColumnChoice>& choices);

/// A cell as text: itself if it is UTF-8, else read as Windows-1252.
std::string utf8_of(std::string_view cell);

}  // namespace weir::ingest
