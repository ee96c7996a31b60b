#include "stream/sla/policy.hpp"

#include <algorithm>

#include "stream/rules/event_facts.hpp"

namespace weir::sla {
namespace {

constexpr std::size_t metrics_max = 100;
constexpr std::size_t targets_max = 1'000;
constexpr std::size_t processes_max = 100;
constexpr std::size_t warnings_max = 20;
constexpr std::size_t notified_max = 20;
constexpr std::size_t name_bytes_max = 64;
constexpr Duration grace_max = std::chrono::minutes{1};

using rules::Condition;

std::optional<Condition> read_condition(const DocumentNode& node) {
  return Condition::read(node, rules::EventFacts::paths);
}

Reopening read_reopening(const DocumentNode& node) {
  return node
      .choice<Reopening>({{"once", Reopening::once}, {"restart", Reopening::restart}, {"resume", Reopening::resume}})
      .value_or(Reopening::restart);
}

void read_metric(const std::string& name, const DocumentNode& node, std::vector<MetricRules>& metrics) {
  if (!is_plain_name(name)) return node.fault("must be under a name of 1 to 64 of a-z, 0-9, _ and -");
  std::optional<Condition> start, stop, pause;
  Metric metric;
  const std::size_t faults = node.faults();
  node.object({{"start", [&](const auto& one) { start = read_condition(one); }},
               {"stop", [&](const auto& one) { stop = read_condition(one); }},
               {"pause", [&](const auto& one) { pause = read_condition(one); }},
               {"reopening", [&](const auto& one) { metric.reopening = read_reopening(one); }},
               {"stop_starts", [&](const auto& one) { metric.stop_starts = one.boolean().value_or(false); }}});
  if (node.faults() != faults) return;
  if (!stop || (!start && !metric.stop_starts)) return node.fault("must have a start and a stop");
  if (!start) start = stop;  // of periodic updates the first begins
  metrics.push_back({name, *std::move(start), *std::move(stop), std::move(pause), metric});
}

void read_warning(const DocumentNode& node, std::vector<Warning>& warnings) {
  Warning warning;
  int kinds = 0;
  const auto before = [&](Warning::Kind kind) {
    return [&, kind](const DocumentNode& one) {
      ++kinds;
      warning.kind = kind;
      warning.before = one.duration().value_or(Duration{});
    };
  };
  const std::size_t faults = node.faults();
  node.object({{"percent",
                [&](const DocumentNode& one) {
                  ++kinds;
                  warning.percent = static_cast<int>(one.whole(1, 99).value_or(0));
                }},
               {"before", before(Warning::Kind::before)},
               {"before_business", before(Warning::Kind::before_business)}});
  if (node.faults() != faults) return;
  if (kinds != 1) return node.fault("must have one of percent, before and before_business");
  if (std::find(warnings.begin(), warnings.end(), warning) != warnings.end()) return node.fault("stands twice");
  warnings.push_back(warning);
}

void read_promises(const DocumentNode& node, const Policy& policy, Target& target) {
  node.each_member(metrics_max, [&](const std::string& name, const DocumentNode& member) {
    const bool known = std::any_of(policy.metrics.begin(), policy.metrics.end(),
                                   [&](const MetricRules& metric) { return metric.name == name; });
    if (!known) return member.fault("must be under the name of a metric of this policy");
    if (const auto span = member.duration()) target.promises.emplace_back(name, *span);
  });
}

std::vector<std::string> read_notify(const DocumentNode& node) {
  std::vector<std::string> names;
  node.each_item(notified_max, [&](const DocumentNode& one) { one.add_plain_name(names); });
  return names;
}

void read_target(const DocumentNode& node, Policy& policy) {
  Target target;
  target.calendar = always_open;
  const std::size_t faults = node.faults();
  const auto flag = [](bool& of_terms) {
    return [&](const DocumentNode& one) { of_terms = one.boolean().value_or(false); };
  };
  const auto grace = [&](const DocumentNode& one) {
    const auto span = one.duration();
    if (span && *span > grace_max) one.fault("must be at most 60s");
    target.terms.grace = span.value_or(Duration{});
  };
  const auto warnings = [&](const DocumentNode& list) {
    list.each_item(warnings_max, [&](const DocumentNode& one) { read_warning(one, target.terms.warnings); });
  };
  node.object({{"name", [&](const auto& one) { target.name = one.text(name_bytes_max).value_or(""); }},
               {"when", [&](const auto& one) { target.when = read_condition(one); }},
               {"calendar", [&](const auto& one) { target.calendar = one.text(name_bytes_max).value_or(""); }},
               {"promises", [&](const auto& one) { read_promises(one, policy, target); }},
               {"warnings", warnings},
               {"grace", grace},
               {"rearm_warnings", flag(target.terms.rearm_warnings)},
               {"retract_when_relieved", flag(target.terms.retract_when_relieved)},
               {"notify", [&](const auto& list) { target.notify = read_notify(list); }},
               {"escalate", [&](const auto& one) { target.escalate = one.text(name_bytes_max).value_or(""); }}});
  if (node.faults() != faults) return;
  const bool known = std::any_of(policy.targets.begin(), policy.targets.end(),
                                 [&](const Target& one) { return one.name == target.name; });
  if (target.name.empty() || known) return node.fault("must have a name of its own");
  policy.targets.push_back(std::move(target));
}

void read_processes(const DocumentNode& node, std::vector<std::string>& processes) {
  node.each_item(processes_max, [&](const DocumentNode& one) {
    if (auto name = one.plain_name()) processes.push_back(*std::move(name));
  });
}

Change read_change(const DocumentNode& node) {
  return node.choice<Change>({{"retarget", Change::retarget}, {"freeze", Change::freeze}, {"restart", Change::restart}})
      .value_or(Change::retarget);
}

}  // namespace

bool Policy::is_for(std::string_view process) const {
  return processes.empty() || std::find(processes.begin(), processes.end(), process) != processes.end();
}

const std::vector<std::string>& Policy::notified_of(std::string_view target) const {
  const auto found =
      std::find_if(targets.begin(), targets.end(), [&](const Target& one) { return one.name == target; });
  return found != targets.end() && found->notify ? *found->notify : notify;
}

const std::string& Policy::escalated_by(std::string_view target) const {
  const auto found =
      std::find_if(targets.begin(), targets.end(), [&](const Target& one) { return one.name == target; });
  return found != targets.end() && !found->escalate.empty() ? found->escalate : escalate;
}

bool Policy::notifies() const {
  const auto tells = [](const Target& one) { return (one.notify && !one.notify->empty()) || !one.escalate.empty(); };
  return !notify.empty() || !escalate.empty() || std::any_of(targets.begin(), targets.end(), tells);
}

namespace {

void add_unknown(const std::vector<std::string>& names, const std::string& pointer,
                 const std::function<bool(const std::string&)>& known, DocumentFaults& faults) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (known(names[i])) continue;
    faults.push_back({pointer + '/' + std::to_string(i), "there is no target \"" + names[i] + '"'});
  }
}

}  // namespace

DocumentFaults unknown_receivers(const Policy& policy, const std::function<bool(const std::string&)>& known) {
  DocumentFaults faults;
  add_unknown(policy.notify, "/notify", known, faults);
  for (std::size_t i = 0; i < policy.targets.size(); ++i) {
    if (const auto& names = policy.targets[i].notify) {
      add_unknown(*names, "/targets/" + std::to_string(i) + "/notify", known, faults);
    }
  }
  return faults;
}

DocumentFaults unknown_escalations(const Policy& policy, const std::function<bool(const std::string&)>& known) {
  DocumentFaults faults;
  const auto check = [&](const std::string& name, const std::string& pointer) {
    if (!name.empty() && !known(name)) faults.push_back({pointer, "there is no escalation \"" + name + '"'});
  };
  check(policy.escalate, "/escalate");
  for (std::size_t i = 0; i < policy.targets.size(); ++i) {
    check(policy.targets[i].escalate, "/targets/" + std::to_string(i) + "/escalate");
  }
  return faults;
}

DocumentFaults unknown_calendars(const Policy& policy, const std::function<bool(const std::string&)>& known) {
  DocumentFaults faults;
  for (std::size_t i = 0; i < policy.targets.size(); ++i) {
    const std::string& name = policy.targets[i].calendar;
    if (name == always_open || known(name)) continue;
    faults.push_back({"/targets/" + std::to_string(i) + "/calendar", "there is no calendar \"" + name + '"'});
  }
  return faults;
}

std::optional<Policy> read_policy(const DocumentNode& node) {
  Policy policy;
  const std::size_t faults = node.faults();
  const DocumentNode* targets = nullptr;
  std::optional<DocumentNode> kept;
  node.object({{"processes", [&](const auto& list) { read_processes(list, policy.processes); }},
               {"on_change", [&](const auto& one) { policy.on_change = read_change(one); }},
               {"metrics",
                [&](const DocumentNode& members) {
                  members.each_member(metrics_max, [&](const std::string& name, const DocumentNode& member) {
                    read_metric(name, member, policy.metrics);
                  });
                }},
               {"stop_all", [&](const auto& one) { policy.stop_all = read_condition(one); }},
               {"targets", [&](const auto& list) { targets = &kept.emplace(list); }},
               {"notify", [&](const auto& list) { policy.notify = read_notify(list); }},
               {"escalate", [&](const auto& one) { policy.escalate = one.text(name_bytes_max).value_or(""); }}});
  // Behind the metrics, which their promises name, wherever they stand.
  if (targets != nullptr) {
    targets->each_item(targets_max, [&](const DocumentNode& one) { read_target(one, policy); });
  }
  if (node.faults() == faults && (policy.metrics.empty() || policy.targets.empty())) {
    node.fault("must have metrics and targets");
  }
  return node.faults() == faults ? std::optional{std::move(policy)} : std::nullopt;
}

}  // namespace weir::sla
