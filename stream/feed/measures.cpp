#include "stream/feed/measures.hpp"

#include <set>

#include "stream/asking/elsewhere.hpp"
#include "stream/dataflow/clocks.hpp"
#include "stream/operators/activities.hpp"
#include "stream/operators/directly_follows.hpp"
#include "stream/operators/totals.hpp"
#include "stream/runtime/case_alerts.hpp"
#include "stream/runtime/task_records.hpp"

namespace weir::feed {

using namespace dataflow;
using namespace operators;
using thresholds::Measure;
using thresholds::Statistic;
using thresholds::Threshold;

namespace {

constexpr std::size_t rows_of_target_max =
    64;  // looked at: what failed waits for its next attempt, and the rest behind

bool is_of_edge(const Threshold& threshold) { return !threshold.place.from.empty(); }
bool is_of_activity(const Threshold& threshold) { return !threshold.place.activity.empty(); }

std::optional<double> seconds(std::optional<std::int64_t> micros) {
  if (!micros) return std::nullopt;
  return static_cast<double>(*micros) / 1e6;
}

std::optional<double> statistic_of(const DurationStats& stats, Statistic statistic) {
  if (stats.count() == 0) return std::nullopt;
  switch (statistic) {
    case Statistic::mean:
      return stats.mean_micros() / 1e6;
    case Statistic::min:
      return seconds(stats.min());
    case Statistic::max:
      return seconds(stats.max());
    case Statistic::p50:
      return seconds(stats.quantile(500));
    case Statistic::p90:
      return seconds(stats.quantile(900));
    case Statistic::p95:
      return seconds(stats.quantile(950));
    case Statistic::p99:
      break;
  }
  return seconds(stats.quantile(990));
}

std::optional<double> share(std::int64_t part, std::int64_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

double number(std::int64_t count) { return static_cast<double>(count); }

/// Of an edge; one that no case went over has counts of 0, and no times.
std::optional<double> measured_of_edge(const Threshold& threshold, const Cell& cell) {
  if (threshold.measure == Measure::cases) return number(cell.counts[EdgeCell::cases]);
  if (threshold.measure == Measure::traversals) return number(cell.counts[EdgeCell::traversals]);
  return statistic_of(cell.duration(EdgeCell::duration), threshold.statistic);
}

std::optional<double> measured_of_activity(const Threshold& threshold, const Cell& cell) {
  switch (threshold.measure) {
    case Measure::events:
      return number(cell.counts[ActivityCell::events]);
    case Measure::cases:
      return number(cell.counts[ActivityCell::cases]);
    case Measure::rework_share:
      return share(cell.counts[ActivityCell::rework_cases], cell.counts[ActivityCell::cases]);
    case Measure::service_time:
      return statistic_of(cell.duration(ActivityCell::service), threshold.statistic);
    case Measure::sojourn_time:
      return statistic_of(cell.duration(ActivityCell::sojourn), threshold.statistic);
    default:
      return statistic_of(cell.duration(ActivityCell::waiting), threshold.statistic);
  }
}

/// Open cases are never averaged in silently: with a completion policy times are those of completed cases, as in KPIs.
std::optional<double> measured_of_totals(const Threshold& threshold, const ProcessView& view, const Cell& cell) {
  const bool has_policy = view.record.settings.declares_completion();
  const std::int64_t cases = cell.counts[TotalsCell::cases], completed = cell.counts[TotalsCell::completed];
  const DurationStats& cycle = cell.duration(has_policy ? TotalsCell::completed_cycle : TotalsCell::cycle);
  const DurationStats& busy = cell.duration(has_policy ? TotalsCell::completed_busy : TotalsCell::busy);
  switch (threshold.measure) {
    case Measure::events:
      return number(cell.counts[TotalsCell::events]);
    case Measure::cases:
    case Measure::arrivals:
      return number(cases);
    case Measure::running:
      return number(cases - completed);
    case Measure::completed:
      return number(completed);
    case Measure::refused:
      return static_cast<double>(view.record.counters.refused);
    case Measure::rework_share:
      return share(cell.counts[TotalsCell::rework_cases], cases);
    case Measure::flow_efficiency:
      if (cycle.sum_micros() == 0) return std::nullopt;
      return static_cast<double>(busy.sum_micros()) / static_cast<double>(cycle.sum_micros());
    case Measure::cycle_time:
      return statistic_of(cycle, threshold.statistic);
    case Measure::busy_time:
      return statistic_of(busy, threshold.statistic);
    default:
      return statistic_of(cell.duration(has_policy ? TotalsCell::completed_waiting : TotalsCell::waiting),
                          threshold.statistic);
  }
}

std::optional<double> measured_of_clocks(const Threshold& threshold, const ProcessView& view) {
  const auto& [activity, from, to, policy, metric, target] = threshold.place;
  std::int64_t met = 0, met_late = 0, breached = 0;
  view.views.each(Table::clocks, [&](const CellKey&, const Cell& cell) {
    const auto promised = promised_of(cell.note);
    if (!promised || promised->policy != policy) return;
    if ((!metric.empty() && promised->metric != metric) || (!target.empty() && promised->target != target)) return;
    met += cell.counts[ClockCell::met];
    met_late += cell.counts[ClockCell::met_late];
    breached += cell.counts[ClockCell::breached];
  });
  if (threshold.measure == Measure::sla_breached) return number(breached);
  return share(met, met + met_late);
}

Table table_of(const Threshold& threshold) {
  if (is_of_edge(threshold)) return Table::edges;
  if (is_of_activity(threshold)) return Table::activities;
  return threshold.place.policy.empty() ? Table::totals : Table::clocks;
}

/// The cell of what is measured; nothing: no event has been there.
std::optional<CellKey> cell_of(const Threshold& threshold, const Names& names) {
  const auto& place = threshold.place;
  if (!is_of_edge(threshold) && !is_of_activity(threshold)) return CellKey{Table::totals};
  const NameId first = names.find(is_of_edge(threshold) ? place.from : place.activity);
  if (first == no_name) return std::nullopt;
  if (is_of_activity(threshold)) return CellKey{Table::activities, first};
  const NameId second = names.find(place.to);
  return second == no_name ? std::nullopt : std::optional{CellKey{Table::edges, first, second}};
}

Window window_of(const Threshold& threshold) {
  if (threshold.measure == Measure::arrivals) return Window::started;
  const bool takes_events = threshold.measure == Measure::events || is_of_edge(threshold) || is_of_activity(threshold);
  return takes_events ? Window::events : Window::completed;
}

/// Whether something to be told to the target was tried in vain. `from`: its rows begin.
Result<bool> is_failing(const store::Reader& shard, const std::string& from) {
  bool failing = false;
  std::size_t seen = 0;
  Result<void> outcome;
  const auto scanned = shard.scan(from, store::end_of_prefix(from), [&](std::string_view, std::string_view value) {
    const auto row = runtime::decode_outbox_row(value);
    if (!row) return outcome = row.error(), false;
    failing = row->announcement.progress.attempts > 0 && row->announcement.progress.wait > Duration{};
    return !failing && ++seen < rows_of_target_max;
  });
  if (!scanned) return scanned.error();
  if (!outcome) return outcome.error();
  return failing;
}

}  // namespace

Reading reading_of(const Threshold& threshold, Time now) {
  Reading reading;
  reading.tables = {table_of(threshold)};
  if (!threshold.last) return reading;
  reading.filter.from = to_micros(now - *threshold.last);
  reading.filter.window = window_of(threshold);
  return reading;
}

std::optional<double> measured(const Threshold& threshold, ProcessView& view) {
  if (!threshold.place.policy.empty()) return measured_of_clocks(threshold, view);
  static const Cell nothing;
  const auto key = cell_of(threshold, view.names);
  const Cell* const stored = key ? view.views.find(*key) : nullptr;
  const Cell& cell = stored == nullptr ? nothing : *stored;
  if (is_of_edge(threshold)) return measured_of_edge(threshold, cell);
  if (is_of_activity(threshold)) return measured_of_activity(threshold, cell);
  return measured_of_totals(threshold, view, cell);
}

Result<std::uint64_t> count_dead_letters(const Snapshots& snapshots, const std::string& workspace,
                                         std::optional<Time> since) {
  const std::string prefix = format::Scope{workspace}.dead_letters();
  std::uint64_t count = 0;
  for (const auto& snapshot : snapshots) {
    if (!since) {
      const auto progress = runtime::read_progress(*snapshot, workspace);
      if (!progress) return progress.error();
      count += progress->dead_letters;
      continue;
    }
    const auto whole = asking::whole(snapshot, workspace);
    if (!whole) return whole.error();
    Result<void> outcome;
    const auto scanned = (*whole)->scan_backwards(prefix, store::end_of_prefix(prefix), [&](auto, auto value) {
      const auto letter = runtime::decode_dead_letter(value);
      if (!letter) return outcome = letter.error(), false;
      const bool is_within = letter->appended >= *since;
      count += is_within ? 1 : 0;
      return is_within;
    });
    if (!scanned) return scanned.error();
    if (!outcome) return outcome.error();
  }
  return count;
}

Result<std::uint64_t> count_failing_targets(const Snapshots& snapshots, const std::string& workspace) {
  const format::Scope scope{workspace};
  const std::string prefix = scope.outboxes();
  std::set<std::string> failing;
  for (const auto& snapshot : snapshots) {
    const auto whole = asking::whole(snapshot, workspace);
    if (!whole) return whole.error();
    for (std::string from = prefix; !from.empty();) {
      std::string name;
      const auto scanned = (*whole)->scan(from, store::end_of_prefix(prefix), [&](std::string_view key, auto) {
        const std::string_view rest = format::behind(key, prefix);
        name = rest.substr(0, rest.find('\0'));
        return false;
      });
      if (!scanned) return scanned.error();
      from = name.empty() ? "" : store::end_of_prefix(scope.outbox(name));
      if (name.empty() || failing.contains(name)) continue;
      const auto is_one = is_failing(**whole, scope.outbox(name));
      if (!is_one) return is_one.error();
      if (*is_one) failing.insert(name);
    }
  }
  return failing.size();
}

}  // namespace weir::feed
