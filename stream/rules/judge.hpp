// What the rules come to in a case: a pure function of its events, of the rules' versions and of the last tick.
#pragma once

#include <span>

#include "stream/rules/hearing.hpp"

namespace weir::rules {

struct Judgement {
  std::vector<Firing> firings;  // by time; of one time those of events first, then by salience and name
  std::optional<Time> next;     // when something may be added although nothing happens
};

/// `events`: of one case, in the order of its trace. What an event says it says at its timestamp. O(events · what each
/// concerns).
Judgement judge(const RuleBook& book, std::span<const Event> events, Time now, Explaining explaining = Explaining::no);

/// In the order in which a Hearing is told of them.
std::vector<const Event*> by_timestamp(std::span<const Event> events);

}  // namespace weir::rules
