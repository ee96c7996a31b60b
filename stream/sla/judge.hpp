// How a case stands under a policy: the policy's clocks, told of the case's events.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "schemas/base/event.hpp"
#include "stream/sla/policy.hpp"

namespace weir::sla {

/// By name.
using Calendars = std::map<std::string, std::shared_ptr<const BusinessCalendar>, std::less<>>;

/// The cycles of one metric. `metric` and `targets` are numbers in the policy.
struct Verdict {
  std::size_t metric = 0;
  std::vector<Cycle> cycles;
  std::vector<std::size_t> targets;  // whose promise each cycle stands under
};

/// Immutable once made; any thread.
class Judge {
 public:
  /// Error: invalid_document, for a calendar that there is not.
  static Result<Judge> make(Policy policy, const Calendars& calendars);

  const Policy& policy() const { return policy_; }
  /// One per metric that had a cycle, as of `now`. `events`: of one case, in the order of its trace. What an event says
  /// it says at its timestamp. Pure; O(events · (metrics + targets)).
  std::vector<Verdict> verdicts(std::span<const Event> events, Time now) const;

 private:
  struct Promise {
    std::size_t target = 0;
    std::size_t metric = 0;
    Terms terms;
  };
  class Hearing;

  explicit Judge(Policy policy) : policy_(std::move(policy)) {}
  /// Null: it promises nothing of this metric.
  const Terms* terms(std::size_t target, std::size_t metric) const;
  std::size_t target_of(const Terms* terms) const;

  Policy policy_;
  std::vector<std::shared_ptr<const BusinessCalendar>> calendars_;  // that the terms point to
  std::shared_ptr<const std::vector<Promise>> promises_;            // stay where they are when the judge is moved
};

}  // namespace weir::sla
