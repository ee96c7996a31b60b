#include "stream/alerts/escalation.hpp"

#include "schemas/calendar/business_calendar.hpp"

namespace weir::alerts {
namespace {

constexpr std::size_t steps_max = 20;
constexpr std::size_t notified_max = 20;
constexpr std::int64_t repeat_max = 9;
constexpr std::size_t name_bytes_max = 64;
constexpr Duration shortest = std::chrono::minutes{1};

void read_step(const DocumentNode& node, Escalation& escalation) {
  Escalation::Step step;
  step.calendar = rules::always_open;
  bool has_after = false;
  const std::size_t faults = node.faults();
  const auto names = [&](const DocumentNode& list) {
    list.each_item(notified_max, [&](const DocumentNode& one) { one.add_plain_name(step.notify); });
  };
  node.object(
      {{"notify", names},
       {"after",
        [&](const DocumentNode& one) {
          has_after = true;
          step.after = one.duration().value_or(shortest);
          if (step.after < shortest) one.fault("must be at least 1m");
        }},
       {"calendar", [&](const DocumentNode& one) { step.calendar = one.text(name_bytes_max).value_or(""); }},
       {"if_unacknowledged", [&](const DocumentNode& one) { step.if_unacknowledged = one.boolean().value_or(true); }}});
  if (node.faults() == faults && (step.notify.empty() || !has_after)) node.fault("must have a notify and an after");
  escalation.steps.push_back(std::move(step));
}

/// When the next step comes; nothing: its calendar opens no more.
std::optional<Time> behind(const Escalation::Step& step, Time time, const rules::CalendarAt& calendar) {
  if (step.calendar == rules::always_open) return time + step.after;
  const BusinessCalendar* const hours = calendar ? calendar(step.calendar, time) : nullptr;
  return hours == nullptr ? time + step.after : hours->after(time, step.after);
}

/// What is left of one run, from its begin to when the next one begins.
class Run {
 public:
  Run(const Escalation& escalation, Period acknowledged, Time until, std::size_t number)
      : escalation_(escalation), acknowledged_(acknowledged), until_(until), number_(std::to_string(number)) {}

  void walk(Time from, Time now, const rules::CalendarAt& calendar, Escalating& found) const {
    std::optional<Time> at = from;
    for (std::size_t round = 1; round <= escalation_.repeat + 1; ++round) {
      for (std::size_t i = 0; i < escalation_.steps.size(); ++i) {
        if (!at || *at >= until_) return;
        const Escalation::Step& step = escalation_.steps[i];
        const bool is_spared = step.if_unacknowledged && acknowledged_.contains(*at);
        if (!is_spared && *at > now) return void(found.next = at);
        if (!is_spared) {
          found.steps.push_back({number_ + '.' + std::to_string(round) + '.' + std::to_string(i + 1), *at, &step});
        }
        at = behind(step, *at, calendar);
      }
    }
  }

 private:
  const Escalation& escalation_;
  const Period acknowledged_;  // the one that ends the run; nobody has the alert: empty
  const Time until_;
  const std::string number_;
};

}  // namespace

std::optional<Escalation> read_escalation(const DocumentNode& node) {
  Escalation escalation;
  const std::size_t faults = node.faults();
  node.object({{"steps",
                [&](const DocumentNode& list) {
                  list.each_item(steps_max, [&](const DocumentNode& one) { read_step(one, escalation); });
                }},
               {"repeat",
                [&](const DocumentNode& one) {
                  escalation.repeat = static_cast<std::size_t>(one.whole(0, repeat_max).value_or(0));
                }},
               {"ack_timeout", [&](const DocumentNode& one) {
                  escalation.ack_timeout = one.duration();
                  if (escalation.ack_timeout && *escalation.ack_timeout < shortest) one.fault("must be at least 1m");
                }}});
  if (node.faults() == faults && escalation.steps.empty()) node.fault("must have steps");
  return node.faults() == faults ? std::optional{std::move(escalation)} : std::nullopt;
}

DocumentFaults unknown_names(const Escalation& escalation, const std::function<bool(const std::string&)>& is_calendar,
                             const std::function<bool(const std::string&)>& is_target) {
  DocumentFaults faults;
  for (std::size_t i = 0; i < escalation.steps.size(); ++i) {
    const Escalation::Step& step = escalation.steps[i];
    const std::string pointer = "/steps/" + std::to_string(i);
    if (step.calendar != rules::always_open && !is_calendar(step.calendar)) {
      faults.push_back({pointer + "/calendar", "there is no calendar \"" + step.calendar + '"'});
    }
    for (std::size_t j = 0; j < step.notify.size(); ++j) {
      if (is_target(step.notify[j])) continue;
      faults.push_back({pointer + "/notify/" + std::to_string(j), "there is no target \"" + step.notify[j] + '"'});
    }
  }
  return faults;
}

Escalating escalate(const Escalation& escalation, Time from, Time until, std::span<const Period> acknowledged, Time now,
                    const rules::CalendarAt& calendar) {
  Escalating found;
  std::size_t number = 1;
  for (const Period& period : acknowledged) {
    if (period.to <= from) continue;
    Run{escalation, period, std::min(until, period.to), number++}.walk(from, now, calendar, found);
    if (found.next) return found;
    from = period.to;
    if (from >= until) return found;
    if (from > now) {
      found.next = from;
      return found;
    }
  }
  Run{escalation, {from, from}, until, number}.walk(from, now, calendar, found);
  return found;
}

}  // namespace weir::alerts
