// How cases stand under SLA policies, as answers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schemas/codec/json_writer.hpp"
#include "stream/feed/clocks.hpp"
#include "stream/sla/judge.hpp"

namespace weir::query {

/// Cycles of one metric under one target.
struct SlaTally {
  std::int64_t cycles = 0;
  std::int64_t met = 0;
  std::int64_t met_late = 0;
  std::int64_t running = 0;
  std::int64_t paused = 0;
  std::int64_t cancelled = 0;
  std::int64_t breached = 0;  // of any state, and not taken back

  void count(const sla::Cycle& cycle);
  /// Of a cell of Table::clocks.
  void add(const dataflow::Cell& cell);
};

/// Of one policy, by metric and target. Sums: any order of cases gives the same.
class SlaTallies {
 public:
  /// All that `policy` promises is told, also where there is nothing to count. Null: there is no policy any more.
  explicit SlaTallies(const sla::Policy* policy);

  void count(const sla::Verdict& verdict, const sla::Timeline& timeline);
  SlaTally& of(const std::string& metric, const std::string& target);
  /// `"metrics": [{"name", "targets": [{"name", "cycles", "met", …, "met_share"}]}]`: as promised, then what earlier
  /// versions promised. The share is of the cycles that were fulfilled, null if there is none.
  void write(JsonWriter& json) const;
  /// A line each.
  std::string text() const;

 private:
  struct Metric {
    std::string name;
    std::vector<std::pair<std::string, SlaTally>> targets;
  };
  std::vector<Metric> metrics_;
};

/// `"policies": [{"name", "metrics"}]` of a view's cells: all that `newest` promises, then what is left of others.
void write_sla_view(JsonWriter& json, const feed::ProcessView& view,
                    const std::vector<std::pair<std::string, sla::Policy>>& newest);
/// `{"process", "as_of", "policies", "overdue", "clocks"}`, the last two as write_clock_rows().
void write_sla(JsonWriter& json, const feed::ProcessView& view,
               const std::vector<std::pair<std::string, sla::Policy>>& newest, const feed::UrgentClocks& urgent,
               std::string_view process, std::string_view as_of);
/// `NAME: [{"id", "case", "policy", "metric", "target", "cycle", "state", "began", "due", "breached",
/// "passed_s"}]`.
void write_clock_rows(JsonWriter& json, std::string_view name, const std::vector<feed::ClockRow>& rows);

/// An object for each cycle, in order: `{"case", "metric", "target", "cycle", "state", "began", "ended", "due",
/// "elapsed_s", "breach", "warned"}`.
void write_cycles(JsonWriter& json, std::string_view case_id, const sla::Verdict& verdict,
                  const sla::Timeline& timeline);

}  // namespace weir::query
