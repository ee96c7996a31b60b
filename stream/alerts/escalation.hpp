// An escalation as a document (`schemas/definitions/escalation.schema.json`): who is told of an alert, step by step,
// for as long as nobody takes it on (reference sla-rules-conversations B2).
//   {"steps": [{"notify": ["desk"], "after": "15m"}, {"notify": ["lead", "pager"], "after": "30m", "calendar":
//   "office"}],
//    "repeat": 2, "ack_timeout": "4h"}
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/time.hpp"
#include "schemas/codec/document.hpp"
#include "stream/rules/book.hpp"

namespace weir::alerts {

struct Escalation {
  struct Step {
    std::vector<std::string> notify;  // names of targets
    Duration after{};                 // how long it stands before the next step comes
    std::string calendar;             // whose business time that is
    bool if_unacknowledged = true;    // false: it comes also while somebody has the alert
  };
  std::vector<Step> steps;
  std::size_t repeat = 0;               // how often all of it comes again
  std::optional<Duration> ack_timeout;  // an acknowledgement lapses then, and it begins anew; none: never
};

/// Nothing if the node is none; then it has faults.
std::optional<Escalation> read_escalation(const DocumentNode& node);
/// A fault for each calendar, and each target, that is not known.
DocumentFaults unknown_names(const Escalation& escalation, const std::function<bool(const std::string&)>& is_calendar,
                             const std::function<bool(const std::string&)>& is_target);

/// From <= t < to.
struct Period {
  Time from;
  Time to;
  bool contains(Time time) const { return from <= time && time < to; }
  friend bool operator==(const Period&, const Period&) = default;
};

/// A step that has come.
struct Escalated {
  std::string mark;  // RUN.ROUND.STEP, each from 1
  Time at;
  const Escalation::Step* step = nullptr;
};

struct Escalating {
  std::vector<Escalated> steps;  // ascending by time
  std::optional<Time> next;      // when another one comes, unless somebody does something
};

/// Of an alert that calls for it since `from`, and is over from `until` on. `acknowledged`: ascending, apart from each
/// other. Pure. O(acknowledgements · rounds · steps).
Escalating escalate(const Escalation& escalation, Time from, Time until, std::span<const Period> acknowledged, Time now,
                    const rules::CalendarAt& calendar);

}  // namespace weir::alerts
