#include "stream/runtime/conservation.hpp"

#include <algorithm>
#include <unordered_map>

#include "stream/dataflow/stored.hpp"
#include "stream/operators/activities.hpp"
#include "stream/operators/directly_follows.hpp"
#include "stream/operators/totals.hpp"
#include "stream/operators/variants.hpp"

namespace weir::runtime {

using namespace dataflow;   // the vocabulary of views
using namespace operators;  // what their cells mean

namespace {

/// The account of one activity, or of all of them together.
struct Flow {
  std::int64_t events = 0;
  std::int64_t self_loops = 0;
  std::int64_t starts = 0;
  std::int64_t ends = 0;
  std::int64_t out = 0;      // traversals of edges that leave it
  std::int64_t in = 0;       // and of those that lead to it
  std::int64_t repeats = 0;  // traversals of the edge from it to itself
  std::int64_t overlaps = 0;

  void add(const Flow& other) {
    events += other.events;
    self_loops += other.self_loops;
    starts += other.starts;
    ends += other.ends;
    overlaps += other.overlaps;
  }
};

class Laws {
 public:
  void must_equal(std::int64_t found, std::int64_t expected, const std::string& what) {
    if (found == expected || broken_.size() >= broken_laws_max) return;
    broken_.push_back(what + ": " + std::to_string(found) + " against " + std::to_string(expected));
  }
  std::vector<std::string> take() { return std::move(broken_); }

 private:
  std::vector<std::string> broken_;
};

class Account {
 public:
  Account(const store::Reader& state, const format::Scope& scope, std::string_view process)
      : state_(state), scope_(scope), process_(process) {}

  Result<std::vector<std::string>> check() {
    for (int table = static_cast<int>(Table::edges); table <= static_cast<int>(Table::variants); ++table) {
      if (const auto read = read_table(static_cast<Table>(table)); !read) return read.error();
    }
    Flow all;
    for (const auto& [activity, flow] : flows_) {
      check_activity(activity, flow);
      all.add(flow);
    }
    check_totals(all);
    return laws_.take();
  }

 private:
  Result<void> read_table(Table table) {
    const std::string prefix = scope_.cells(process_, static_cast<std::uint8_t>(table));
    Result<void> outcome;
    const auto scanned = state_.scan(prefix, store::end_of_prefix(prefix), [&](auto key, auto value) {
      const std::string_view rest = format::behind(key, prefix);
      const CellKey page{table, format::read_big_endian(rest.substr(0, 8)), format::read_big_endian(rest.substr(8))};
      outcome = read_page(page, value, [this](const CellKey& cell_key, Cell cell) { take(cell_key, cell); });
      return outcome.ok();
    });
    return outcome ? scanned : outcome;
  }

  void take(const CellKey& key, Cell& cell) {
    for (const std::int64_t count : cell.counts) laws_.must_equal(std::min<std::int64_t>(count, 0), 0, "a count");
    switch (key.table) {
      case Table::edges:
        return take_edge(key, cell);
      case Table::starts:
        flows_[key.a].starts += cell.counts[BoundaryCell::cases];
        return;
      case Table::ends:
        flows_[key.a].ends += cell.counts[BoundaryCell::cases];
        return;
      case Table::activities:
        return take_activity(key, cell);
      case Table::totals:
        totals_ = cell;
        return;
      case Table::quarters:
        arrivals_ += cell.counts[QuarterCell::arrivals];
        completions_ += cell.counts[QuarterCell::completions];
        events_by_quarter_ += cell.counts[QuarterCell::events];
        return;
      case Table::variants:
        cases_by_variant_ += cell.counts[VariantCell::cases];
        return;
      case Table::handovers:
      case Table::resources:
      case Table::clocks:
        return;
    }
  }

  void take_edge(const CellKey& key, Cell& edge) {
    const std::int64_t traversals = edge.counts[EdgeCell::traversals];
    flows_[key.a].out += traversals;
    flows_[key.a].overlaps += edge.counts[EdgeCell::overlaps];
    flows_[key.b].in += traversals;
    if (key.a == key.b) flows_[key.a].repeats += traversals;
    laws_.must_equal(edge.duration(EdgeCell::duration).count(), traversals, "durations of an edge");
  }

  void take_activity(const CellKey& key, Cell& activity) {
    Flow& flow = flows_[key.a];
    flow.events += activity.counts[ActivityCell::events];
    flow.self_loops += activity.counts[ActivityCell::self_loops];
    for (const std::size_t kind : {ActivityCell::service, ActivityCell::waiting, ActivityCell::sojourn}) {
      laws_.must_equal(activity.duration(kind).count(), activity.counts[ActivityCell::events], "times of an activity");
    }
  }

  void check_activity(std::uint64_t activity, const Flow& flow) {
    const std::string of = " activity " + std::to_string(activity);
    laws_.must_equal(flow.out + flow.ends, flow.events, "what leaves" + of);
    laws_.must_equal(flow.in + flow.starts, flow.events, "what enters" + of);
    laws_.must_equal(flow.repeats, flow.self_loops, "self-loops of" + of);
  }

  void check_totals(const Flow& all) {
    const std::int64_t cases = totals_.counts[TotalsCell::cases];
    const std::int64_t events = totals_.counts[TotalsCell::events];
    laws_.must_equal(all.starts, cases, "starts");
    laws_.must_equal(all.ends, cases, "ends");
    laws_.must_equal(cases_by_variant_, cases, "cases of all variants");
    laws_.must_equal(arrivals_, cases, "arrivals");
    laws_.must_equal(totals_.duration(TotalsCell::cycle).count(), cases, "cycle times");
    laws_.must_equal(completions_, totals_.counts[TotalsCell::completed], "completions");
    laws_.must_equal(all.events, events, "events of all activities");
    laws_.must_equal(events_by_quarter_, events, "events of all quarters");
    laws_.must_equal(all.self_loops, totals_.counts[TotalsCell::self_loops], "self-loops");
    laws_.must_equal(all.overlaps, totals_.counts[TotalsCell::overlaps], "overlaps");
  }

  const store::Reader& state_;
  const format::Scope& scope_;
  const std::string_view process_;
  Laws laws_;
  std::unordered_map<std::uint64_t, Flow> flows_;  // by activity
  Cell totals_;
  std::int64_t arrivals_ = 0, completions_ = 0, events_by_quarter_ = 0, cases_by_variant_ = 0;
};

}  // namespace

Result<std::vector<std::string>> broken_laws(const store::Reader& state, const format::Scope& scope,
                                             std::string_view process) {
  return Account{state, scope, process}.check();
}

}  // namespace weir::runtime
