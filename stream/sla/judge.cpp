#include "stream/sla/judge.hpp"

#include <algorithm>
#include <optional>

#include "stream/rules/event_facts.hpp"

namespace weir::sla {
namespace {

/// Whether a condition came to hold with the event at hand.
class Edge {
 public:
  explicit Edge(const rules::Condition& condition) : condition_(condition), is_of_event_(condition.asks_for_event()) {}

  bool rises(const rules::Facts& facts) {
    const bool held = holds_;
    holds_ = condition_.holds(facts);
    return holds_ && (is_of_event_ || !held);
  }

 private:
  const rules::Condition& condition_;
  const bool is_of_event_;
  bool holds_ = false;
};

std::shared_ptr<const BusinessCalendar> always() {
  static const auto calendar = std::make_shared<const BusinessCalendar>(OpeningHours::always(), Zone::utc());
  return calendar;
}

/// Its number; the policy has it.
std::size_t metric_named(const std::string& name, const Policy& policy) {
  const auto found = std::find_if(policy.metrics.begin(), policy.metrics.end(),
                                  [&](const MetricRules& metric) { return metric.name == name; });
  return static_cast<std::size_t>(found - policy.metrics.begin());
}

}  // namespace

Result<Judge> Judge::make(Policy policy, const Calendars& calendars) {
  Judge judge{std::move(policy)};
  std::vector<Promise> promises;
  for (std::size_t i = 0; i < judge.policy_.targets.size(); ++i) {
    const Target& target = judge.policy_.targets[i];
    const auto known = calendars.find(target.calendar);
    if (known == calendars.end() && target.calendar != always_open) {
      return Error{Code::invalid_document,
                   "/targets/" + std::to_string(i) + "/calendar: there is no calendar \"" + target.calendar + '"'};
    }
    judge.calendars_.push_back(known == calendars.end() ? always() : known->second);
    for (const auto& [name, span] : target.promises) {
      Terms terms = target.terms;
      terms.target = span;
      terms.calendar = judge.calendars_.back().get();
      promises.push_back({i, metric_named(name, judge.policy_), std::move(terms)});
    }
  }
  judge.promises_ = std::make_shared<const std::vector<Promise>>(std::move(promises));
  return judge;
}

const Terms* Judge::terms(std::size_t target, std::size_t metric) const {
  const auto found = std::find_if(promises_->begin(), promises_->end(),
                                  [&](const Promise& one) { return one.target == target && one.metric == metric; });
  return found == promises_->end() ? nullptr : &found->terms;
}

std::size_t Judge::target_of(const Terms* terms) const {
  const auto found =
      std::find_if(promises_->begin(), promises_->end(), [&](const Promise& one) { return &one.terms == terms; });
  return found->target;
}

/// One case.
class Judge::Hearing {
 public:
  Hearing(const Judge& judge, Time now) : judge_(judge) {
    const Policy& policy = judge.policy_;
    if (policy.stop_all) stop_all_.emplace(*policy.stop_all);
    for (const MetricRules& metric : policy.metrics) {
      measured_.push_back({Edge{metric.start}, Edge{metric.stop}, Clock{metric.metric, now}});
    }
  }

  void hear(const Event& event) {
    facts_.take(event);
    const std::size_t target = choose_target();
    const bool all_stop = stop_all_ && stop_all_->rises(facts_);
    for (std::size_t i = 0; i < measured_.size(); ++i) {
      Measured& one = measured_[i];
      const Terms* terms = judge_.terms(target, i);
      if (terms != one.terms) one.clock.come_into_force(event.timestamp, terms, Change::retarget);
      one.terms = terms;
      const auto& pause = judge_.policy_.metrics[i].pause;
      const bool starts = one.start.rises(facts_), stops = one.stop.rises(facts_);
      one.clock.happen(event.timestamp, {starts, stops || all_stop, pause && pause->holds(facts_)});
    }
  }

  std::vector<Verdict> conclude() && {
    std::vector<Verdict> verdicts;
    for (std::size_t i = 0; i < measured_.size(); ++i) {
      Verdict verdict{i, std::move(measured_[i].clock).standing().cycles, {}};
      for (const Cycle& cycle : verdict.cycles) verdict.targets.push_back(judge_.target_of(cycle.terms));
      if (!verdict.cycles.empty()) verdicts.push_back(std::move(verdict));
    }
    return verdicts;
  }

 private:
  struct Measured {
    Edge start;
    Edge stop;
    Clock clock;
    const Terms* terms = nullptr;  // in force
  };

  /// The number of targets: none fits.
  std::size_t choose_target() const {
    const auto& targets = judge_.policy_.targets;
    const auto fits = [&](const Target& target) { return !target.when || target.when->holds(facts_); };
    return static_cast<std::size_t>(std::find_if(targets.begin(), targets.end(), fits) - targets.begin());
  }

  const Judge& judge_;
  rules::EventFacts facts_;
  std::optional<Edge> stop_all_;
  std::vector<Measured> measured_;
};

std::vector<Verdict> Judge::verdicts(std::span<const Event> events, Time now) const {
  std::vector<const Event*> ordered;
  for (const Event& event : events) ordered.push_back(&event);
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const Event* a, const Event* b) { return a->timestamp < b->timestamp; });
  Hearing hearing{*this, now};
  for (const Event* event : ordered) hearing.hear(*event);
  return std::move(hearing).conclude();
}

}  // namespace weir::sla
