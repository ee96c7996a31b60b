#include "stream/ingest/csv_plan.hpp"

#include <algorithm>
#include <unordered_set>

#include "schemas/codec/utf8.hpp"
#include "stream/ingest/text_encoding.hpp"
#include "stream/ingest/time_text.hpp"

namespace weir::ingest {
namespace {

constexpr std::size_t judged_rows = 100;
constexpr std::size_t shown_rows = 8;
constexpr std::string_view delimiters = ",;\t|";
/// So our own exports begin, whatever delimiters the names of their attributes hold.
constexpr std::string_view own_beginning = "case_id,activity,timestamp,start,lifecycle,";

/// The first rows, copied.
class FirstRows : public CsvRowSink {
 public:
  bool row(const CsvRow& row) override {
    rows_.emplace_back(row.cells.begin(), row.cells.end());
    counts_.push_back(row.cell_count);
    return rows_.size() < judged_rows;
  }
  const std::vector<std::vector<std::string>>& rows() const { return rows_; }
  const std::vector<std::size_t>& counts() const { return counts_; }

 private:
  std::vector<std::vector<std::string>> rows_;
  std::vector<std::size_t> counts_;
};

Result<FirstRows> first_rows(std::string_view head, bool whole, CsvDialect dialect) {
  FirstRows first;
  CsvRows rows(dialect, first);
  auto read = rows.push(head);
  if (read.ok() && whole && first.rows().size() < judged_rows) read = rows.finish();
  // A fault behind the first rows is met again, with its line, when the rows themselves are read.
  if (!read.ok() && first.rows().empty()) return read.error();
  return first;
}

/// `sep=;` in the first line, as spreadsheets write and obey it.
char declared_delimiter(std::string_view head) {
  const bool there = head.size() >= 5 && (head.substr(0, 4) == "sep=" || head.substr(0, 4) == "SEP=");
  const bool alone = there && (head.size() == 5 || head[5] == '\n' || head[5] == '\r');
  return alone ? head[4] : '\0';
}

char quote_of(std::string_view head) {
  const bool single = !head.empty() && head.front() == '\'' && head.find('"') == std::string_view::npos;
  return single ? '\'' : '"';
}

/// The delimiter by which the most rows have as many cells as the first; among equals the one with more cells.
char likely_delimiter(std::string_view head, bool whole, char quote) {
  if (head.substr(0, own_beginning.size()) == own_beginning) return ',';
  char best = ',';
  double best_share = 0;
  std::size_t best_cells = 1;
  for (const char delimiter : delimiters) {
    const auto first = first_rows(head, whole, {delimiter, quote});
    if (!first || first->rows().empty()) continue;
    const auto& counts = first->counts();
    const auto cells = counts.front();
    if (cells < 2) continue;
    const auto equal = std::count(counts.begin(), counts.end(), cells);
    const double share = static_cast<double>(equal) / static_cast<double>(counts.size());
    if (share > best_share || (share == best_share && cells > best_cells)) {
      best = delimiter;
      best_share = share;
      best_cells = cells;
    }
  }
  return best;
}

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

Error too_many() { return {Code::too_many_columns, "the first line has more than 1,024 columns"}; }

/// A first line that does not end: are its columns too many already?
bool overflows(std::string_view head) {
  return std::any_of(delimiters.begin(), delimiters.end(), [head](char delimiter) {
    return std::count(head.begin(), head.end(), delimiter) >= static_cast<std::ptrdiff_t>(columns_max);
  });
}

}  // namespace

std::string utf8_of(std::string_view cell) {
  if (is_utf8(cell)) return std::string(cell);
  std::string text;
  append_windows_1252(cell, text);
  return text;
}

Result<std::optional<CsvPlan>> plan_csv(std::string_view head, bool whole, char delimiter,
                                        const std::vector<ColumnChoice>& choices) {
  CsvPlan plan;
  const char declared = declared_delimiter(head);
  plan.dialect.quote = quote_of(head);
  if (delimiter == '\0') delimiter = declared;
  plan.dialect.delimiter = delimiter != '\0' ? delimiter : likely_delimiter(head, whole, plan.dialect.quote);
  const std::size_t header_at = declared != '\0' ? 1 : 0;
  auto first = first_rows(head, whole, plan.dialect);
  if (!first || first->rows().size() <= header_at) {
    if (overflows(head)) return too_many();
    if (!first) return first.error();
    if (whole) return Error{Code::empty_file, "the file holds no rows"};
    return std::optional<CsvPlan>();
  }
  if (first->counts()[header_at] > columns_max) return too_many();
  const auto& header = first->rows()[header_at];
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
  if (whole && first->rows().size() <= plan.skipped_rows)
    return Error{Code::empty_file, "the file has a header and no rows"};
  for (std::size_t i = plan.skipped_rows; i < first->rows().size() && plan.first_rows.size() < shown_rows; ++i) {
    auto& row = plan.first_rows.emplace_back();
    for (const std::string& cell : first->rows()[i]) row.push_back(utf8_of(cell));
  }
  return std::optional<CsvPlan>(std::move(plan));
}

}  // namespace weir::ingest
