// The rows of a sheet (xl/worksheets/sheet1.xml): its XML to rows of text, as a CSV gives them.
#pragma once

#include <string>
#include <vector>

#include "stream/ingest/shared_strings.hpp"
#include "stream/ingest/table_row.hpp"
#include "stream/ingest/workbook.hpp"

namespace weir::ingest {

/// Rows without any value are left out. The first that has one tells how wide the table is: cells that a later row
/// lacks are empty. A merged value stands in its first cell; of a formula the value counts that it had when the file
/// was saved.
class SheetRows final : public XmlHandler {
 public:
  static constexpr std::uint64_t rows_max = 1'048'576;
  static constexpr std::size_t columns_max = 16'384;
  static constexpr std::size_t row_bytes_max = 1 << 20;

  /// All must outlive it. `strings`: nullptr if the workbook has none.
  SheetRows(const Workbook& workbook, SharedStrings* strings, TableRowSink& sink);

  /// Of the row at hand.
  std::uint64_t line() const { return line_; }
  /// The sink wants no more.
  bool is_stopped() const { return stopped_; }

 private:
  enum class State : std::uint8_t { outside, sheet, data, row, cell, value, inline_string };

  /// Errors: bad_xlsx, row_limit, line_too_long; those of SharedStrings.
  Result<void> start(std::string_view name, const XmlAttributes& attributes) override;
  Result<void> end(std::string_view name) override;
  Result<void> text(std::string_view piece) override;
  Result<void> start_row(const XmlAttributes& attributes);
  Result<void> start_cell(const XmlAttributes& attributes);
  Result<void> end_cell();
  Result<void> append_value();
  Result<void> append_shared();
  void append_formatted();
  Result<void> end_row();
  void blame(Code code, std::string detail);

  const Workbook& workbook_;
  SharedStrings* strings_;
  TableRowSink& sink_;
  State state_ = State::outside;
  std::size_t skipped_ = 0;  // open elements within one that is of no interest
  std::uint64_t line_ = 0;
  std::size_t column_ = 0;  // 1-based, of the cell at hand
  std::string type_;
  CellFormat format_;
  std::string value_;
  RichText inline_;
  std::string bytes_;              // of the row at hand
  std::vector<std::size_t> ends_;  // in bytes_, of its cells
  std::vector<std::string_view> cells_;
  std::size_t width_ = 0;
  std::size_t fault_cell_ = 0;  // of the first fault of the row; 0: none
  Code fault_code_ = Code::internal;
  std::string fault_detail_;
  bool faulty_ = false;
  bool stopped_ = false;
};

}  // namespace weir::ingest
