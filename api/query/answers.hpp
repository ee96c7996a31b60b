// The answers of the query routes and of `weir discover`, as JSON (schemas/definitions) or DOT, from a ProcessView.
// Durations are in seconds; sums, minima and maxima are exact decimals, quantiles within 1 %.
#pragma once

#include <cstdint>
#include <functional>
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

/// The order of the list: most frequent first, then by id. `skip` variants are left out, at most `limit` told.
struct VariantPage {
  std::size_t skip = 0;
  std::size_t limit = 100;
};
/// `cursor` makes the token of the next page from how many it is to skip. `written` is called after each variant: the
/// caller may take what stands in the writer's string.
Result<void> write_variants(JsonWriter& json, feed::ProcessView& view, std::string_view process, std::string_view as_of,
                            VariantPage page, const ReadActivities& read,
                            const std::function<std::string(std::size_t next_skip)>& cursor,
                            const std::function<void()>& written = {});

/// The main figures for a terminal: counts, the most frequent edges and variants.
std::string summary_text(feed::ProcessView& view);

void write_handover(JsonWriter& json, feed::ProcessView& view, std::string_view process, std::string_view as_of);

void write_case_rows(JsonWriter& json, const std::vector<feed::CaseRow>& rows, std::string_view process,
                     std::string_view as_of, std::string_view next);
/// One case: its events in trace order with the facts of each.
void write_case(JsonWriter& json, const std::vector<Event>& events, std::string_view as_of);

/// Microseconds as a decimal number of seconds, exact, without trailing zeros.
std::string exact_seconds(Int128 micros);

}  // namespace weir::query
