// An SLA policy as a document (`schemas/definitions/sla.schema.json`, `policy`): what is measured, and what is promised
// to whom.
//   {"processes": ["support"], "on_change": "retarget",
//    "metrics": {"resolution": {"start": …, "stop": …, "pause": …, "reopening": "resume"}},
//    "targets": [{"name": "gold", "when": …, "calendar": "office", "promises": {"resolution": "8h"},
//                 "warnings": [{"percent": 75}, {"before": "15m"}]}]}
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stream/rules/condition.hpp"
#include "stream/sla/clock.hpp"

namespace weir::sla {

/// Start and stop are edges: what asks for the event holds with each event that it holds for; what asks for the case
/// alone, with the event that makes it hold. Pause is a level.
struct MetricRules {
  std::string name;
  rules::Condition start;
  rules::Condition stop;
  std::optional<rules::Condition> pause;
  Metric metric;
};

/// What is promised to the cases that it is for; the first that fits counts.
struct Target {
  std::string name;
  std::optional<rules::Condition> when;  // none: any case
  std::string calendar;
  std::vector<std::pair<std::string, Duration>> promises;  // by metric
  Terms terms;                                             // but for target and calendar
  std::optional<std::vector<std::string>> notify;          // none: as the policy says
  std::string escalate;                                    // empty: as the policy says
};

struct Policy {
  std::vector<std::string> processes;   // that it is for; none: every process of the workspace
  Change on_change = Change::retarget;  // of cycles that are open when this version or another calendar comes
  std::vector<MetricRules> metrics;
  std::optional<rules::Condition> stop_all;  // an edge that stops every metric, such as that the case is solved
  std::vector<Target> targets;
  std::vector<std::string> notify;  // names of documents of kind target: who hears of warnings, breaches and their end
  std::string escalate;  // name of a document of kind escalation: who is told further of breaches; may be empty

  bool is_for(std::string_view process) const;
  /// Who hears of cycles that stand under the promise of that target: as it says, else as the policy does.
  const std::vector<std::string>& notified_of(std::string_view target) const;
  /// By which escalation a breach of that target's promise is escalated; empty: by none.
  const std::string& escalated_by(std::string_view target) const;
  /// It tells anybody anything.
  bool notifies() const;
};

inline constexpr std::string_view always_open = "always";  // a calendar that need not be declared

/// Nothing if the node is no policy; then it has faults. At most 100 metrics and 1,000 targets.
std::optional<Policy> read_policy(const DocumentNode& node);
/// A fault for each calendar of the policy that is not `known`; pointers are within the policy.
DocumentFaults unknown_calendars(const Policy& policy, const std::function<bool(const std::string& name)>& known);
/// The same of its escalations.
DocumentFaults unknown_escalations(const Policy& policy, const std::function<bool(const std::string& name)>& known);
/// The same of those that are to be notified.
DocumentFaults unknown_receivers(const Policy& policy, const std::function<bool(const std::string& name)>& known);

}  // namespace weir::sla
