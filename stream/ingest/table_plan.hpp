// What the first rows of a table tell about the whole: header, columns, mapping.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stream/ingest/columns.hpp"
#include "stream/ingest/table_row.hpp"

namespace weir::ingest {

/// Copies of the first rows: enough to judge by.
class FirstRows : public TableRowSink {
 public:
  static constexpr std::size_t rows_max = 100;

  bool row(const TableRow& row) override;
  const std::vector<std::vector<std::string>>& rows() const { return rows_; }
  /// Cells of each, also of those that are not copied.
  const std::vector<std::size_t>& counts() const { return counts_; }

 private:
  std::vector<std::vector<std::string>> rows_;
  std::vector<std::size_t> counts_;
};

struct TablePlan {
  std::size_t skipped_rows = 0;      // what stands above the data
  std::vector<std::string> columns;  // names, UTF-8, unique; `#3` where there is none
  ColumnMapping mapping;
  std::optional<Error> unmapped;  // missing_column: no event can be made by the mapping
  bool own_export = false;
  std::vector<std::vector<std::string>> first_rows;  // the first few data rows, as text
};

/// `header_at`: which of the rows is the header, if there is one; it is there. `whole`: there are no other rows.
/// Errors, all about the header: empty_file, duplicate_header, too_many_columns, bad_csv (NUL in a name).
Result<TablePlan> plan_table(const FirstRows& first, std::size_t header_at, bool whole,
                             const std::vector<ColumnChoice>& choices);
Error too_many_columns();

/// A cell as text: itself if it is UTF-8, else read as Windows-1252.
std::string utf8_of(std::string_view cell);

}  // namespace weir::ingest
