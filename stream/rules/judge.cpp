#include "stream/rules/judge.hpp"

#include <algorithm>

namespace weir::rules {

std::vector<const Event*> by_timestamp(std::span<const Event> events) {
  std::vector<const Event*> ordered;
  for (const Event& event : events) ordered.push_back(&event);
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const Event* a, const Event* b) { return a->timestamp < b->timestamp; });
  return ordered;
}

Judgement judge(const RuleBook& book, std::span<const Event> events, Time now, Explaining explaining) {
  Judgement judgement;
  Hearing hearing{book, explaining};
  for (const Event* event : by_timestamp(events)) hearing.take(*event, judgement.firings);
  hearing.pass(now, judgement.firings);
  // What time decided is told behind all events.
  std::stable_sort(judgement.firings.begin(), judgement.firings.end(),
                   [](const Firing& a, const Firing& b) { return a.at < b.at; });
  judgement.next = hearing.next();
  return judgement;
}

}  // namespace weir::rules
