#include "stream/sla/judge.hpp"

#include <algorithm>
#include <optional>

namespace weir::sla {
namespace {

/// Whether a condition came to hold with the event at hand.
class Edge {
 public:
  /// `facts`: what holds when this begins to be asked; null: there is nothing yet.
  Edge(const rules::Condition& condition, const rules::Facts* facts)
      : condition_(condition), is_of_event_(condition.asks_for_event()) {
    holds_ = facts != nullptr && condition_.holds(*facts);
  }

  bool rises(const rules::Facts& facts) {
    const bool held = holds_;
    holds_ = condition_.holds(facts);
    return holds_ && (is_of_event_ || !held);
  }

 private:
  rules::Condition condition_;
  bool is_of_event_;
  bool holds_ = false;
};

/// One policy in one case.
class Hearing {
 public:
  Hearing(const Timeline& timeline, Time now) : timeline_(timeline), now_(now) {
    for (const Timeline::Measured& one : timeline.before().metrics) {
      metrics_.push_back({one.rules, {}, {}, Clock{one.rules->metric, now}, nullptr});
    }
    follow_rules(timeline.before(), nullptr);
  }

  /// `facts` are those after the event at `at`; `before_it`, those without it: null, if it is the first.
  void enter_stretches(Time at, const rules::Facts* before_it) {
    const auto& stretches = timeline_.stretches();
    while (entered_ < stretches.size() && stretches[entered_].from <= at) enter(stretches[entered_++], before_it);
  }

  void hear(Time at, const rules::Facts& facts) {
    const std::size_t target = choose_target(facts);
    const bool all_stop = stop_all_ && stop_all_->rises(facts);
    for (std::size_t i = 0; i < metrics_.size(); ++i) {
      Metric& one = metrics_[i];
      come_into_force(i, at, target, Change::retarget);
      if (one.rules == nullptr) continue;
      const bool starts = one.start->rises(facts), stops = one.stop->rises(facts);
      one.clock.happen(at, {starts, stops || all_stop, one.rules->pause && one.rules->pause->holds(facts)});
    }
  }

  std::vector<Verdict> conclude(const rules::Facts* facts) && {
    enter_stretches(now_, facts);
    std::vector<Verdict> verdicts;
    for (std::size_t i = 0; i < metrics_.size(); ++i) {
      Standing standing = std::move(metrics_[i].clock).standing();
      if (standing.cycles.empty()) continue;
      Verdict verdict{i, std::move(standing.cycles), {}, standing.next};
      for (const Cycle& cycle : verdict.cycles) verdict.targets.push_back(timeline_.target_of(cycle.terms));
      verdicts.push_back(std::move(verdict));
    }
    return verdicts;
  }

 private:
  struct Metric {
    const MetricRules* rules = nullptr;
    std::optional<Edge> start;
    std::optional<Edge> stop;
    Clock clock;
    const Terms* terms = nullptr;  // in force
  };

  void enter(const Timeline::Stretch& stretch, const rules::Facts* facts) {
    stretch_ = &stretch;
    const std::size_t target = facts == nullptr ? no_target() : choose_target(*facts);
    const Change change = stretch.policy == nullptr ? Change::retarget : stretch.policy->on_change;
    for (std::size_t i = 0; i < metrics_.size(); ++i) come_into_force(i, stretch.from, target, change);
    follow_rules(stretch, facts);
  }

  /// Measures by the rules of the stretch from now on. What holds already does not come to hold.
  void follow_rules(const Timeline::Stretch& stretch, const rules::Facts* facts) {
    if (stretch.stop_all != stops_all_by_) {
      stops_all_by_ = stretch.stop_all;
      stop_all_.reset();
      if (stops_all_by_ != nullptr) stop_all_.emplace(*stops_all_by_, facts);
    }
    for (std::size_t i = 0; i < metrics_.size(); ++i) {
      Metric& one = metrics_[i];
      const MetricRules* const rules = stretch.metrics[i].rules;
      if (one.rules == rules && one.start) continue;
      one.rules = rules;
      if (rules == nullptr) continue;
      one.start.emplace(rules->start, facts);
      one.stop.emplace(rules->stop, facts);
      if (facts != nullptr) one.clock.happen(stretch.from, {false, false, rules->pause && rules->pause->holds(*facts)});
    }
  }

  void come_into_force(std::size_t metric, Time at, std::size_t target, Change change) {
    if (stretch_ == nullptr) return;
    const auto& by_target = stretch_->metrics[metric].terms;
    const Terms* const terms = target < by_target.size() ? by_target[target] : nullptr;
    Metric& one = metrics_[metric];
    if (terms == one.terms) return;
    one.clock.come_into_force(at, terms, change);
    one.terms = terms;
  }

  std::size_t no_target() const {
    return stretch_ == nullptr || stretch_->policy == nullptr ? 0 : stretch_->policy->targets.size();
  }

  std::size_t choose_target(const rules::Facts& facts) const {
    if (stretch_ == nullptr || stretch_->policy == nullptr) return 0;
    const auto& targets = stretch_->policy->targets;
    const auto fits = [&](const Target& target) { return !target.when || target.when->holds(facts); };
    return static_cast<std::size_t>(std::find_if(targets.begin(), targets.end(), fits) - targets.begin());
  }

  const Timeline& timeline_;
  const Time now_;
  const Timeline::Stretch* stretch_ = nullptr;  // null: ahead of the first
  std::size_t entered_ = 0;
  const rules::Condition* stops_all_by_ = nullptr;
  std::optional<Edge> stop_all_;
  std::vector<Metric> metrics_;
};

}  // namespace

std::vector<std::vector<Verdict>> verdicts(std::span<const Judge* const> judges, std::span<const Event> events,
                                           Time now) {
  std::vector<const Event*> ordered;
  for (const Event& event : events) ordered.push_back(&event);
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const Event* a, const Event* b) { return a->timestamp < b->timestamp; });
  rules::EventFacts facts;
  const rules::EventFacts* known = nullptr;
  std::vector<Hearing> hearings;
  for (const Judge* judge : judges) hearings.emplace_back(judge->timeline(), now);
  for (const Event* event : ordered) {
    for (Hearing& hearing : hearings) hearing.enter_stretches(event->timestamp, known);
    facts.take(*event);
    known = &facts;
    for (Hearing& hearing : hearings) hearing.hear(event->timestamp, facts);
  }
  std::vector<std::vector<Verdict>> found;
  for (Hearing& hearing : hearings) found.push_back(std::move(hearing).conclude(known));
  return found;
}

std::vector<Verdict> Judge::verdicts(std::span<const Event> events, Time now) const {
  const Judge* const self = this;
  return std::move(sla::verdicts({&self, 1}, events, now).front());
}

}  // namespace weir::sla
