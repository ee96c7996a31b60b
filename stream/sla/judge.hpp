// How a case stands under a policy: the policy's clocks, told of the case's events.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "schemas/base/event.hpp"
#include "stream/rules/event_facts.hpp"
#include "stream/sla/timeline.hpp"

namespace weir::sla {

/// The cycles of one metric. `metric` and `targets` are numbers in the judge's timeline.
struct Verdict {
  std::size_t metric = 0;
  std::vector<Cycle> cycles;
  std::vector<std::size_t> targets;  // whose promise each cycle stands under
  std::optional<Time> next;          // as of Standing
};

/// Immutable, cheap to copy; any thread.
class Judge {
 public:
  Judge(std::vector<PolicyVersion> versions, const Calendars& calendars)
      : timeline_(std::make_shared<const Timeline>(std::move(versions), calendars)) {}

  const Timeline& timeline() const { return *timeline_; }
  /// One per metric that has, or will have, something to tell, as of `now`. `events`: of one case, in the order of its
  /// trace. What an event says it says at its timestamp. Pure; O(events · (metrics + targets)).
  std::vector<Verdict> verdicts(std::span<const Event> events, Time now) const;

 private:
  std::shared_ptr<const Timeline> timeline_;
};

/// The same of several, in their order: each event is read once.
std::vector<std::vector<Verdict>> verdicts(std::span<const Judge* const> judges, std::span<const Event> events,
                                           Time now);

}  // namespace weir::sla
