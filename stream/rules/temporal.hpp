// Conditions over more than the event at hand: windows over the events of a case, sequences of them, and what does not
// happen.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "schemas/base/event.hpp"
#include "stream/rules/aggregate.hpp"
#include "stream/rules/condition.hpp"

namespace weir::rules {

/// Which events are meant.
struct EventFilter {
  std::vector<std::string> activities;  // none: any
  std::optional<Condition> where;

  /// `facts`: those after the event.
  bool takes(const Event& event, const Facts& facts) const;
  /// As Condition::needs().
  std::vector<Needs> needs() const;
};

/// {"window": {"event", "where", "kind", "for" | "gap", "size", "agg", "of", "per", "op", "value"}}
struct Window {
  enum class Kind : std::uint8_t {
    tumbling,  // side by side from 1970-01-01T00:00Z on; judged when one ends, if it held an event
    sliding,   // the time up to and with the event at hand; judged with each event
    session,   // events with no more than `length` between them; judged when so much time passed without another
    count,     // `size` events within `length` of the first; judged with the one that completes it
  };
  EventFilter filter;
  Kind kind = Kind::sliding;
  Duration length{};  // more than 0
  std::size_t size = 0;
  Aggregate aggregate = Aggregate::count;
  std::string of;  // the path of the values
  Duration per{};  // of rate
  Op op = Op::eq;
  Value right;
  std::string right_path;  // empty: `right`

  Truth judge(const Value& result, const Facts& facts) const;
};

/// {"sequence": {"steps": [{"event", "where"}, {"not": {…}}, …], "contiguity", "within", "after_match"}}
/// It holds with the event that completes a match, whoever else is matched with it; one that ends with an absence holds
/// when `within` has passed since the first event of the match. Of several first events the latest counts.
struct Sequence {
  enum class Contiguity : std::uint8_t {
    strict,   // the next event of the case is the next step, or the match is lost
    relaxed,  // the next event that fits is the next step
    any,      // any later event that fits is the next step
  };
  struct Step {
    std::optional<EventFilter> never;  // after the step before and until this one
    EventFilter event;
  };
  std::vector<Step> steps;
  std::optional<EventFilter> never_after;  // until `within` has passed
  Contiguity contiguity = Contiguity::relaxed;
  Duration within{};      // from the first to the last; more than 0
  bool skip_past = true;  // what began before a match ended is lost with it
};

/// {"absent": {"event", "where", "for", "calendar"}}: such an event does not follow the one at hand within `length`. So
/// the rule is decided later than the event that it judges, with the facts of then.
struct Absence {
  EventFilter filter;
  Duration length{};
  std::string calendar;  // whose business time passes; empty: all time
};

using Temporal = std::variant<Window, Sequence, Absence>;

/// Of a member window, sequence or absent. Nothing if it has faults. The conditions within follow the grammar, but for
/// temporal ones.
std::optional<Temporal> read_temporal(std::string_view name, const DocumentNode& node, const Grammar& grammar);

/// Activities: a text, or an array of texts.
void read_activities(const DocumentNode& node, std::vector<std::string>& activities);

}  // namespace weir::rules
