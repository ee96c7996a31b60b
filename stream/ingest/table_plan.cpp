#include "stream/ingest/table_plan.hpp"

#include <algorithm>
#include <unordered_set>

#include "schemas/codec/utf8.hpp"
#include "stream/ingest/text_encoding.hpp"
#include "stream/ingest/time_text.hpp"

namespace weir::ingest {
namespace {

constexpr std::size_t shown_rows = 8;

bool is_own_header(const std::vector<std::string>& row) { return row.size() > 1 && row.back() == rest_column; }

bool is_header(const std::vector<std::string>& row) {
  return is_own_header(row) || std::none_of(row.begin(), row.end(), is_time_text);
}

/// The columns of our own exports are known by their names; what else is declared comes on top.
std::vector<ColumnChoice> with_own_columns(const std::vector<std::string>& names,
                                           const std::vector<ColumnChoice>& choices) {
  std::vector<ColumnChoice> all;
  for (const auto& [field, column] : own_columns) {
    const bool there = std::find(names.begin(), names.end(), column) != names.end();
    if (there) all.push_back({std::string(name_of(field)), std::string(column)});
  }
  all.insert(all.end(), choices.begin(), choices.end());
  return all;
}

Result<std::vector<std::string>> column_names(const std::vector<std::string>& header, bool named) {
  std::vector<std::string> names;
  std::unordered_set<std::string> seen;
  for (std::size_t i = 0; i < header.size(); ++i) {
    auto name = named ? utf8_of(header[i]) : std::string();
    if (name.empty()) name = "#" + std::to_string(i + 1);
    if (name.find('\0') != std::string::npos) return Error{Code::bad_csv, "the name of a column has a NUL character"};
    if (!seen.insert(name).second) {
      return Error{Code::duplicate_header, "two columns are named \"" + name.substr(0, 64) + "\""};
    }
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace

bool FirstRows::row(const TableRow& row) {
  rows_.emplace_back(row.cells.begin(), row.cells.end());
  counts_.push_back(row.cell_count);
  return rows_.size() < rows_max;
}

Error too_many_columns() { return {Code::too_many_columns, "the first line has more than 1,024 columns"}; }

std::string utf8_of(std::string_view cell) {
  if (is_utf8(cell)) return std::string(cell);
  std::string text;
  append_windows_1252(cell, text);
  return text;
}

Result<TablePlan> plan_table(const FirstRows& first, std::size_t header_at, bool whole,
                             const std::vector<ColumnChoice>& choices) {
  if (first.counts()[header_at] > columns_max) return too_many_columns();
  TablePlan plan;
  const auto& header = first.rows()[header_at];
  const bool named = is_header(header);
  plan.skipped_rows = header_at + (named ? 1 : 0);
  auto names = column_names(header, named);
  if (!names) return names.error();
  plan.columns = std::move(*names);
  plan.own_export = is_own_header(plan.columns);
  auto mapping = map_columns(plan.columns, plan.own_export ? with_own_columns(plan.columns, choices) : choices);
  if (mapping) {
    plan.mapping = *mapping;
    if (const auto whole_one = check_required(plan.mapping, plan.columns); !whole_one)
      plan.unmapped = whole_one.error();
  } else {
    plan.unmapped = mapping.error();
  }
  if (whole && first.rows().size() <= plan.skipped_rows)
    return Error{Code::empty_file, "the file has a header and no rows"};
  for (std::size_t i = plan.skipped_rows; i < first.rows().size() && plan.first_rows.size() < shown_rows; ++i) {
    auto& row = plan.first_rows.emplace_back();
    for (const std::string& cell : first.rows()[i]) row.push_back(utf8_of(cell));
  }
  return plan;
}

}  // namespace weir::ingest
