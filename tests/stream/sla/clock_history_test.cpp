// Random histories, held to a clock that takes one step of time after another.
#include <cstdlib>
#include <random>

#include <gtest/gtest.h>

#include "tests/stream/sla/stepped_clock.hpp"

namespace weir::sla {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

/// Local times of UTC: steps of a day are its spans.
OpeningHours hours_of(const History::Calendar& calendar, Duration step) {
  OpeningHours hours;
  const int in_a_day = static_cast<int>(std::chrono::days{1} / step);
  const auto length_s = static_cast<std::int32_t>(step / seconds{1});
  for (int t = 0; t < static_cast<int>(calendar.open.size()); ++t) {
    if (calendar.open[t] == 0) continue;
    auto& spans = hours.shifts[OpeningHours::Date{} + std::chrono::days{t / in_a_day}];
    const std::int32_t from = t % in_a_day * length_s;
    if (!spans.empty() && spans.back().to == from) {
      spans.back().to += length_s;
    } else {
      spans.push_back({from, from + length_s});
    }
  }
  return hours;
}

class RandomHistory {
 public:
  RandomHistory(std::uint64_t seed, Duration step, int end) : random_(seed) {
    history_.step = step;
    history_.end = end;
    history_.now = upto(end);
    history_.metric.reopening = static_cast<Reopening>(upto(2));
    history_.metric.stop_starts = one_in(4);
    for (int i = upto(1); i >= 0; --i) add_calendar();
    for (int i = upto(2); i >= 0; --i) add_terms();
    history_.happenings.push_back({0, true, one_in(4) ? -1 : 0, Change::retarget, {}});
    for (int i = upto(12); i > 0; --i) add_happening();
    std::stable_sort(history_.happenings.begin() + 1, history_.happenings.end(), [](const auto& a, const auto& b) {
      return std::pair{a.at, !a.is_terms} < std::pair{b.at, !b.is_terms};
    });
  }

  const History& get() const { return history_; }

 private:
  int upto(int most) { return static_cast<int>(random_() % (static_cast<unsigned>(most) + 1)); }
  bool one_in(unsigned n) { return random_() % n == 0; }

  void add_calendar() {
    History::Calendar calendar;
    const bool always = one_in(4);
    calendar.open.assign(static_cast<std::size_t>(history_.end) + 2, always ? 1 : 0);
    for (int i = upto(8); i > 0 && !always; --i) {
      const int from = upto(history_.end), to = std::min(history_.end, from + upto(history_.end / 3));
      std::fill(calendar.open.begin() + from, calendar.open.begin() + to, 1);
    }
    history_.calendars.push_back(std::move(calendar));
  }

  void add_terms() {
    History::StepTerms terms;
    terms.target = 4 * upto(one_in(8) ? 1 : history_.end / 12);
    terms.calendar = upto(static_cast<int>(history_.calendars.size()) - 1);
    terms.grace = one_in(2) ? 0 : upto(60);
    terms.rearm_warnings = one_in(2);
    terms.retract_when_relieved = one_in(2);
    for (int i = upto(3); i > 0; --i) {
      const Warning warning = random_warning(terms.target);
      const auto known = std::find(terms.warnings.begin(), terms.warnings.end(), warning);
      if (known == terms.warnings.end()) terms.warnings.push_back(warning);
    }
    history_.terms.push_back(std::move(terms));
  }

  Warning random_warning(int target) {
    if (one_in(2)) return {Warning::Kind::percent, 25 * upto(4), {}};
    const auto kind = one_in(2) ? Warning::Kind::before : Warning::Kind::before_business;
    return {kind, 0, history_.step * upto(target + 4)};
  }

  void add_happening() {
    History::Happening one;
    one.at = one_in(4) ? history_.happenings.back().at : upto(history_.end * 2 / 3);
    one.is_terms = one_in(6);
    one.terms = one_in(4) ? -1 : upto(static_cast<int>(history_.terms.size()) - 1);
    one.change = static_cast<Change>(upto(2));
    one.signal = {one_in(2), one_in(4), one_in(3)};
    history_.happenings.push_back(one);
  }

  std::mt19937_64 random_;
  History history_;
};

Standing by_clock(const History& history) {
  std::vector<BusinessCalendar> calendars;
  for (const auto& calendar : history.calendars) {
    calendars.emplace_back(hours_of(calendar, history.step), Zone::utc());
  }
  std::vector<Terms> all;
  for (const auto& terms : history.terms) {
    all.push_back({history.step * terms.target, &calendars[terms.calendar], terms.warnings, history.step * terms.grace,
                   terms.rearm_warnings, terms.retract_when_relieved});
  }
  Clock clock{history.metric, Time{history.step * history.now}};
  for (const auto& one : history.happenings) {
    const Time at{history.step * one.at};
    if (one.is_terms) {
      clock.come_into_force(at, one.terms < 0 ? nullptr : &all[one.terms], one.change);
    } else {
      clock.happen(at, one.signal);
    }
  }
  return std::move(clock).standing();
}

std::string told(const History& history, const Standing& standing) {
  const auto step = [&](Time time) { return std::to_string(time.time_since_epoch() / history.step); };
  std::string text;
  for (const Cycle& cycle : standing.cycles) {
    text += "  state " + std::to_string(static_cast<int>(cycle.state)) + " began " + step(cycle.began);
    text += " ended " + (cycle.ended ? step(*cycle.ended) : "-") + " due " + (cycle.due ? step(*cycle.due) : "-");
    text += " elapsed " + std::to_string(cycle.elapsed / history.step);
    if (cycle.breach) {
      text += " breach " + step(cycle.breach->at) + " detected " + step(cycle.breach->detected) + " cause " +
              std::to_string(static_cast<int>(cycle.breach->cause)) + (cycle.breach->retracted ? " retracted" : "");
    }
    for (const Warned& one : cycle.warned) {
      text += " warned " + std::to_string(static_cast<int>(one.warning.kind)) + '@' + step(one.at);
    }
    text += '\n';
  }
  return text + "  next " + (standing.next ? step(*standing.next) : "-") + '\n';
}

std::string told(const History& history) {
  std::string text = "now " + std::to_string(history.now) + " reopening " +
                     std::to_string(static_cast<int>(history.metric.reopening)) +
                     (history.metric.stop_starts ? " stop starts" : "") + '\n';
  for (const auto& terms : history.terms) {
    text += "terms: target " + std::to_string(terms.target) + " calendar " + std::to_string(terms.calendar) +
            " grace " + std::to_string(terms.grace) + (terms.rearm_warnings ? " rearm" : "") +
            (terms.retract_when_relieved ? " retract" : "") + '\n';
    for (const Warning& one : terms.warnings) {
      text += "  warn " + std::to_string(static_cast<int>(one.kind)) + ' ' + std::to_string(one.percent) + "% " +
              std::to_string(one.before / history.step) + '\n';
    }
  }
  for (const auto& one : history.happenings) {
    text += std::to_string(one.at) +
            (one.is_terms
                 ? " terms " + std::to_string(one.terms) + " change " + std::to_string(static_cast<int>(one.change))
                 : std::string{one.signal.start ? " start" : ""} + (one.signal.stop ? " stop" : "") +
                       (one.signal.pause ? " pause" : "")) +
            '\n';
  }
  return text;
}

void expect_as_walked(std::uint64_t seed, Duration step, int end) {
  const RandomHistory random{seed, step, end};
  const History& history = random.get();
  const Standing walked = walk(history);
  Standing found = by_clock(history);
  for (Cycle& cycle : found.cycles) cycle.terms = nullptr;  // the walk has others
  const bool same = found.cycles == walked.cycles && found.next == walked.next;
  ASSERT_TRUE(same) << "seed " << seed << '\n'
                    << told(history) << "walked:\n"
                    << told(history, walked) << "clock:\n"
                    << told(history, found);
}

#ifdef WEIR_DEBUG
constexpr int some = 200;  // fifty times as slow
#else
constexpr int some = 5'000;
#endif

TEST(SlaClock, EqualsAWalkByTheSecond) {
  const int rounds = std::getenv("TESTED_FULL") != nullptr ? 100'000 : some / 10;
  for (int i = 0; i < rounds && !HasFatalFailure(); ++i) {
    expect_as_walked(static_cast<std::uint64_t>(i), seconds{1}, 3 * 86'400 / (1 + i % 30));
  }
}

TEST(SlaClock, EqualsAWalkByTheMinute) {
  const int rounds = std::getenv("TESTED_FULL") != nullptr ? 900'000 : some - some / 10;
  for (int i = 0; i < rounds && !HasFatalFailure(); ++i) {
    expect_as_walked(static_cast<std::uint64_t>(i), minutes{1}, 60 + i % 4'260);
  }
}

}  // namespace
}  // namespace weir::sla
