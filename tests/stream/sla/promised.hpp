// What is promised to the cases of a process, drawn at random: a policy and its calendars in versions, as documents and
// as a walk step by step counts them. Nothing of the meaning is shared with stream/sla but words.
#pragma once

#include <array>
#include <random>
#include <string>
#include <vector>

#include "schemas/base/event.hpp"
#include "stream/documents/document.hpp"
#include "tests/stream/sla/stepped_clock.hpp"

namespace weir::sla {

/// Times are numbers of steps since `base`. In the last third nothing happens, so that what is promised ends in it.
struct Stage {
  Duration step{};
  int end = 0;
  Time base;
  std::string zone;
  Duration offset;  // of the zone's local time, until `turn`
  Time turn;
  Duration offset_then;

  int last() const { return end * 2 / 3; }
  Time time_of(int t) const { return base + step * t; }
  int step_of(Time time) const { return static_cast<int>((time - base) / step); }
  /// The local time of a step, as if it were one of UTC.
  Time local(int t) const { return time_of(t) + (time_of(t) < turn ? offset : offset_then); }
};
/// In a zone whose clocks stay, go back or go forward in the days behind the base.
Stage draw_stage(std::mt19937_64& random, Duration step, int end);

/// Two metrics: `event` starts, stops and pauses by what an event says (the bits 1, 2 and 4 of its activity's last
/// letter), `level` by what was last said in the case: it starts and stops with `open`, is paused while `hold`. The
/// activity `all` stops both, `tier` says the segment.
constexpr std::array<const char*, 2> metric_names{"event", "level"};
constexpr std::array<const char*, 2> segment_names{"gold", "others"};

/// What a walk takes of one metric of a case.
struct CaseHistory {
  History walked;
  std::vector<std::size_t> segments;  // by number of terms
};

class Promised {
 public:
  Promised(std::mt19937_64& random, const Stage& stage);

  /// All that is declared from the beginning on.
  std::vector<documents::Change> first() const;
  /// Another version of something, which holds from `from` on: later than all before.
  documents::Change edit(int from);

  /// By what was declared from `now` or before. `events`: of one case, in any order.
  CaseHistory history(std::size_t metric, std::vector<Event> events, int now) const;

 private:
  struct Said {  // to a segment
    std::size_t calendar = 0;
    std::array<int, 2> targets{-1, -1};  // by metric; -1: nothing is promised
    History::StepTerms terms;            // but for target and calendar
  };
  struct PolicyVersion {
    int from = 0;
    bool is_there = true;
    Change on_change = Change::retarget;
    std::array<std::optional<Said>, 2> said;  // by segment
  };
  struct CalendarVersion {
    int from = 0;
    int number = -1;  // of calendars_; -1: it is withdrawn
  };
  struct Calendar {
    std::string body;
    std::vector<char> open;  // by step
  };
  struct Named {
    std::uint64_t seed = 0;     // of its days
    std::vector<int> holidays;  // in days behind the base
    std::vector<CalendarVersion> versions;
  };
  class Telling;

  int upto(int most) { return static_cast<int>(random_() % (static_cast<unsigned>(most) + 1)); }
  bool one_in(unsigned n) { return random_() % n == 0; }
  Said draw_said();
  void edit_policy(int from);
  void edit_calendar(Named& named, int from);
  int number_of(const Named& named);
  documents::Change policy_change(const PolicyVersion& version) const;
  documents::Change calendar_change(std::size_t calendar, const CalendarVersion& version) const;
  std::string metrics_text() const;

  std::mt19937_64& random_;
  const Stage& stage_;
  std::array<Metric, 2> metrics_;
  std::vector<Calendar> calendars_;  // each once; the first is always open
  std::array<Named, 2> named_;       // `k1` and `k2`; `always` is not declared
  std::vector<PolicyVersion> versions_;
};

}  // namespace weir::sla
