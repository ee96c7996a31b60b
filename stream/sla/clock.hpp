// The clock of one SLA metric of one case (reference sla-rules-conversations B1): a pure function of what happened, of
// the terms in force and of the time up to which the log's ticks have come.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "schemas/calendar/business_calendar.hpp"

namespace weir::sla {

/// When to warn within a cycle, as long as it is not breached.
struct Warning {
  enum class Kind : std::uint8_t {
    percent,          // so much of the target has passed
    before,           // so long before it is due
    before_business,  // so much business time is left
  };
  Kind kind = Kind::percent;
  int percent = 0;    // of kind percent
  Duration before{};  // of the others
  friend bool operator==(const Warning&, const Warning&) = default;
};

/// What a policy promises. Immutable; of one version of the policy and of its calendar.
struct Terms {
  Duration target{};                           // business time, not negative
  const BusinessCalendar* calendar = nullptr;  // outlives the clock
  std::vector<Warning> warnings;               // each once
  Duration grace{};  // how long after the due time a breach is told, so that a late event may still prevent it
  bool rearm_warnings = false;         // after a pause a warning comes again whose time lies ahead again
  bool retract_when_relieved = false;  // a breach is taken back by later terms that would not have seen it yet

  friend bool operator==(const Terms&, const Terms&) = default;
};

/// What becomes of an open cycle when other terms come into force.
enum class Change : std::uint8_t {
  retarget,  // all that it ran is counted again under the new terms
  freeze,    // it keeps its terms
  restart,   // it is cancelled, and another begins
};

/// What happens when a metric that was fulfilled starts again.
enum class Reopening : std::uint8_t {
  once,     // nothing
  restart,  // another cycle
  resume,   // the same cycle goes on
};

struct Metric {
  Reopening reopening = Reopening::restart;
  bool stop_starts = false;  // what fulfils a cycle begins the next (periodic updates)
};

/// What an event means to the metric. Of a start and a stop at once the stop counts, and under a pause nothing runs.
struct Signal {
  bool start = false;
  bool stop = false;
  bool pause = false;  // a level: from this event to the next
};

enum class State : std::uint8_t { running, paused, met, met_late, cancelled };

/// What made a breach: that the target passed, or other terms.
enum class Cause : std::uint8_t { time, policy };

struct Breach {
  Time at;        // when the target had passed; by other terms that may be before they came
  Time detected;  // `at`, or when the terms came
  Cause cause = Cause::time;
  bool retracted = false;
  friend bool operator==(const Breach&, const Breach&) = default;
};

struct Warned {
  Warning warning;
  Time at;
  friend bool operator==(const Warned&, const Warned&) = default;
};

/// One cycle as it stands.
struct Cycle {
  State state = State::running;
  Time began;
  std::optional<Time> ended;  // when it was fulfilled or cancelled
  Duration elapsed{};         // business time that it ran, by its terms
  Duration passed{};          // of it, what had passed when it last began to run, or stood still
  std::optional<Time> due;    // while it runs; none: its calendar opens too seldom
  std::optional<Breach> breach;
  std::vector<Warned> warned;    // ascending by time
  const Terms* terms = nullptr;  // that it stands under: the caller's

  friend bool operator==(const Cycle&, const Cycle&) = default;
};

struct Standing {
  std::vector<Cycle> cycles;  // all but the last are ended
  /// When this changes next although nothing happens: a breach or a warning. None: never.
  std::optional<Time> next;
};

/// Not thread-safe. To be told all that happened in the order of time; of one instant the terms first.
/// An instant belongs to what happens in it: what stops a clock at the very time it falls due stops it in time.
class Clock {
 public:
  /// `now`: the last tick. No breach and no warning is told that comes later.
  Clock(const Metric& metric, Time now) : metric_(metric), now_(now) {}

  /// From `at` on these terms hold; none: nothing is promised, and a cycle that had terms is cancelled. One that began
  /// without any is counted from its begin once there are some, and is not told before. What is fulfilled already stays
  /// as it was judged, unless it is resumed; while nothing is promised none is. They outlive the clock.
  void come_into_force(Time at, const Terms* terms, Change change);
  void happen(Time at, const Signal& signal);
  /// To be told nothing after it.
  Standing standing() &&;

 private:
  struct Run {
    Time from;
    Time to;
  };

  bool is_open() const { return !cycles_.empty() && !cycles_.back().ended; }
  bool runs() const { return is_open() && cycles_.back().state == State::running; }
  Duration between(const Run& run) const { return terms_->calendar->between(run.from, run.to); }

  void begin(Time at, bool paused);
  void start_again(Time at, bool paused);
  void go_on(Time at, bool paused);
  void stand(Time at, State state);
  void end(Time at, State state);
  void retarget(Time at, const Terms& terms);
  /// Finds what comes before `until` while the clock runs.
  void pass(Time until);
  void find_breach(Time until);
  void find_warnings(Time until);
  void breach(Time at, Time detected, Cause cause);
  void remind(Time at);
  std::optional<Time> due() const;
  std::optional<Time> instant_of(const Warning& warning) const;
  std::optional<Time> passed_before(Time until) const;

  const Metric metric_;
  const Time now_;
  const Terms* in_force_ = nullptr;
  std::vector<Cycle> cycles_;
  std::optional<Time> next_;
  // Of the last cycle:
  const Terms* terms_ = nullptr;
  const Terms* terms_when_resumed_ = nullptr;  // that came into force after its end
  std::vector<Run> runs_;                      // that are over
  Duration passed_{};                          // in them, by the cycle's terms
  Time resumed_;                               // since when it runs
  Time since_;                                 // since when it runs by these terms
  std::optional<Breach> breach_;               // that stands, told or yet to be told
  std::vector<bool> has_warned_;               // by warning of the terms
};

}  // namespace weir::sla
