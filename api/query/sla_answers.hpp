// How cases stand under SLA policies, as answers.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "schemas/codec/json_writer.hpp"
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
};

/// By (metric, target), as numbers in the policy. Sums: any order of cases gives the same.
class SlaTallies {
 public:
  void count(const sla::Verdict& verdict);
  /// `"metrics": [{"name", "targets": [{"name", "cycles", "met", …, "met_share"}]}]`, all that the policy promises; the
  /// share is of the cycles that were fulfilled, null if there is none.
  void write(JsonWriter& json, const sla::Policy& policy) const;
  /// A line each.
  std::string text(const sla::Policy& policy) const;

 private:
  SlaTally of(std::size_t metric, std::size_t target) const;

  std::map<std::pair<std::size_t, std::size_t>, SlaTally> tallies_;
};

/// An object for each cycle, in order: `{"case", "metric", "target", "cycle", "state", "began", "ended", "due",
/// "elapsed_s", "breach", "warned"}`.
void write_cycles(JsonWriter& json, std::string_view case_id, const sla::Verdict& verdict, const sla::Policy& policy);

}  // namespace weir::query
