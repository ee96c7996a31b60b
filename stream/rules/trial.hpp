// A rule tried on cases that are there, before it counts.
#pragma once

#include <functional>
#include <span>

#include "stream/rules/judge.hpp"

namespace weir::rules {

struct WouldFire {
  std::string case_id;
  Firing firing;

  friend bool operator==(const WouldFire&, const WouldFire&) = default;
};

/// What the two come to.
struct Comparison {
  std::vector<WouldFire> gone;   // of the former alone
  std::vector<WouldFire> added;  // of the latter alone
  std::size_t same = 0;          // fired at the same time by the same
  std::size_t reworded = 0;      // of these, how many say something else
};

/// A rule as if it had held for all time. Takes cases one by one, so that whoever asks bounds what it reads and keeps.
/// Not thread-safe.
class Trial {
 public:
  /// `former`: what it is compared with; none: there was no such rule.
  Trial(const std::string& name, Rule rule, std::optional<Rule> former, CalendarAt calendar, Time now);

  /// `events`: of one case, in the order of its trace. What the rule would have fired, and how that differs.
  std::vector<WouldFire> hear(std::span<const Event> events, Explaining explaining = Explaining::no);
  const Comparison& comparison() const { return comparison_; }

 private:
  RuleBook book_;
  RuleBook former_;
  Time now_;
  Comparison comparison_;
};

/// What a rule would have fired in all the cases.
std::vector<WouldFire> dry_run(const std::string& name, const Rule& rule, std::span<const std::vector<Event>> cases,
                               const CalendarAt& calendar, Time now, Explaining explaining = Explaining::no);

}  // namespace weir::rules
