#include "stream/ingest/sheet_rows.hpp"

#include <algorithm>
#include <charconv>

namespace weir::ingest {
namespace {

Error bad_xlsx(const char* what) { return {Code::bad_xlsx, what}; }

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// `AB12` → 28; 0: it names no column.
std::size_t column_of(std::string_view reference) {
  std::size_t column = 0;
  for (const char c : reference) {
    if (c < 'A' || c > 'Z') break;
    column = column * 26 + static_cast<std::size_t>(c - 'A' + 1);
    if (column > SheetRows::columns_max) return 0;
  }
  return column;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

SheetRows::SheetRows(const Workbook& workbook, SharedStrings* strings, TableRowSink& sink)
    : workbook_(workbook), strings_(strings), sink_(sink) {}

Result<void> SheetRows::start(std::string_view name, const XmlAttributes& attributes) {
  if (skipped_ > 0 || stopped_) {
    ++skipped_;
    return {};
  }
  if (state_ == State::outside) {
    if (name != "worksheet") return bad_xlsx("the sheet begins with another element");
    state_ = State::sheet;
  } else if (state_ == State::sheet && name == "sheetData") {
    state_ = State::data;
  } else if (state_ == State::data && name == "row") {
    return start_row(attributes);
  } else if (state_ == State::row && name == "c") {
    return start_cell(attributes);
  } else if (state_ == State::cell && name == "v") {
    state_ = State::value;
  } else if (state_ == State::cell && name == "is") {
    state_ = State::inline_string;
    inline_.clear();
  } else if (state_ == State::inline_string) {
    inline_.start(name, attributes);
  } else {
    skipped_ = 1;
  }
  return {};
}

Result<void> SheetRows::end(std::string_view name) {
  if (skipped_ > 0) {
    --skipped_;
    return {};
  }
  switch (state_) {
    case State::inline_string:
      if (name == "is") {
        state_ = State::cell;
      } else {
        inline_.end(name);
      }
      return {};
    case State::value:
      state_ = State::cell;
      return {};
    case State::cell:
      state_ = State::row;
      return end_cell();
    case State::row:
      state_ = State::data;
      return end_row();
    case State::data:
      state_ = State::sheet;
      return {};
    case State::sheet:
    case State::outside:
      break;
  }
  return {};
}

Result<void> SheetRows::text(std::string_view piece) {
  if (skipped_ > 0) return {};
  if (state_ == State::inline_string) return inline_.text(piece);
  if (state_ != State::value) return {};
  if (value_.size() + piece.size() > row_bytes_max) return Error{Code::line_too_long, "a cell is longer than 1 MiB"};
  value_.append(piece);
  return {};
}

Result<void> SheetRows::start_row(const XmlAttributes& attributes) {
  state_ = State::row;
  const char* told = attributes.find("r");
  const auto line = told == nullptr ? std::optional(line_ + 1) : number_of(told);
  if (!line || *line <= line_) return bad_xlsx("the rows of the sheet are not in order");
  line_ = *line;
  if (line_ > rows_max) return Error{Code::row_limit, "the sheet has more than 1,048,576 rows"};
  column_ = 0;
  bytes_.clear();
  ends_.clear();
  faulty_ = false;
  return {};
}

Result<void> SheetRows::start_cell(const XmlAttributes& attributes) {
  state_ = State::cell;
  value_.clear();
  inline_.clear();
  const char* type = attributes.find("t");
  type_ = type == nullptr ? "n" : type;
  const char* style = attributes.find("s");
  const auto index = style == nullptr ? std::optional<std::uint64_t>(0) : number_of(style);
  format_ = index && *index < workbook_.formats.size() ? workbook_.formats[*index] : CellFormat{};
  const char* reference = attributes.find("r");
  const std::size_t column = reference == nullptr ? column_ + 1 : column_of(reference);
  if (column > columns_max) return Error{Code::bad_xlsx, "a row has more than 16,384 cells"};
  if (column <= column_) {
    ++column_;
    blame(Code::bad_xlsx, "the cells of the row are not in order");
    return {};
  }
  column_ = column;
  return {};
}

/// Cells that hold nothing have no width.
Result<void> SheetRows::end_cell() {
  const std::size_t before = bytes_.size();
  if (auto appended = append_value(); !appended) return appended;
  if (bytes_.size() > row_bytes_max) return Error{Code::line_too_long, "the row is longer than 1 MiB"};
  if (bytes_.size() == before) return {};
  ends_.resize(std::max(ends_.size(), column_ - 1), before);
  ends_.push_back(bytes_.size());
  return {};
}

Result<void> SheetRows::append_value() {
  if (type_ == "inlineStr") {
    bytes_.append(inline_.whole());
    return {};
  }
  if (value_.empty()) return {};
  if (type_ == "s") return append_shared();
  if (type_ == "n") {
    append_formatted();
  } else if (type_ == "str") {
    append_unescaped(value_, bytes_);
  } else if (type_ == "d") {
    bytes_.append(trimmed(value_));
  } else if (type_ == "b") {
    const auto value = trimmed(value_);
    bytes_.append(value == "1" || value == "true" ? "true" : "false");
  } else if (type_ == "e") {
    blame(Code::cell_error, "the cell shows " + value_.substr(0, 64));
  } else {
    blame(Code::bad_xlsx, "the cell has an unknown type");
  }
  return {};
}

Result<void> SheetRows::append_shared() {
  const auto index = number_of(trimmed(value_));
  if (index && strings_ != nullptr) {
    const auto text = strings_->find(*index);
    if (!text) return text.error();
    if (*text) {
      bytes_.append(**text);
      return {};
    }
  }
  blame(Code::bad_xlsx, "the cell names a string that the workbook does not have");
  return {};
}

void SheetRows::append_formatted() {
  switch (append_number(trimmed(value_), format_, workbook_.day_zero, bytes_)) {
    case NumberFault::no_number:
      return blame(Code::bad_xlsx, "the cell is declared to be a number and is none");
    case NumberFault::no_date:
      return blame(Code::bad_timestamp, "the cell is shown as a date and its number is none");
    case NumberFault::none:
      break;
  }
}

void SheetRows::blame(Code code, std::string detail) {
  if (faulty_) return;
  faulty_ = true;
  fault_cell_ = column_;
  fault_code_ = code;
  fault_detail_ = std::move(detail);
}

Result<void> SheetRows::end_row() {
  if (ends_.empty() && !faulty_) return {};
  if (width_ == 0) width_ = ends_.size();
  const std::size_t count = std::max(ends_.size(), width_);
  cells_.assign(std::min(count, weir::ingest::columns_max), {});
  for (std::size_t i = 0, begin = 0; i < std::min(ends_.size(), cells_.size()); begin = ends_[i++]) {
    cells_[i] = std::string_view(bytes_).substr(begin, ends_[i] - begin);
  }
  TableRow row{cells_, bytes_, count, line_, {}};
  if (faulty_) row.fault = {fault_cell_, fault_code_, fault_detail_};
  stopped_ = !sink_.row(row);
  return {};
}

}  // namespace weir::ingest
