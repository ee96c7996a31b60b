#include "stream/sla/timeline.hpp"

#include <algorithm>
#include <set>

namespace weir::sla {
namespace {

/// The number of the name, which is added if it is new.
std::size_t number_of(const std::string& name, std::vector<std::string>& names) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  names.push_back(name);
  return names.size() - 1;
}

const MetricRules* rules_of(const Policy* policy, const std::string& metric) {
  if (policy == nullptr) return nullptr;
  const auto found = std::find_if(policy->metrics.begin(), policy->metrics.end(),
                                  [&](const MetricRules& one) { return one.name == metric; });
  return found == policy->metrics.end() ? nullptr : &*found;
}

const rules::Condition* stop_all_of(const Policy& policy) { return policy.stop_all ? &*policy.stop_all : nullptr; }

/// The last that holds at the time.
template <class Version>
const Version* at_time(const std::vector<Version>& versions, Time time) {
  const auto next = std::upper_bound(versions.begin(), versions.end(), time,
                                     [](Time at, const Version& version) { return at < version.from; });
  return next == versions.begin() ? nullptr : &*std::prev(next);
}

std::shared_ptr<const BusinessCalendar> always() {
  static const auto calendar = std::make_shared<const BusinessCalendar>(OpeningHours::always(), Zone::utc());
  return calendar;
}

}  // namespace

std::shared_ptr<const BusinessCalendar> calendar_at(const std::string& name, Time time, const Calendars& calendars) {
  const auto known = calendars.find(name);
  if (known == calendars.end()) return name == always_open ? always() : nullptr;
  const CalendarVersion* const version = at_time(known->second, time);
  return version == nullptr ? nullptr : version->calendar;
}

std::vector<PolicyVersion> for_all_time(Policy policy) {
  std::vector<PolicyVersion> versions;
  versions.push_back({Time::min(), std::move(policy)});
  return versions;
}

std::vector<CalendarVersion> for_all_time(std::shared_ptr<const BusinessCalendar> calendar) {
  return {{Time::min(), std::move(calendar)}};
}

Timeline::Timeline(std::vector<PolicyVersion> versions, const Calendars& calendars) : versions_(std::move(versions)) {
  number_names();
  std::set<Time> instants;
  for (const PolicyVersion& version : versions_) {
    instants.insert(version.from);
    if (!version.policy) continue;
    for (const Target& target : version.policy->targets) {
      const auto known = calendars.find(target.calendar);
      if (known == calendars.end()) continue;
      for (const CalendarVersion& one : known->second) instants.insert(one.from);
    }
  }
  for (const Time from : instants) {
    const PolicyVersion* const version = at_time(versions_, from);
    if (version != nullptr) add_stretch(measured_by(*version, from), calendars);  // else a calendar was there first
  }
}

/// And what counts ahead of all versions.
void Timeline::number_names() {
  for (const PolicyVersion& version : versions_) {
    if (!version.policy) continue;
    if (before_.stop_all == nullptr) before_.stop_all = stop_all_of(*version.policy);
    for (const MetricRules& metric : version.policy->metrics) {
      if (number_of(metric.name, metrics_) == before_.metrics.size()) before_.metrics.push_back({&metric, {}});
    }
    for (const Target& target : version.policy->targets) number_of(target.name, targets_);
  }
}

/// A metric that a later version is the first to have is measured as it will be; one that an earlier version had is not
/// measured any more.
Timeline::Stretch Timeline::measured_by(const PolicyVersion& version, Time from) const {
  const Policy* const policy = version.policy ? &*version.policy : nullptr;
  Stretch stretch{from, policy, policy == nullptr ? nullptr : stop_all_of(*policy), {}};
  for (std::size_t i = 0; i < metrics_.size(); ++i) {
    const auto had_it = [&](const PolicyVersion& one) {
      return one.from <= from && one.policy && rules_of(&*one.policy, metrics_[i]) != nullptr;
    };
    const bool is_known = std::any_of(versions_.begin(), versions_.end(), had_it);
    stretch.metrics.push_back({is_known ? rules_of(policy, metrics_[i]) : before_.metrics[i].rules, {}});
  }
  return stretch;
}

void Timeline::add_stretch(Stretch stretch, const Calendars& calendars) {
  const std::size_t targets = stretch.policy == nullptr ? 0 : stretch.policy->targets.size();
  for (Measured& metric : stretch.metrics) metric.terms.assign(targets, nullptr);
  for (std::size_t i = 0; i < targets; ++i) {
    const Target& target = stretch.policy->targets[i];
    const auto calendar = calendar_at(target.calendar, stretch.from, calendars);
    if (calendar == nullptr) continue;
    for (const auto& [name, span] : target.promises) {
      const std::size_t metric = number_of(name, metrics_);
      stretch.metrics[metric].terms[i] = promise(target, metric, span, calendar);
    }
  }
  stretches_.push_back(std::move(stretch));
}

/// Terms that are the same are the same terms: a version that changes nothing for a cycle does not touch it.
const Terms* Timeline::promise(const Target& target, std::size_t metric, Duration span,
                               std::shared_ptr<const BusinessCalendar> calendar) {
  Promise made{number_of(target.name, targets_), metric, target.terms};
  made.terms.target = span;
  made.terms.calendar = calendar.get();
  const auto known = std::find_if(promises_.begin(), promises_.end(), [&](const Promise& one) {
    return one.target == made.target && one.metric == metric && one.terms == made.terms;
  });
  if (known != promises_.end()) return &known->terms;
  calendars_.push_back(std::move(calendar));
  promises_.push_back(std::move(made));
  return &promises_.back().terms;
}

const Policy* Timeline::at(Time time) const {
  const Stretch* const stretch = at_time(stretches_, time);
  return stretch == nullptr ? nullptr : stretch->policy;
}

bool Timeline::notifies() const {
  return std::any_of(versions_.begin(), versions_.end(),
                     [](const PolicyVersion& one) { return one.policy && one.policy->notifies(); });
}

std::size_t Timeline::target_of(const Terms* terms) const {
  const auto found =
      std::find_if(promises_.begin(), promises_.end(), [&](const Promise& one) { return &one.terms == terms; });
  return found->target;
}

}  // namespace weir::sla
