// What the first bytes of a CSV tell about the whole: delimiter, quote, and the plan of its table.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stream/ingest/csv_rows.hpp"
#include "stream/ingest/table_plan.hpp"

namespace weir::ingest {

struct CsvPlan {
  CsvDialect dialect;
  TablePlan table;
};

/// Enough for a header and for rows to judge by.
inline constexpr std::size_t csv_head_bytes = 256 * 1024;

/// `head`: the file's first bytes without BOM; all of it if `whole`. `delimiter`: as declared, or NUL to find out.
/// Nothing: no row ends within them, more are needed. Errors: those of CsvRows, empty_file, duplicate_header,
/// too_many_columns; all are about the header.
Result<std::optional<CsvPlan>> plan_csv(std::string_view head, bool whole, char delimiter,
                                        const std::vector<ColumnChoice>& choices);

}  // namespace weir::ingest
