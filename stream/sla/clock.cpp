#include "stream/sla/clock.hpp"

#include <algorithm>
#include <utility>

namespace weir::sla {

void Clock::come_into_force(Time at, const Terms* terms, Change change) {
  in_force_ = terms;
  if (!is_open()) {
    if (change != Change::freeze) terms_when_resumed_ = terms;
    return;
  }
  if (terms == nullptr && terms_ == nullptr) return;
  if (terms != nullptr && change == Change::freeze) return;
  pass(at);
  if (terms != nullptr && change == Change::retarget) return retarget(at, *terms);
  const bool paused = cycles_.back().state == State::paused;
  end(at, State::cancelled);
  if (terms != nullptr) begin(at, paused);
}

void Clock::happen(Time at, const Signal& signal) {
  if (!is_open()) {
    if (signal.stop ? metric_.stop_starts : signal.start) start_again(at, signal.pause);
    return;
  }
  pass(at);
  if (signal.stop) {
    end(at, State::met);
    if (metric_.stop_starts) begin(at, signal.pause);
  } else if (signal.pause) {
    if (runs()) stand(at, State::paused);
  } else if (!runs()) {
    go_on(at, false);
  }
}

Standing Clock::standing() && {
  pass(Time::max());
  if (is_open() && terms_ != nullptr) {
    Cycle& cycle = cycles_.back();
    cycle.elapsed = cycle.passed = passed_;
    if (runs()) cycle.elapsed += between({resumed_, std::max(resumed_, now_)});
    if (runs()) cycle.due = due();
  }
  std::erase_if(cycles_, [](const Cycle& cycle) { return cycle.terms == nullptr; });
  return {std::move(cycles_), next_};
}

// ---- cycles ---------------------------------------------------------------------------------------------------------

void Clock::start_again(Time at, bool paused) {
  if (cycles_.empty() || metric_.reopening == Reopening::restart) return begin(at, paused);
  if (metric_.reopening == Reopening::once) return;
  if (cycles_.back().state == State::cancelled || in_force_ == nullptr) return begin(at, paused);
  cycles_.back().ended.reset();
  go_on(at, paused);
  if (terms_when_resumed_ != nullptr) retarget(at, *terms_when_resumed_);
}

/// Without terms too: what is promised later is counted from here.
void Clock::begin(Time at, bool paused) {
  cycles_.emplace_back().began = at;
  terms_ = cycles_.back().terms = in_force_;
  terms_when_resumed_ = nullptr;
  runs_.clear();
  passed_ = {};
  breach_.reset();
  has_warned_.assign(terms_ == nullptr ? 0 : terms_->warnings.size(), false);
  go_on(at, paused);
}

void Clock::go_on(Time at, bool paused) {
  cycles_.back().state = paused ? State::paused : State::running;
  resumed_ = since_ = at;
  if (paused || terms_ == nullptr || !terms_->rearm_warnings) return;
  for (std::size_t i = 0; i < has_warned_.size(); ++i) {
    const auto instant = instant_of(terms_->warnings[i]);
    if (instant && *instant > at) has_warned_[i] = false;
  }
}

void Clock::stand(Time at, State state) {
  if (runs()) {
    runs_.push_back({resumed_, at});
    if (terms_ != nullptr) passed_ += between(runs_.back());
  }
  cycles_.back().state = state;
}

void Clock::end(Time at, State state) {
  stand(at, state);
  Cycle& cycle = cycles_.back();
  cycle.ended = at;
  cycle.elapsed = cycle.passed = passed_;
  if (state == State::met && breach_) cycle.state = State::met_late;
}

/// What it has run is counted as if these terms had always held; what they would have told before now is told now.
void Clock::retarget(Time at, const Terms& terms) {
  static const std::vector<Warning> none;
  const Terms* const former = std::exchange(terms_, &terms);
  const std::vector<Warning>& known = former == nullptr ? none : former->warnings;
  cycles_.back().terms = &terms;
  terms_when_resumed_ = nullptr;
  since_ = at;
  passed_ = {};
  for (const Run& run : runs_) passed_ += between(run);
  std::vector<bool> has_warned;
  for (const Warning& warning : terms.warnings) {
    const auto same = std::find(known.begin(), known.end(), warning);
    has_warned.push_back(same != known.end() && has_warned_[same - known.begin()]);
  }
  has_warned_ = std::move(has_warned);
  const auto passed_at = passed_before(at);
  if (!breach_ && passed_at) return breach(*passed_at, at, Cause::policy);
  if (!breach_ || passed_at || !terms.retract_when_relieved) return;
  breach_.reset();
  if (cycles_.back().breach) cycles_.back().breach->retracted = true;
}

// ---- time -----------------------------------------------------------------------------------------------------------

void Clock::pass(Time until) {
  if (!runs() || terms_ == nullptr) return;
  find_breach(until);
  find_warnings(until);
}

void Clock::find_breach(Time until) {
  if (breach_) return;
  const auto at = due();
  if (at && *at < until) breach(*at, *at, Cause::time);
}

void Clock::breach(Time at, Time detected, Cause cause) {
  breach_ = Breach{at, detected, cause};
  const Time told = cause == Cause::time ? detected + terms_->grace : detected;
  if (told > now_) return remind(told);
  cycles_.back().breach = breach_;
}

void Clock::find_warnings(Time until) {
  std::vector<Warned>& warned = cycles_.back().warned;
  const auto former = static_cast<std::ptrdiff_t>(warned.size());
  for (std::size_t i = 0; i < has_warned_.size(); ++i) {
    if (has_warned_[i]) continue;
    const auto instant = instant_of(terms_->warnings[i]);
    if (!instant || *instant >= until || (breach_ && *instant >= breach_->detected)) continue;
    has_warned_[i] = true;
    if (*instant > now_) {
      remind(*instant);
    } else {
      warned.push_back({terms_->warnings[i], *instant});
    }
  }
  std::stable_sort(warned.begin() + former, warned.end(), [](const Warned& a, const Warned& b) { return a.at < b.at; });
}

void Clock::remind(Time at) { next_ = next_ ? std::min(*next_, at) : at; }

/// Of a clock that runs.
std::optional<Time> Clock::due() const {
  if (breach_) return breach_->at;
  return terms_->calendar->after(resumed_, terms_->target - passed_);
}

/// Of a clock that runs; not before it did under its terms.
std::optional<Time> Clock::instant_of(const Warning& warning) const {
  std::optional<Time> instant = resumed_;
  if (warning.kind == Warning::Kind::before) {
    instant = due();
    if (instant) *instant -= warning.before;
  } else {
    const Duration threshold = warning.kind == Warning::Kind::percent ? terms_->target * warning.percent / 100
                                                                      : terms_->target - warning.before;
    if (threshold > passed_) instant = terms_->calendar->after(resumed_, threshold - passed_);
  }
  if (instant) instant = std::max(*instant, since_);
  return instant;
}

/// When the target had passed while it ran, if that was before `until`.
std::optional<Time> Clock::passed_before(Time until) const {
  Duration passed{};
  const auto within = [&](const Run& run) -> std::optional<Time> {
    const auto at = terms_->calendar->after(run.from, terms_->target - passed);
    passed += between(run);
    return at && *at < run.to ? at : std::nullopt;
  };
  for (const Run& run : runs_) {
    if (const auto at = within(run)) return at;
  }
  return runs() ? within({resumed_, until}) : std::nullopt;
}

}  // namespace weir::sla
