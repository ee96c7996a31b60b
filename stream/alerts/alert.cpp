#include "stream/alerts/alert.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "schemas/base/hash.hpp"

namespace weir::alerts {
namespace {

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
    notices.push_back({Step::warned, std::move(mark), one.at, one.at, {}, {}});
  }
  if (cycle.breach && !cycle.breach->retracted) {
    notices.push_back({Step::breached, {}, cycle.breach->at, cycle.breach->detected, {}, {}});
  }
  if (notices.empty()) return notices;
  std::stable_sort(notices.begin(), notices.end(),
                   [](const Notice& a, const Notice& b) { return a.told_at < b.told_at; });
  std::vector<std::string> all;
  for (Notice& one : notices) {
    one.receivers = receivers_at(one.told_at, timeline, promise);
    add_once(one.receivers, all);
  }
  if (cycle.ended) notices.push_back({Step::ended, {}, *cycle.ended, *cycle.ended, std::move(all), {}});
  return notices;
}

/// What is only about to be missed is told, and not escalated.
void escalate_breach(const sla::Timeline& timeline, Alert& alert) {
  for (const Notice& one : alert.notices) {
    const sla::Policy* const policy = one.step == Step::breached ? timeline.at(one.told_at) : nullptr;
    if (policy == nullptr) continue;
    alert.escalation = policy->escalated_by(alert.promise);
    alert.escalates_from = one.told_at;
  }
}

/// Up to the next slash, which goes too.
std::string_view take_part(std::string_view& text) {
  const std::string_view part = text.substr(0, text.find('/'));
  text.remove_prefix(std::min(part.size() + 1, text.size()));
  return part;
}

}  // namespace

std::string_view name_of(Source source) {
  switch (source) {
    case Source::sla:
      return "sla";
    case Source::rule:
      return "rule";
    case Source::threshold:
      break;
  }
  return "threshold";
}

std::string_view name_of(Step step) {
  switch (step) {
    case Step::warned:
      return "warning";
    case Step::breached:
      return "breached";
    case Step::fired:
      return "fired";
    case Step::escalated:
      return "escalated";
    case Step::acknowledged:
      return "acknowledged";
    case Step::ended:
      break;
  }
  return "ended";
}

std::string AlertName::text() const {
  std::string name{name_of(source)};
  name.append("/").append(document).append("/");
  if (source == Source::sla) name.append(metric).append("/");
  return name.append(std::to_string(number));
}

std::string Notice::text() const {
  std::string name{name_of(step)};
  if (!mark.empty()) name.append("/").append(mark);
  return name;
}

std::optional<AlertName> take_alert_name(std::string_view& text) {
  AlertName name;
  constexpr std::array sources{Source::sla, Source::rule, Source::threshold};
  const std::string_view first = take_part(text);
  const auto* const source =
      std::find_if(sources.begin(), sources.end(), [&](Source one) { return name_of(one) == first; });
  if (source == sources.end()) return std::nullopt;
  name.source = *source;
  name.document = take_part(text);
  if (name.source == Source::sla) name.metric = take_part(text);
  const std::string_view number = take_part(text);
  const auto [end, fault] = std::from_chars(number.data(), number.data() + number.size(), name.number);
  if (fault != std::errc{} || end != number.data() + number.size()) return std::nullopt;
  return name;
}

std::optional<NoticeName> notice_named(std::string_view text) {
  auto alert = take_alert_name(text);
  if (!alert) return std::nullopt;
  NoticeName name;
  name.alert = *std::move(alert);
  const std::string_view step = take_part(text);
  for (const Step one :
       std::array{Step::warned, Step::breached, Step::ended, Step::fired, Step::escalated, Step::acknowledged}) {
    if (name_of(one) != step) continue;
    name.step = one;
    return name;
  }
  return std::nullopt;
}

bool Alert::is_breached() const {
  return std::any_of(notices.begin(), notices.end(), [](const Notice& one) { return one.step == Step::breached; });
}

static_assert(static_cast<int>(rules::Severity::info) == static_cast<int>(effects::Severity::info) &&
              static_cast<int>(rules::Severity::critical) == static_cast<int>(effects::Severity::critical));
effects::Severity as_effect(rules::Severity severity) { return static_cast<effects::Severity>(severity); }

effects::Severity Alert::severity() const {
  effects::Severity most = effects::Severity::info;
  for (const Notice& one : notices) {
    if (one.step == Step::warned) most = std::max(most, effects::Severity::warning);
    if (one.step == Step::breached) most = effects::Severity::critical;
    if (one.deed) most = std::max(most, as_effect(one.deed->severity));
  }
  return most;
}

void add_alerts(const std::string& policy, const sla::Timeline& timeline, const sla::Verdict& verdict,
                std::vector<Alert>& alerts) {
  for (std::size_t i = 0; i < verdict.cycles.size(); ++i) {
    const sla::Cycle& cycle = verdict.cycles[i];
    const std::string& promise = timeline.targets()[verdict.targets[i]];
    auto notices = notices_of(cycle, promise, timeline);
    if (notices.empty()) continue;
    Alert& alert = alerts.emplace_back();
    alert.name = {Source::sla, policy, timeline.metrics()[verdict.metric], i + 1};
    alert.promise = promise;
    alert.state = cycle.state;
    alert.began = cycle.began;
    alert.due = cycle.due;
    alert.notices = std::move(notices);
    escalate_breach(timeline, alert);
  }
}

namespace {

std::string mark_of(const rules::Trigger& trigger, const rules::Deed& deed) {
  std::string what;
  if (trigger.event) what.append(trigger.event->first).append(1, '\0').append(trigger.event->second);
  what.append(1, '\0').append(trigger.due ? std::to_string(to_micros(*trigger.due)) : "");
  return to_hex(hash128(what)) + '.' + std::to_string(deed.number);
}

/// The alerts of one rule, firing by firing.
class Episodes {
 public:
  Episodes(const std::string& rule, const Commands& commands, Time now, std::vector<Alert>& alerts)
      : rule_(rule), commands_(commands), now_(now), alerts_(alerts) {}

  void take(const rules::Firing& firing) {
    for (const rules::Deed& deed : firing.deeds) {
      const Notice notice{Step::fired, mark_of(firing.trigger, deed), firing.at, firing.at, deed.targets, deed};
      if (deed.kind == rules::ActionKind::notify) {
        if (!said_) said_.emplace(alert(0, firing.at));
        said_->notices.push_back(notice);
        continue;
      }
      end_by(firing.at);
      if (!up_) begin(firing.at);
      up_->notices.push_back(notice);
      until_ = firing.keeps_until;
      if (deed.escalation.empty() || !up_->escalation.empty()) continue;
      up_->escalation = deed.escalation;
      up_->escalates_from = firing.at;
    }
  }

  /// -> when the last one ends by itself.
  std::optional<Time> conclude() {
    if (said_) alerts_.push_back(*std::move(said_));
    end_by(now_);
    if (!up_) return std::nullopt;
    alerts_.push_back(*std::move(up_));
    return until_;
  }

 private:
  Alert alert(std::uint64_t number, Time at) const {
    Alert made;
    made.name = {Source::rule, rule_, {}, number};
    made.began = at;
    return made;
  }

  void begin(Time at) {
    up_.emplace(alert(++count_, at));
    resolved_.reset();
    for (Done& one : commands_.of(up_->name.text())) {
      if (one.deed == Deed::resolve && one.at >= at && !resolved_) resolved_ = std::move(one);
    }
  }

  /// By itself or by hand, whichever comes first.
  void end_by(Time time) {
    if (!up_) return;
    const bool by_hand = resolved_ && (!until_ || resolved_->at < *until_);
    const auto at = by_hand ? std::optional{resolved_->at} : until_;
    if (!at || *at > time) return;
    std::vector<std::string> all;
    for (const Notice& one : up_->notices) add_once(one.receivers, all);
    Notice& last = up_->notices.emplace_back(Notice{Step::ended, {}, *at, *at, std::move(all), {}});
    if (by_hand) {
      last.by = resolved_->by;
      last.note = resolved_->note;
    }
    alerts_.push_back(*std::move(up_));
    up_.reset();
  }

  const std::string& rule_;
  const Commands& commands_;
  const Time now_;
  std::vector<Alert>& alerts_;
  std::optional<Alert> said_;  // what is only said
  std::optional<Alert> up_;
  std::optional<Time> until_;
  std::optional<Done> resolved_;  // the alert that is up, or will be
  std::uint64_t count_ = 0;
};

}  // namespace

std::optional<Time> add_alerts(std::span<const rules::Firing> firings, const Commands& commands, Time now,
                               std::vector<Alert>& alerts) {
  std::map<std::string, Episodes> by_rule;
  for (const rules::Firing& firing : firings) {
    if (firing.dry_run) continue;
    by_rule.try_emplace(firing.rule, firing.rule, commands, now, alerts).first->second.take(firing);
  }
  std::optional<Time> next;
  for (auto& [rule, episodes] : by_rule) {
    const auto ends = episodes.conclude();
    if (ends) next = next ? std::min(*next, *ends) : *ends;
  }
  return next;
}

void add_alerts(const std::string& threshold, const thresholds::Standing& standing, std::vector<Alert>& alerts) {
  for (const thresholds::Episode& episode : standing.episodes) {
    Alert alert;
    alert.name = {Source::threshold, threshold, {}, episode.number};
    alert.about = episode.process;
    alert.began = episode.began;
    alert.escalation = episode.deed.escalation;
    alert.escalates_from = episode.up;
    alert.notices.push_back({Step::fired, {}, episode.up, episode.up, episode.deed.targets, episode.deed});
    if (episode.over) {
      alert.notices.push_back({Step::ended, {}, *episode.over, *episode.over, episode.deed.targets, {}});
    }
    alerts.push_back(std::move(alert));
  }
}

}  // namespace weir::alerts
