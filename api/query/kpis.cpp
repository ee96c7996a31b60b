// KPIs and variants: the answers that count cases.
#include <algorithm>
#include <map>
#include <span>

#include "api/query/answers.hpp"
#include "api/query/durations.hpp"
#include "schemas/codec/timestamp.hpp"
#include "state/format/keys.hpp"
#include "stream/operators/directly_follows.hpp"
#include "stream/operators/totals.hpp"
#include "stream/operators/variants.hpp"

namespace weir::query {

using namespace dataflow;
using namespace operators;

namespace {

constexpr std::int64_t quarters_per_hour = 4;
constexpr std::int64_t quarters_per_day = 24 * quarters_per_hour;

void write_time(JsonWriter& json, std::string_view name, const std::optional<std::int64_t>& micros) {
  json.key(name);
  if (micros) {
    json.value(to_rfc3339(from_micros(*micros)));
  } else {
    json.value(nullptr);
  }
}

std::int64_t floor_divide(std::int64_t value, std::int64_t by) { return (value - ((value % by) + by) % by) / by; }

/// The last hours and days (UTC) before the last event: what came, what was completed, how much was in progress at the
/// end of each.
void write_flow(JsonWriter& json, const feed::ProcessView& view, std::int64_t quarters_per_bucket, std::size_t limit) {
  struct Flow {
    std::int64_t arrivals = 0, completions = 0, events = 0;
  };
  std::map<std::int64_t, Flow> buckets;
  view.views.each(Table::quarters, [&](const CellKey& key, const Cell& cell) {
    Flow& flow = buckets[floor_divide(format::from_ordered(key.a), quarters_per_bucket)];
    flow.arrivals += cell.counts[QuarterCell::arrivals];
    flow.completions += cell.counts[QuarterCell::completions];
    flow.events += cell.counts[QuarterCell::events];
  });
  std::int64_t in_progress = 0;
  std::size_t skipped = buckets.size() > limit ? buckets.size() - limit : 0;
  json.begin_array();
  for (const auto& [bucket, flow] : buckets) {
    in_progress += flow.arrivals - flow.completions;
    if (skipped > 0) {
      --skipped;
      continue;
    }
    json.begin_object();
    json.member("from", to_rfc3339(from_micros(bucket * quarters_per_bucket * QuarterCell::micros)));
    json.member("arrivals", flow.arrivals).member("completions", flow.completions).member("events", flow.events);
    json.member("in_progress", in_progress).end_object();
  }
  json.end_array();
}

std::size_t count_of(const feed::ProcessView& view, Table table) {
  std::size_t count = 0;
  view.views.each(table, [&](const CellKey&, const Cell&) { ++count; });
  return count;
}

Result<void> write_activities(JsonWriter& json, const feed::ProcessView& view, const Cell& cell,
                              const ReadActivities& read) {
  const VariantNote note = decode_variant_note(cell.note);
  json.begin_array();
  if (note.listed) {
    for (const NameId activity : note.activities) json.value(view.names.text(activity));
  } else {
    const auto names = read(note.members.front());
    if (!names) return names.error();
    for (const std::string& name : *names) json.value(name);
  }
  json.end_array();
  return {};
}

std::string share_of(std::int64_t cases, std::int64_t all) {
  std::string text;
  JsonWriter{text}.value(static_cast<double>(cases) / static_cast<double>(all));
  return text;
}

}  // namespace

KpiCounts counts_of(const feed::ProcessView& view) {
  return {count_of(view, Table::variants), count_of(view, Table::activities)};
}

void write_kpis(JsonWriter& json, feed::ProcessView& view, std::string_view process, std::string_view as_of) {
  write_kpis(json, view, counts_of(view), process, as_of);
}

void write_kpis(JsonWriter& json, feed::ProcessView& view, const KpiCounts& counts, std::string_view process,
                std::string_view as_of) {
  static const Cell nothing;
  const Cell* stored = view.views.find({Table::totals});
  Cell totals = stored != nullptr ? *stored : nothing;
  totals.duration(TotalsCell::completed_waiting);  // all of them, so that references stay good
  const bool policy = view.record.settings.declares_completion();
  const std::int64_t cases = totals.counts[TotalsCell::cases];
  const std::int64_t completed = totals.counts[TotalsCell::completed];
  json.begin_object().member("process", process).member("as_of", as_of);
  json.member("events", totals.counts[TotalsCell::events]).member("cases", cases);
  json.member("running", cases - completed).member("completed", completed);
  json.member("variants", counts.variants);
  json.member("activities", counts.activities);
  json.member("duplicates", view.record.counters.duplicates).member("refused", view.record.counters.refused);
  // Open cases are never averaged in silently (reference process-mining B6).
  const DurationStats& cycle = totals.duration(policy ? TotalsCell::completed_cycle : TotalsCell::cycle);
  const DurationStats& busy = totals.duration(policy ? TotalsCell::completed_busy : TotalsCell::busy);
  write_durations(json.key("cycle_time_s"), cycle);
  json.member("open_included", !policy);
  write_durations(json.key("busy_time_s"), busy);
  write_durations(json.key("waiting_time_s"),
                  totals.duration(policy ? TotalsCell::completed_waiting : TotalsCell::waiting));
  json.key("flow_efficiency");
  if (cycle.sum_micros() > 0) {
    json.value(static_cast<double>(busy.sum_micros()) / static_cast<double>(cycle.sum_micros()));
  } else {
    json.value(nullptr);
  }
  json.member("rework_cases", totals.counts[TotalsCell::rework_cases]);
  json.member("self_loops", totals.counts[TotalsCell::self_loops]);
  json.member("overlaps", totals.counts[TotalsCell::overlaps]);
  write_time(json, "first_event", totals.range(TotalsCell::began).min());
  write_time(json, "last_event", totals.range(TotalsCell::ended).max());
  json.key("flow").begin_object().member("zone", "UTC");
  write_flow(json.key("hours"), view, quarters_per_hour, 48);
  write_flow(json.key("days"), view, quarters_per_day, 60);
  json.end_object().end_object();
}

VariantList::VariantList(const feed::ProcessView& view, const std::optional<VariantTotals>& totals) : view_(view) {
  view.views.each(Table::variants, [&](const CellKey& key, const Cell& cell) {
    rows_.push_back({cell.counts[VariantCell::cases], {key.a, key.b}, &cell});
    cases_ += rows_.back().cases;
  });
  size_ = totals ? totals->variants : rows_.size();
  if (totals) cases_ = totals->cases;
  std::sort(rows_.begin(), rows_.end(),
            [](const Row& x, const Row& y) { return x.cases != y.cases ? x.cases > y.cases : x.id < y.id; });
}

Result<void> VariantList::write(JsonWriter& json, std::size_t first, std::size_t last,
                                const ReadActivities& read) const {
  constexpr std::size_t ahead = 8;  // neighbours in the list lie anywhere in memory
  last = std::min(last, rows_.size());
  std::string share;  // of the row before: most have as many cases
  for (std::size_t i = first; i < last; ++i) {
    const Row& row = rows_[i];
    if (i + ahead < last) rows_[i + ahead].cell->prefetch();
    json.begin_object().member("id", to_hex(row.id)).key("activities");
    if (const auto told = write_activities(json, view_, *row.cell, read); !told) return told;
    if (i == first || row.cases != rows_[i - 1].cases) share = share_of(row.cases, cases_);
    json.member("count", row.cases).key("share").raw(share);
    write_durations(json.key("cycle_time_s"), row.cell->durations[VariantCell::cycle]);
    json.end_object();
  }
  return {};
}

Result<void> write_variants(JsonWriter& json, const VariantList& list, std::string_view process, std::string_view as_of,
                            VariantPage page, const ReadActivities& read,
                            const std::function<std::string(std::size_t)>& cursor, const WriteVariants& write) {
  json.begin_object().member("process", process).member("as_of", as_of).member("total", list.size());
  json.key("variants").begin_array();
  const std::size_t first = std::min(page.skip, list.size());
  const std::size_t end = first + std::min(page.limit, list.size() - first);
  const auto told = write ? write(json, list, first, end, read) : list.write(json, first, end, read);
  if (!told) return told;
  json.end_array().key("next");
  if (end < list.size()) {
    json.value(cursor(end));
  } else {
    json.value(nullptr);
  }
  json.end_object();
  return {};
}

std::string summary_text(feed::ProcessView& view) {
  const Cell* totals = view.views.find({Table::totals});
  if (totals == nullptr) return "no events\n";
  const auto line = [](std::string_view label, const std::string& value) {
    std::string text{label};
    text.resize(std::max<std::size_t>(16, text.size() + 1), ' ');
    return text + value + "\n";
  };
  std::string text = line("events", std::to_string(totals->counts[TotalsCell::events]));
  text += line("cases", std::to_string(totals->counts[TotalsCell::cases]));
  text += line("activities", std::to_string(count_of(view, Table::activities)));
  text += line("variants", std::to_string(count_of(view, Table::variants)));
  const DurationStats& cycle = totals->durations[TotalsCell::cycle];
  text += line("cycle time", "mean " + exact_seconds(static_cast<Int128>(cycle.mean_micros())) + " s, median about " +
                                 exact_seconds(cycle.quantile(500)) + " s");
  std::vector<std::pair<std::int64_t, std::string>> edges;
  view.views.each(Table::edges, [&](const CellKey& key, const Cell& cell) {
    edges.emplace_back(-cell.counts[EdgeCell::traversals],
                       std::string{view.names.text(static_cast<NameId>(key.a))} + " -> " +
                           std::string{view.names.text(static_cast<NameId>(key.b))});
  });
  std::sort(edges.begin(), edges.end());
  constexpr std::size_t edges_shown_max = 20;
  text += "\nmost frequent edges\n";
  for (std::size_t i = 0; i < std::min(edges.size(), edges_shown_max); ++i) {
    text += line("  " + std::to_string(-edges[i].first), edges[i].second);
  }
  return text;
}

}  // namespace weir::query
