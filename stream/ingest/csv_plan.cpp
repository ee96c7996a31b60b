#include "stream/ingest/csv_plan.hpp"

#include <algorithm>

namespace weir::ingest {
namespace {

constexpr std::string_view delimiters = ",;\t|";
/// So our own exports begin, whatever delimiters the names of their attributes hold.
constexpr std::string_view own_beginning = "case_id,activity,timestamp,start,lifecycle,";

Result<FirstRows> first_rows(std::string_view head, bool whole, CsvDialect dialect) {
  FirstRows first;
  CsvRows rows(dialect, first);
  auto read = rows.push(head);
  if (read.ok() && whole && first.rows().size() < FirstRows::rows_max) read = rows.finish();
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

/// A first line that does not end: are its columns too many already?
bool overflows(std::string_view head) {
  return std::any_of(delimiters.begin(), delimiters.end(), [head](char delimiter) {
    return std::count(head.begin(), head.end(), delimiter) >= static_cast<std::ptrdiff_t>(columns_max);
  });
}

}  // namespace

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
    if (overflows(head)) return too_many_columns();
    if (!first) return first.error();
    if (whole) return Error{Code::empty_file, "the file holds no rows"};
    return std::optional<CsvPlan>();
  }
  auto table = plan_table(*first, header_at, whole, choices);
  if (!table) return table.error();
  plan.table = std::move(*table);
  return std::optional<CsvPlan>(std::move(plan));
}

}  // namespace weir::ingest
