#include "stream/alerts/rule_books.hpp"

#include <algorithm>

#include "stream/documents/accepted.hpp"

namespace weir::alerts {

using documents::Kind;

namespace {

/// Nothing: none is for the process.
std::vector<rules::RuleVersion> versions_of(std::string_view name, std::span<const documents::Version> versions,
                                            std::string_view process, Time now) {
  std::vector<rules::RuleVersion> read;
  bool is_for_it = false;
  for (const documents::Version& version : versions) {
    if (version.effective_at > now) break;
    auto rule = version.body ? rule_of(*version.body) : std::nullopt;
    if (rule && !rule->is_for(process)) rule.reset();
    is_for_it = is_for_it || rule;
    read.push_back({std::string{name}, version.effective_at, std::move(rule)});
  }
  if (!is_for_it) read.clear();
  return read;
}

}  // namespace

std::optional<rules::Rule> rule_of(const std::string& body) { return documents::read_accepted(body, rules::read_rule); }

rules::CalendarAt calendars_at(const documents::Documents& documents, Time now, sla::CalendarPool& calendars) {
  const auto all = std::make_shared<const sla::Calendars>(sla::calendars_of(documents, now, calendars));
  return [all](std::string_view name, Time at) { return sla::calendar_at(std::string{name}, at, *all).get(); };
}

std::shared_ptr<const rules::RuleBook> rules_of(const documents::Documents& documents, std::string_view process,
                                                Time now, sla::CalendarPool& calendars) {
  std::vector<rules::RuleVersion> all;
  for (const auto& [name, versions] : documents.all(Kind::rule)) {
    auto read = versions_of(name, versions, process, now);
    all.insert(all.end(), std::make_move_iterator(read.begin()), std::make_move_iterator(read.end()));
  }
  if (all.empty()) return nullptr;
  return std::make_shared<const rules::RuleBook>(std::move(all), calendars_at(documents, now, calendars));
}

bool concerns_rules(const documents::Change& change, std::string_view process, const documents::Documents& documents) {
  if (change.kind != Kind::rule && change.kind != Kind::calendar) return false;
  const auto concerned = [&](const documents::Version& version) {
    const auto rule = version.body ? rule_of(*version.body) : std::nullopt;
    if (!rule || !rule->is_for(process)) return false;
    return change.kind == Kind::rule ||
           std::find(rule->calendars.begin(), rule->calendars.end(), change.name) != rule->calendars.end();
  };
  for (const auto& [name, versions] : documents.all(Kind::rule)) {
    if (change.kind == Kind::rule && name != change.name) continue;
    if (std::any_of(versions.begin(), versions.end(), concerned)) return true;
  }
  return false;
}

}  // namespace weir::alerts
