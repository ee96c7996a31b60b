#include "tests/stream/sla/stepped_clock.hpp"

#include <algorithm>

namespace weir::sla {
namespace {

struct Run {
  int from;
  int to;
};

struct WalkedCycle {
  Cycle cycle;
  const History::StepTerms* terms = nullptr;
  std::vector<Run> runs;  // that are over
  int resumed = 0;
  int since = 0;
  std::optional<Breach> breach;
  std::vector<Warning> given;
};

class Walk {
 public:
  explicit Walk(const History& history) : history_(history) {}

  Standing run(std::vector<int>* terms) {
    auto next = history_.happenings.begin();
    for (int t = 0; t <= history_.end; ++t) {
      for (; next != history_.happenings.end() && next->at == t; ++next) {
        planned_ = false;
        next->is_terms ? take_terms(t, *next) : take_signal(t, next->signal);
      }
      if (runs()) look(t);
    }
    return finish(terms);
  }

 private:
  Time time_of(int t) const { return Time{history_.step * t}; }
  int steps(Duration span) const { return static_cast<int>(span / history_.step); }
  bool is_open() const { return !cycles_.empty() && !cycles_.back().cycle.ended; }
  bool runs() const { return is_open() && cycles_.back().cycle.state == State::running; }
  WalkedCycle& now() { return cycles_.back(); }
  bool opens(int t) { return history_.calendars[now().terms->calendar].open[t] != 0; }

  void take_terms(int t, const History::Happening& one) {
    in_force_ = one.terms < 0 ? nullptr : &history_.terms[one.terms];
    if (!is_open()) {
      if (one.change != Change::freeze) when_resumed_ = in_force_;
      return;
    }
    const bool paused = !runs();
    if (in_force_ == nullptr && now().terms == nullptr) return;
    if (in_force_ == nullptr) {
      end(t, State::cancelled);
    } else if (one.change == Change::retarget) {
      count_again(t, in_force_);
    } else if (one.change == Change::restart) {
      end(t, State::cancelled);
      begin(t, paused);
    }
  }

  void take_signal(int t, const Signal& signal) {
    if (is_open() && signal.stop) {
      end(t, State::met);
      if (history_.metric.stop_starts) begin(t, signal.pause);
    } else if (is_open() && signal.pause) {
      if (runs()) now().runs.push_back({now().resumed, t});
      now().cycle.state = State::paused;
    } else if (is_open()) {
      if (!runs()) enter(t, false);
    } else if (signal.stop ? history_.metric.stop_starts : signal.start) {
      start_again(t, signal.pause);
    }
  }

  void start_again(int t, bool paused) {
    const bool resumes = !cycles_.empty() && history_.metric.reopening != Reopening::restart;
    if (!resumes) return begin(t, paused);
    if (history_.metric.reopening == Reopening::once) return;
    if (now().cycle.state == State::cancelled || in_force_ == nullptr) return begin(t, paused);
    now().cycle.ended.reset();
    enter(t, paused);
    if (when_resumed_ != nullptr) count_again(t, when_resumed_);
  }

  void begin(int t, bool paused) {
    cycles_.emplace_back();
    now().cycle.began = time_of(t);
    now().terms = in_force_;
    when_resumed_ = nullptr;
    enter(t, paused);
  }

  void enter(int t, bool paused) {
    now().cycle.state = paused ? State::paused : State::running;
    now().resumed = now().since = t;
    if (paused || now().terms == nullptr || !now().terms->rearm_warnings) return;
    std::erase_if(now().given, [&](const Warning& one) {
      const auto instant = instant_of(one);
      return instant && *instant > t;
    });
  }

  void end(int t, State state) {
    if (runs()) now().runs.push_back({now().resumed, t});
    now().cycle.ended = time_of(t);
    now().cycle.state = state == State::met && now().breach ? State::met_late : state;
    if (now().terms != nullptr) now().cycle.elapsed = now().cycle.passed = history_.step * passed(0);
  }

  void count_again(int t, const History::StepTerms* terms) {
    when_resumed_ = nullptr;
    const auto has = [](const std::vector<Warning>& all, const Warning& one) {
      return std::find(all.begin(), all.end(), one) != all.end();
    };
    std::erase_if(now().given, [&](const Warning& one) { return !has(terms->warnings, one); });
    now().terms = terms;
    now().since = t;
    const auto at = first_passed(t);
    if (!now().breach && at) return breach(*at, t, Cause::policy);
    if (!now().breach || at || !terms->retract_when_relieved) return;
    now().breach.reset();
    if (now().cycle.breach) now().cycle.breach->retracted = true;
  }

  /// Open steps of the runs that are over, and of the one under way up to `until`.
  int passed(int until) {
    int count = 0;
    for (const Run& run : now().runs) {
      for (int t = run.from; t < run.to; ++t) count += opens(t);
    }
    for (int t = now().resumed; runs() && t < until; ++t) count += opens(t);
    return count;
  }

  /// The first instant in which the clock ran, before `until`, and the target had passed; where nothing was left of it
  /// when a run began, the first in which it was open.
  std::optional<int> first_passed(int until) {
    std::vector<Run> all = now().runs;
    if (runs()) all.push_back({now().resumed, until});
    int count = 0;
    for (const Run& run : all) {
      const bool owed = count >= now().terms->target;
      for (int t = run.from; t < run.to; ++t) {
        if (count >= now().terms->target && (!owed || opens(t))) return t;
        count += opens(t);
      }
    }
    return {};
  }

  void look(int t) {
    if (now().terms == nullptr || now().breach) return;
    if (!planned_) plan();
    if (due_ == t) return breach(t, t, Cause::time);
    for (std::size_t i = 0; i < instants_.size(); ++i) {
      const Warning& warning = now().terms->warnings[i];
      if (!instants_[i] || *instants_[i] > t) continue;
      if (std::find(now().given.begin(), now().given.end(), warning) != now().given.end()) continue;
      now().given.push_back(warning);
      tell(t);
      if (t <= history_.now) now().cycle.warned.push_back({warning, time_of(t)});
    }
  }

  /// What will be, if nothing more happens.
  void plan() {
    planned_ = true;
    due_ = due_at();
    instants_.clear();
    for (const Warning& warning : now().terms->warnings) instants_.push_back(instant_of(warning));
  }

  void breach(int at, int detected, Cause cause) {
    now().breach = Breach{time_of(at), time_of(detected), cause};
    const int told = cause == Cause::time ? detected + now().terms->grace : detected;
    tell(told);
    if (told <= history_.now) now().cycle.breach = now().breach;
  }

  void tell(int t) {
    if (t > history_.now) next_ = std::min(next_.value_or(t), t);
  }

  /// When, if nothing more happens, so much has passed at last; a threshold that had been reached before the clock ran
  /// is reached then, or for the target when it opens.
  std::optional<int> reached(int threshold, bool is_target) {
    int count = 0;
    for (const Run& run : now().runs) {
      for (int t = run.from; t < run.to; ++t) count += opens(t);
    }
    const bool owed = count >= threshold;
    for (int t = now().resumed; t <= history_.end; ++t) {
      if (count >= threshold && (!owed || !is_target || opens(t))) return t;
      count += opens(t);
    }
    return {};
  }

  std::optional<int> due_at() {
    if (now().breach) return steps(now().breach->at.time_since_epoch());
    return reached(now().terms->target, true);
  }

  std::optional<int> instant_of(const Warning& warning) {
    std::optional<int> instant;
    if (warning.kind == Warning::Kind::before) {
      instant = due_at();
      if (instant) *instant -= steps(warning.before);
    } else {
      const int target = now().terms->target;
      instant = reached(
          warning.kind == Warning::Kind::percent ? target * warning.percent / 100 : target - steps(warning.before),
          false);
    }
    if (instant) instant = std::max(*instant, now().since);
    return instant;
  }

  Standing finish(std::vector<int>* terms) {
    Standing standing;
    const bool is_told = is_open() && now().terms != nullptr;
    if (is_told) now().cycle.elapsed = history_.step * passed(history_.now);
    if (is_told) now().cycle.passed = history_.step * passed(0);
    if (is_told && runs()) {
      const auto due = due_at();
      if (due) now().cycle.due = time_of(*due);
    }
    for (const WalkedCycle& one : cycles_) {
      if (one.terms == nullptr) continue;
      standing.cycles.push_back(one.cycle);
      if (terms != nullptr) terms->push_back(static_cast<int>(one.terms - history_.terms.data()));
    }
    if (next_) standing.next = time_of(*next_);
    return standing;
  }

  const History& history_;
  const History::StepTerms* in_force_ = nullptr;
  const History::StepTerms* when_resumed_ = nullptr;
  std::vector<WalkedCycle> cycles_;
  std::optional<int> next_;
  bool planned_ = false;
  std::optional<int> due_;
  std::vector<std::optional<int>> instants_;  // of the warnings
};

}  // namespace

Standing walk(const History& history, std::vector<int>* terms) { return Walk{history}.run(terms); }

}  // namespace weir::sla
