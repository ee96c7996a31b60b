#include "stream/sla/policies.hpp"

#include <algorithm>

#include "schemas/calendar/calendar_document.hpp"
#include "stream/documents/accepted.hpp"

namespace weir::sla {
namespace {

using documents::Kind;

/// Empty: none is for the process.
std::vector<PolicyVersion> policy_versions(std::span<const documents::Version> versions, std::string_view process,
                                           Time now) {
  std::vector<PolicyVersion> read;
  bool is_for_it = false;
  for (const documents::Version& version : versions) {
    if (version.effective_at > now) break;
    auto policy = version.body ? policy_of(*version.body) : std::nullopt;
    if (policy && !policy->is_for(process)) policy.reset();
    is_for_it = is_for_it || policy;
    read.push_back({version.effective_at, std::move(policy)});
  }
  if (!is_for_it) read.clear();
  return read;
}

bool names_calendar(const Policy& policy, const std::string& calendar) {
  return std::any_of(policy.targets.begin(), policy.targets.end(),
                     [&](const Target& target) { return target.calendar == calendar; });
}

}  // namespace

std::shared_ptr<const BusinessCalendar> CalendarPool::calendar(const std::string& body) {
  const std::lock_guard lock(mutex_);
  std::erase_if(known_, [](const auto& one) { return one.second.expired(); });
  std::weak_ptr<const BusinessCalendar>& known = known_[body];
  auto calendar = known.lock();
  if (calendar != nullptr) return calendar;
  const auto read = documents::read_accepted(body, read_calendar);
  if (!read) return nullptr;
  calendar = std::make_shared<const BusinessCalendar>(read->hours, read->zone);
  known = calendar;
  return calendar;
}

Calendars calendars_of(const documents::Documents& documents, Time now, CalendarPool& pool) {
  Calendars calendars;
  for (const auto& [name, versions] : documents.all(Kind::calendar)) {
    for (const documents::Version& version : versions) {
      if (version.effective_at > now) break;
      calendars[std::string{name}].push_back(
          {version.effective_at, version.body ? pool.calendar(*version.body) : nullptr});
    }
  }
  return calendars;
}

std::optional<Policy> policy_of(const std::string& body) { return documents::read_accepted(body, read_policy); }

std::vector<NamedJudge> judges_of(const documents::Documents& documents, std::string_view process, Time now,
                                  CalendarPool& pool) {
  std::vector<NamedJudge> judges;
  std::optional<Calendars> calendars;
  for (const auto& [name, versions] : documents.all(Kind::sla_policy)) {
    auto read = policy_versions(versions, process, now);
    if (read.empty()) continue;
    if (!calendars) calendars = calendars_of(documents, now, pool);
    judges.push_back({std::string{name}, Judge{std::move(read), *calendars}});
  }
  return judges;
}

std::vector<std::pair<std::string, Policy>> newest_policies(const documents::Documents& documents,
                                                            std::string_view process) {
  std::vector<std::pair<std::string, Policy>> policies;
  for (const auto& [name, versions] : documents.all(Kind::sla_policy)) {
    if (versions.empty() || !versions.back().body) continue;
    auto policy = policy_of(*versions.back().body);
    if (policy && policy->is_for(process)) policies.emplace_back(name, *std::move(policy));
  }
  return policies;
}

bool concerns(const documents::Change& change, std::string_view process, const documents::Documents& documents) {
  if (change.kind != Kind::sla_policy && change.kind != Kind::calendar) return false;
  const auto concerned = [&](const documents::Version& version) {
    const auto policy = version.body ? policy_of(*version.body) : std::nullopt;
    return policy && policy->is_for(process) &&
           (change.kind == Kind::sla_policy || names_calendar(*policy, change.name));
  };
  for (const auto& [name, versions] : documents.all(Kind::sla_policy)) {
    if (change.kind == Kind::sla_policy && name != change.name) continue;
    if (std::any_of(versions.begin(), versions.end(), concerned)) return true;
  }
  return false;
}

}  // namespace weir::sla
