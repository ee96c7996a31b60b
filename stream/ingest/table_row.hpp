// One row of a table, whatever file it stood in.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "schemas/base/error.hpp"

namespace weir::ingest {

inline constexpr std::size_t columns_max = 1024;

/// Why the row cannot be read, and in which cell.
struct CellFault {
  std::size_t cell = 0;  // 1-based; 0: none
  Code code = Code::internal;
  std::string_view detail;
};

/// Valid during the call only.
struct TableRow {
  std::span<const std::string_view> cells;  // as text; the first 1,024
  std::string_view bytes;                   // covers all cells
  std::size_t cell_count = 0;               // also those beyond 1,024
  std::uint64_t line = 0;                   // on which the row begins; of a sheet: its number
  CellFault fault = {};
};

class TableRowSink {
 public:
  virtual ~TableRowSink() = default;
  /// False: no more rows are wanted.
  virtual bool row(const TableRow& row) = 0;
};

}  // namespace weir::ingest
