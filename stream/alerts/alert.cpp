#include "stream/alerts/alert.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

namespace weir::alerts {
namespace {

constexpr std::string_view source = "sla";

std::string mark_of(const sla::Warning& warning) {
  switch (warning.kind) {
    case sla::Warning::Kind::percent:
      return "percent:" + std::to_string(warning.percent);
    case sla::Warning::Kind::before:
      return "before:" + std::to_string(warning.before.count());
    case sla::Warning::Kind::before_business:
      break;
  }
  return "before_business:" + std::to_string(warning.before.count());
}

std::vector<std::string> receivers_at(Time time, const sla::Timeline& timeline, const std::string& promise) {
  const sla::Policy* const policy = timeline.at(time);
  return policy == nullptr ? std::vector<std::string>{} : policy->notified_of(promise);
}

void add_once(const std::vector<std::string>& names, std::vector<std::string>& all) {
  for (const std::string& name : names) {
    if (std::find(all.begin(), all.end(), name) == all.end()) all.push_back(name);
  }
}

std::vector<Notice> notices_of(const sla::Cycle& cycle, const std::string& promise, const sla::Timeline& timeline) {
  std::vector<Notice> notices;
  std::map<std::string, int> warned;
  for (const sla::Warned& one : cycle.warned) {
    std::string mark = mark_of(one.warning);
    mark.append("#").append(std::to_string(++warned[mark]));
    notices.push_back({Step::warned, std::move(mark), one.at, one.at, {}});
  }
  if (cycle.breach && !cycle.breach->retracted) {
    notices.push_back({Step::breached, {}, cycle.breach->at, cycle.breach->detected, {}});
  }
  if (notices.empty()) return notices;
  std::stable_sort(notices.begin(), notices.end(),
                   [](const Notice& a, const Notice& b) { return a.told_at < b.told_at; });
  std::vector<std::string> all;
  for (Notice& one : notices) {
    one.receivers = receivers_at(one.told_at, timeline, promise);
    add_once(one.receivers, all);
  }
  if (cycle.ended) notices.push_back({Step::ended, {}, *cycle.ended, *cycle.ended, std::move(all)});
  return notices;
}

/// Up to the next slash, which goes too.
std::string_view take_part(std::string_view& text) {
  const std::string_view part = text.substr(0, text.find('/'));
  text.remove_prefix(std::min(part.size() + 1, text.size()));
  return part;
}

}  // namespace

std::string_view name_of(Step step) {
  switch (step) {
    case Step::warned:
      return "warning";
    case Step::breached:
      return "breached";
    case Step::ended:
      break;
  }
  return "ended";
}

std::string AlertName::text() const {
  std::string name{source};
  return name.append("/").append(policy).append("/").append(metric).append("/").append(std::to_string(cycle));
}

std::string Notice::text() const {
  std::string name{name_of(step)};
  if (!mark.empty()) name.append("/").append(mark);
  return name;
}

std::optional<NoticeName> notice_named(std::string_view text) {
  NoticeName name;
  if (take_part(text) != source) return std::nullopt;
  name.alert.policy = take_part(text);
  name.alert.metric = take_part(text);
  const std::string_view cycle = take_part(text);
  const auto [end, fault] = std::from_chars(cycle.data(), cycle.data() + cycle.size(), name.alert.cycle);
  if (fault != std::errc{} || end != cycle.data() + cycle.size()) return std::nullopt;
  const std::string_view step = take_part(text);
  for (const Step one : std::array{Step::warned, Step::breached, Step::ended}) {
    if (name_of(one) != step) continue;
    name.step = one;
    return name;
  }
  return std::nullopt;
}

bool Alert::is_breached() const {
  return std::any_of(notices.begin(), notices.end(), [](const Notice& one) { return one.step == Step::breached; });
}

void add_alerts(const std::string& policy, const sla::Timeline& timeline, const sla::Verdict& verdict,
                std::vector<Alert>& alerts) {
  for (std::size_t i = 0; i < verdict.cycles.size(); ++i) {
    const sla::Cycle& cycle = verdict.cycles[i];
    const std::string& promise = timeline.targets()[verdict.targets[i]];
    auto notices = notices_of(cycle, promise, timeline);
    if (notices.empty()) continue;
    alerts.push_back({{policy, timeline.metrics()[verdict.metric], i + 1},
                      promise,
                      cycle.state,
                      cycle.began,
                      cycle.due,
                      std::move(notices)});
  }
}

}  // namespace weir::alerts
