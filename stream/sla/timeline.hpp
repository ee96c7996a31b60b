// A policy over time: its versions and those of its calendars, put together into the stretches of time in which one
// rule holds. Which of them counts is told by the event time of what is judged (design 2.7).
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "stream/sla/policy.hpp"

namespace weir::sla {

/// Holds until the next.
struct PolicyVersion {
  Time from;
  std::optional<Policy> policy;  // none: there is none from here on
};
struct CalendarVersion {
  Time from;
  std::shared_ptr<const BusinessCalendar>
      calendar;  // null: there is none from here on, and what needs it promises nothing
};
using Calendars = std::map<std::string, std::vector<CalendarVersion>, std::less<>>;

/// The calendar of the name as it holds at the time, `always` unless declared otherwise; null: there is none, then.
std::shared_ptr<const BusinessCalendar> calendar_at(const std::string& name, Time time, const Calendars& calendars);

/// The same from the beginning of time on.
std::vector<PolicyVersion> for_all_time(Policy policy);
std::vector<CalendarVersion> for_all_time(std::shared_ptr<const BusinessCalendar> calendar);

/// Immutable once made.
class Timeline {
 public:
  struct Measured {
    const MetricRules* rules = nullptr;  // null: it is not measured any more
    /// By target of the stretch's policy; null: it promises nothing of this metric.
    std::vector<const Terms*> terms;
  };
  /// From `from` to that of the next. Numbers of metrics are the timeline's.
  struct Stretch {
    Time from;
    const Policy* policy = nullptr;              // null: there is none
    const rules::Condition* stop_all = nullptr;  // null: nothing does
    std::vector<Measured> metrics;
  };

  /// `versions` and those of each calendar ascend by time; of one instant the last counts. O(stretches · promises).
  Timeline(std::vector<PolicyVersion> versions, const Calendars& calendars);
  Timeline(const Timeline&) = delete;
  Timeline& operator=(const Timeline&) = delete;

  /// Of all versions, in the order in which they came.
  const std::vector<std::string>& metrics() const { return metrics_; }
  const std::vector<std::string>& targets() const { return targets_; }
  /// The number of the target whose promise it is.
  std::size_t target_of(const Terms* terms) const;

  /// What counts ahead of the first stretch: nothing is promised, and each metric is measured by the rules that first
  /// had it, so that a promise that comes later knows since when a case waits.
  const Stretch& before() const { return before_; }
  const std::vector<Stretch>& stretches() const { return stretches_; }
  /// The version that holds at the time; null where there is none.
  const Policy* at(Time time) const;
  /// Some version tells somebody something.
  bool notifies() const;
  /// The newest version, or null where there is none any more.
  const Policy* newest() const { return stretches_.empty() ? nullptr : stretches_.back().policy; }

 private:
  struct Promise {
    std::size_t target = 0;
    std::size_t metric = 0;
    Terms terms;
  };

  void number_names();
  Stretch measured_by(const PolicyVersion& version, Time from) const;
  void add_stretch(Stretch stretch, const Calendars& calendars);
  const Terms* promise(const Target& target, std::size_t metric, Duration span,
                       std::shared_ptr<const BusinessCalendar> calendar);

  std::vector<PolicyVersion> versions_;
  std::vector<std::string> metrics_;
  std::vector<std::string> targets_;
  std::vector<std::shared_ptr<const BusinessCalendar>> calendars_;
  std::deque<Promise> promises_;  // each once; where terms point to
  Stretch before_;
  std::vector<Stretch> stretches_;
};

}  // namespace weir::sla
