// The answers of the query routes and of `weir discover`, as JSON (schemas/definitions) or DOT, from a ProcessView.
// Durations are in seconds; sums, minima and maxima are exact decimals, quantiles within 1 %.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/result.hpp"
#include "schemas/base/time.hpp"
#include "schemas/codec/json_writer.hpp"
#include "stream/feed/cases.hpp"
#include "stream/feed/process_view.hpp"

namespace weir::query {

/// Activity names of a case: asked for variants too long to be listed in their cell.
using ReadActivities = std::function<Result<std::vector<std::string>>(const std::string& case_id)>;

void write_map(JsonWriter& json, feed::ProcessView& view, std::string_view process, std::string_view as_of);
/// Graphviz; names are escaped.
std::string map_as_dot(feed::ProcessView& view, std::string_view process);

void write_kpis(JsonWriter& json, feed::ProcessView& view, std::string_view process, std::string_view as_of);
/// The same where the view holds totals and quarters alone, and what else there is was counted elsewhere.
struct KpiCounts {
  std::size_t variants = 0;
  std::size_t activities = 0;
};
KpiCounts counts_of(const feed::ProcessView& view);
void write_kpis(JsonWriter& json, feed::ProcessView& view, const KpiCounts& counts, std::string_view process,
                std::string_view as_of);

/// The order of the list: most frequent first, then by id. `skip` variants are left out, at most `limit` told.
struct VariantPage {
  std::size_t skip = 0;
  std::size_t limit = 100;
};

/// Of all variants, where a view holds the first of the list alone.
struct VariantTotals {
  std::size_t variants = 0;
  std::int64_t cases = 0;
};

/// The variants of a view in the order of the list. The view must outlive it. Any thread may write from it.
class VariantList {
 public:
  struct Row {
    std::int64_t cases = 0;
    Hash128 id;
    const dataflow::Cell* cell = nullptr;
  };

  explicit VariantList(const feed::ProcessView& view, const std::optional<VariantTotals>& totals = {});
  /// Of all variants.
  std::size_t size() const { return size_; }
  /// Writes those from `first` to before `last` as values, into an array or behind one another.
  Result<void> write(JsonWriter& json, std::size_t first, std::size_t last, const ReadActivities& read) const;

 private:
  const feed::ProcessView& view_;
  std::vector<Row> rows_;  // all, or the first
  std::size_t size_ = 0;
  std::int64_t cases_ = 0;
};

/// Writes the variants of a page, which may be many, by VariantList::write() in a way of the caller's.
using WriteVariants = std::function<Result<void>(JsonWriter& json, const VariantList& list, std::size_t first,
                                                 std::size_t last, const ReadActivities& read)>;
/// `cursor` makes the token of the next page from how many it is to skip.
Result<void> write_variants(JsonWriter& json, const VariantList& list, std::string_view process, std::string_view as_of,
                            VariantPage page, const ReadActivities& read,
                            const std::function<std::string(std::size_t next_skip)>& cursor,
                            const WriteVariants& write = {});

/// The main figures for a terminal: counts, the most frequent edges and variants.
std::string summary_text(feed::ProcessView& view);

void write_handover(JsonWriter& json, feed::ProcessView& view, std::string_view process, std::string_view as_of);

void write_case_rows(JsonWriter& json, const std::vector<feed::CaseRow>& rows, std::string_view process,
                     std::string_view as_of, std::string_view next);
/// One case, which has events: they in trace order with the facts of each.
void write_case(JsonWriter& json, const feed::CaseHistory& history, std::string_view as_of);

/// Microseconds as a decimal number of seconds, exact, without trailing zeros.
std::string exact_seconds(Int128 micros);

}  // namespace weir::query
