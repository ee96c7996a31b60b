// What a clock should say, found by taking one step of time after another and counting: slow, and nothing of it is
// shared with the clock but its words.
#pragma once

#include <optional>
#include <vector>

#include "stream/sla/clock.hpp"

namespace weir::sla {

/// Times are numbers of steps since 1970 here: of seconds or of minutes.
struct History {
  struct Calendar {
    std::vector<char> open;  // by step
  };
  struct StepTerms {
    int target = 0;
    int calendar = 0;
    std::vector<Warning> warnings;  // `before` in µs, whole steps
    int grace = 0;
    bool rearm_warnings = false;
    bool retract_when_relieved = false;
  };
  struct Happening {
    int at = 0;
    bool is_terms = false;
    int terms = -1;  // its number; -1: none
    Change change = Change::retarget;
    Signal signal;
  };

  Duration step{};
  int end = 0;  // the last step; nothing happens in the last third
  int now = 0;
  Metric metric;
  std::vector<Calendar> calendars;
  std::vector<StepTerms> terms;
  std::vector<Happening> happenings;  // ascending by time, of one instant terms first
};

/// As Clock answers after the whole history. `terms`: if asked for, the number of those that each cycle stands under.
Standing walk(const History& history, std::vector<int>* terms = nullptr);

}  // namespace weir::sla
