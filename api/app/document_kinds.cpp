#include "api/app/document_kinds.hpp"

#include "schemas/calendar/calendar_document.hpp"
#include "stream/alerts/playbook.hpp"
#include "stream/alerts/rule_books.hpp"
#include "stream/documents/vault.hpp"
#include "stream/effects/target.hpp"
#include "stream/hooks/hook.hpp"
#include "stream/sla/policies.hpp"
#include "stream/thresholds/threshold.hpp"

namespace weir::app {

using documents::Documents;
using documents::Kind;

namespace {

auto is_there(const Documents& known, Kind kind) {
  return [&known, kind](const std::string& name) { return known.current(kind, name) != nullptr; };
}

void add(const DocumentFaults& more, DocumentFaults& faults) { faults.insert(faults.end(), more.begin(), more.end()); }

DocumentFaults check_policy(const DocumentNode& node, const Documents& known) {
  const auto policy = sla::read_policy(node);
  if (!policy) return {};
  DocumentFaults faults = sla::unknown_calendars(*policy, is_there(known, Kind::calendar));
  add(sla::unknown_receivers(*policy, is_there(known, Kind::target)), faults);
  add(sla::unknown_escalations(*policy, is_there(known, Kind::escalation)), faults);
  return faults;
}

DocumentFaults check_escalation(const DocumentNode& node, const Documents& known) {
  const auto escalation = alerts::read_escalation(node);
  if (!escalation) return {};
  return alerts::unknown_names(*escalation, is_there(known, Kind::calendar), is_there(known, Kind::target));
}

DocumentFaults check_threshold(const DocumentNode& node, const Documents& known) {
  const auto threshold = thresholds::read_threshold(node);
  if (!threshold) return {};
  return thresholds::unknown_names(*threshold, is_there(known, Kind::sla_policy), is_there(known, Kind::target),
                                   is_there(known, Kind::escalation));
}

/// Whether a document of another kind names the one that is looked for.
struct Sought {
  Kind kind;
  const std::string& name;

  auto is_another(Kind of) const {
    return [this, of](const std::string& other) { return of != kind || other != name; };
  }
  bool is_in(const sla::Policy& policy) const {
    return !sla::unknown_calendars(policy, is_another(Kind::calendar)).empty() ||
           !sla::unknown_receivers(policy, is_another(Kind::target)).empty() ||
           !sla::unknown_escalations(policy, is_another(Kind::escalation)).empty();
  }
  bool is_in(const rules::Rule& rule) const {
    if (kind == Kind::calendar) return rule.names_calendar(name);
    return kind == Kind::target ? rule.names_target(name) : kind == Kind::escalation && rule.names_escalation(name);
  }
  bool is_in(const alerts::Escalation& escalation) const {
    return !alerts::unknown_names(escalation, is_another(Kind::calendar), is_another(Kind::target)).empty();
  }
  bool is_in(const thresholds::Threshold& threshold) const {
    const auto any = [](const std::string&) { return true; };
    return !thresholds::unknown_names(threshold, any, is_another(Kind::target), is_another(Kind::escalation)).empty();
  }
};

/// The name of a document of the kind `of` that names it; empty: there is none.
template <class Read>
std::string user_of(const Sought& sought, Kind of, const Documents& known, Read read) {
  for (const auto& [name, versions] : known.all(of)) {
    const auto document = versions.empty() || !versions.back().body ? std::nullopt : read(*versions.back().body);
    if (document && sought.is_in(*document)) return std::string{name};
  }
  return {};
}

}  // namespace

/// The faults are those beyond the node's own.
CheckedDocument DocumentKinds::read(Kind kind, const DocumentNode& node, const Documents& known) const {
  switch (kind) {
    case Kind::sla_policy:
      return {check_policy(node, known), {}};
    case Kind::calendar:
      static_cast<void>(read_calendar(node));
      return {};
    case Kind::target: {
      auto target = effects::read_target(node, reach_);
      return {{}, target ? std::move(target->secrets) : std::vector<std::string>{}};
    }
    case Kind::rule:
      static_cast<void>(rules::read_rule_with(
          {is_there(known, Kind::calendar), is_there(known, Kind::target), is_there(known, Kind::escalation)}, node));
      return {};
    case Kind::silence:
      static_cast<void>(alerts::read_silence(node));
      return {};
    case Kind::escalation:
      return {check_escalation(node, known), {}};
    case Kind::threshold:
      return {check_threshold(node, known), {}};
    case Kind::hook: {
      auto hook = hooks::read_hook(node);
      return {{}, hook ? std::move(hook->secrets) : std::vector<std::string>{}};
    }
  }
  return {};
}

Result<CheckedDocument> DocumentKinds::check(Kind kind, const std::string& body, const Documents& known) const {
  CheckedDocument checked;
  auto faults = read_document(body, [&](const DocumentNode& node) { checked = read(kind, node, known); });
  if (!faults) return faults.error();
  faults->insert(faults->end(), checked.faults.begin(), checked.faults.end());
  checked.faults = *std::move(faults);
  if (checked.faults.empty()) checked.faults = documents::lone_marks(body, checked.secrets);
  return checked;
}

Result<void> may_be_withdrawn(Kind kind, const std::string& name, const Documents& known) {
  if (kind != Kind::calendar && kind != Kind::target && kind != Kind::escalation) return {};
  const Sought sought{kind, name};
  const auto in_use = [](std::string_view what, const std::string& user) {
    return Error{Code::document_in_use, "the " + std::string{what} + ' ' + user + " names it"};
  };
  const std::string policy = user_of(sought, Kind::sla_policy, known, sla::policy_of);
  if (!policy.empty()) return in_use("SLA policy", policy);
  const std::string rule = user_of(sought, Kind::rule, known, alerts::rule_of);
  if (!rule.empty()) return in_use("rule", rule);
  const std::string escalation = user_of(sought, Kind::escalation, known, alerts::escalation_of);
  if (!escalation.empty()) return in_use("escalation", escalation);
  const std::string threshold = user_of(sought, Kind::threshold, known, thresholds::threshold_of);
  if (!threshold.empty()) return in_use("threshold", threshold);
  return {};
}

}  // namespace weir::app
