#include "stream/rules/trial.hpp"

#include <map>

namespace weir::rules {
namespace {

/// Also of a rule that is switched off, for it is asked what it would do.
std::vector<RuleVersion> for_all_time(const std::string& name, std::optional<Rule> rule) {
  if (rule) rule->enabled = true;
  std::vector<RuleVersion> versions;
  versions.push_back({name, Time::min(), std::move(rule)});
  return versions;
}

}  // namespace

Trial::Trial(const std::string& name, Rule rule, std::optional<Rule> former, CalendarAt calendar, Time now)
    : book_(for_all_time(name, std::move(rule)), calendar),
      former_(for_all_time(name, std::move(former)), calendar),
      now_(now) {}

std::vector<WouldFire> Trial::hear(std::span<const Event> events, Explaining explaining) {
  if (events.empty()) return {};
  const std::string& case_id = events.front().case_id;
  std::vector<WouldFire> found;
  for (Firing& one : judge(book_, events, now_, explaining).firings) found.push_back({case_id, std::move(one)});
  const auto key = [](const Firing& firing) { return std::pair{firing.at, firing.trigger}; };
  std::map<std::pair<Time, Trigger>, Firing> before;
  for (Firing& one : judge(former_, events, now_).firings) before.emplace(key(one), std::move(one));
  for (const WouldFire& one : found) {
    const auto same = before.find(key(one.firing));
    if (same == before.end()) {
      comparison_.added.push_back(one);
      continue;
    }
    ++comparison_.same;
    if (same->second.deeds != one.firing.deeds) ++comparison_.reworded;
    before.erase(same);
  }
  for (auto& [where, firing] : before) comparison_.gone.push_back({case_id, std::move(firing)});
  return found;
}

std::vector<WouldFire> dry_run(const std::string& name, const Rule& rule, std::span<const std::vector<Event>> cases,
                               const CalendarAt& calendar, Time now, Explaining explaining) {
  Trial trial{name, rule, {}, calendar, now};
  std::vector<WouldFire> all;
  for (const auto& events : cases) {
    for (WouldFire& one : trial.hear(events, explaining)) all.push_back(std::move(one));
  }
  return all;
}

}  // namespace weir::rules
