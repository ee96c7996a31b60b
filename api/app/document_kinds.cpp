#include "api/app/document_kinds.hpp"

#include "schemas/calendar/calendar_document.hpp"
#include "stream/alerts/rule_books.hpp"
#include "stream/documents/vault.hpp"
#include "stream/effects/target.hpp"
#include "stream/hooks/hook.hpp"
#include "stream/sla/policies.hpp"

namespace weir::app {

using documents::Documents;
using documents::Kind;

namespace {

auto is_there(const Documents& known, Kind kind) {
  return [&known, kind](const std::string& name) { return known.current(kind, name) != nullptr; };
}

DocumentFaults check_policy(const DocumentNode& node, const Documents& known) {
  const auto policy = sla::read_policy(node);
  if (!policy) return {};
  DocumentFaults faults = sla::unknown_calendars(*policy, is_there(known, Kind::calendar));
  const DocumentFaults more = sla::unknown_receivers(*policy, is_there(known, Kind::target));
  faults.insert(faults.end(), more.begin(), more.end());
  return faults;
}

DocumentFaults check_rule(const DocumentNode& node, const Documents& known) {
  const auto rule = rules::read_rule(node);
  if (!rule) return {};
  return rules::unknown_names(*rule, is_there(known, Kind::calendar), is_there(known, Kind::target));
}

/// Rules that name the calendar or the target.
std::vector<std::string> rules_with(Kind kind, const std::string& document, const Documents& known) {
  std::vector<std::string> users;
  for (const auto& [name, versions] : known.all(Kind::rule)) {
    if (versions.empty() || !versions.back().body) continue;
    const auto rule = alerts::rule_of(*versions.back().body);
    if (!rule) continue;
    const auto is_other = [&](Kind of) {
      return [&, of](const std::string& other) { return of != kind || other != document; };
    };
    if (!rules::unknown_names(*rule, is_other(Kind::calendar), is_other(Kind::target)).empty()) {
      users.emplace_back(name);
    }
  }
  return users;
}

/// Policies that name the calendar or the target.
std::vector<std::string> users_of(Kind kind, const std::string& document, const Documents& known) {
  std::vector<std::string> users;
  for (const auto& [name, versions] : known.all(Kind::sla_policy)) {
    if (versions.empty() || !versions.back().body) continue;
    const auto policy = sla::policy_of(*versions.back().body);
    if (!policy) continue;
    const auto is_another = [&](const std::string& other) { return other != document; };
    const auto names_it = kind == Kind::calendar ? sla::unknown_calendars(*policy, is_another)
                                                 : sla::unknown_receivers(*policy, is_another);
    if (!names_it.empty()) users.emplace_back(name);
  }
  return users;
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
      return {check_rule(node, known), {}};
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
  const bool may_be_named = kind == Kind::calendar || kind == Kind::target;
  const auto users = may_be_named ? users_of(kind, name, known) : std::vector<std::string>{};
  if (!users.empty()) return Error{Code::document_in_use, "the SLA policy " + users.front() + " names it"};
  const auto rules = may_be_named ? rules_with(kind, name, known) : std::vector<std::string>{};
  if (!rules.empty()) return Error{Code::document_in_use, "the rule " + rules.front() + " names it"};
  return {};
}

}  // namespace weir::app
