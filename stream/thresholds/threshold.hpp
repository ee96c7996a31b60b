// A threshold as a document (`schemas/definitions/threshold.schema.json`); its name is the document's.
//   {"process": "orders", "measure": "waiting_time", "statistic": "p95", "from": "invoice sent", "to": "paid",
//    "last": "1d", "op": "gt", "value": "2h", "for": "15m", "severity": "critical", "notify": ["desk"]}
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/codec/document.hpp"
#include "stream/rules/rule.hpp"

namespace weir::thresholds {

/// Figures of a process, then those of the engine itself.
enum class Measure : std::uint8_t {
  events,
  cases,
  arrivals,
  running,
  completed,
  refused,
  traversals,
  rework_share,
  flow_efficiency,
  cycle_time,
  busy_time,
  waiting_time,
  service_time,
  sojourn_time,
  sla_met_share,
  sla_breached,
  lag,
  dead_letters,
  failing_targets,
  disk_free_share,
};
std::string_view name_of(Measure measure);

enum class Unit : std::uint8_t { count, share, seconds };
Unit unit_of(Measure measure);
bool is_of_engine(Measure measure);

enum class Statistic : std::uint8_t { mean, min, max, p50, p90, p95, p99 };
enum class Op : std::uint8_t { gt, gte, lt, lte };

/// What a figure is of, within its process; nothing: the process as a whole.
struct Place {
  std::string activity;
  std::string from, to;  // an edge
  std::string policy;    // of service levels
  std::string metric;    // of the policy; empty: all of them
  std::string target;    // the same
};

struct Threshold {
  std::string process;  // empty: the engine
  Measure measure = Measure::cases;
  Place place;
  Statistic statistic = Statistic::mean;  // of a time
  std::optional<Duration> last;           // what lies within it, up to now; none: all that is kept
  Op op = Op::gt;
  double value = 0;   // in the measure's unit
  std::string given;  // the same as it was written
  Duration hold_for{};
  Duration keep_firing_for{};
  rules::Severity severity = rules::Severity::warning;
  std::string title;  // one line; empty: the condition
  std::string text;
  std::vector<std::string> notify;
  std::string escalation;  // by which an alert of it is escalated; may be empty

  /// Nothing was measured: it does not hold.
  bool holds(std::optional<double> measured) const;
  /// What is compared with what, in words; the same of two thresholds if they compare the same.
  std::string condition() const;
};

/// Nothing if the node is no threshold; then it has faults.
std::optional<Threshold> read_threshold(const DocumentNode& node);
/// The same of a document that was accepted; nothing where it cannot be read.
std::optional<Threshold> threshold_of(const std::string& body);

using Knows = std::function<bool(const std::string& name)>;
/// A fault for each target that is not known, and for a policy or an escalation that is not.
DocumentFaults unknown_names(const Threshold& threshold, const Knows& is_policy, const Knows& is_target,
                             const Knows& is_escalation);

}  // namespace weir::thresholds
