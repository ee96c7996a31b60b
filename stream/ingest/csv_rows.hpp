// CSV by RFC 4180, bytes to rows of cells: every line end (LF, CR LF, CR alone), quotes with line ends in them, pieces
// of any size. Finds structure 64 bytes at a time and allocates nothing per row.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "schemas/base/result.hpp"
#include "stream/ingest/table_row.hpp"

namespace weir::ingest {

inline constexpr std::size_t line_bytes_max = 1 << 20;

struct CsvDialect {
  char delimiter = ',';
  char quote = '"';
};

/// Blank lines are no rows. A quote within an unquoted cell is a character like any other (37'8" is a length).
class CsvRows {
 public:
  /// What reading a text allocates; for who reads many.
  struct Buffers {
    std::vector<char> text;
    std::vector<std::string_view> cells;
  };

  /// The sink must outlive this.
  CsvRows(CsvDialect dialect, TableRowSink& sink, Buffers buffers = {});

  /// Errors: line_too_long; bad_csv (a quote that is not closed within 1 MiB). After one, or after the sink's `false`,
  /// nothing more is read.
  Result<void> push(std::span<const char> bytes);
  /// Ends the last row. Errors as above.
  Result<void> finish();
  /// Where reading stands; after an error the line of the fault.
  std::uint64_t line() const { return line_; }
  /// Stands where a row begins, if `next` is the byte that follows: but for line(), as one that has read nothing.
  bool begins_row(char next) const {
    return !stopped_ && size_ == row_ && state_ == State::plain && !(cr_ == size_ && next == '\n');
  }
  /// Ends the use of this.
  Buffers release_buffers() { return {std::move(buffer_), std::move(cells_)}; }

 private:
  enum class State : std::uint8_t { plain, quoted, closing };
  static constexpr std::size_t nowhere = ~std::size_t{0};

  void make_room(std::size_t more);
  bool scan();
  bool meet(std::size_t at);
  bool meet_plain(std::size_t at, char c);
  void count_line(std::size_t at, char c);
  void end_cell(std::size_t end);
  bool end_row(std::size_t end);
  Result<void> outcome();
  Result<void> never_closed();

  CsvDialect dialect_;
  TableRowSink& sink_;
  std::vector<char> buffer_;
  std::size_t size_ = 0;  // filled part of the buffer
  std::size_t row_ = 0;   // where the row, and where the cell at hand begins
  std::size_t cell_ = 0;
  std::size_t scan_ = 0;      // everything before it has been looked at
  std::size_t quote_ = 0;     // the last quote met in a quoted cell
  std::size_t cr_ = nowhere;  // one behind the last CR
  State state_ = State::plain;
  bool was_quoted_ = false;
  bool escapes_ = false;  // the cell has doubled quotes
  bool stopped_ = false;
  std::vector<std::string_view> cells_;
  std::size_t cell_count_ = 0;
  std::uint32_t bad_cell_ = 0;
  std::uint64_t line_ = 1;
  std::uint64_t row_line_ = 1;
  std::uint64_t quote_line_ = 1;
  bool over_long_ = false;  // the row that stopped it was
};

}  // namespace weir::ingest
