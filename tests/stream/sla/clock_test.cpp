#include "stream/sla/clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::sla {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;

constexpr Signal start{true, false, false}, stop{false, true, false}, paused{false, false, true}, other{};

class SlaClockTest : public ::testing::Test {
 protected:
  /// Hours since Friday 2026-11-20, 00:00 UTC; it is open 9 to 17 from Monday to Friday.
  static Time at(double hour) {
    const auto friday = std::chrono::sys_days{std::chrono::year{2026} / std::chrono::November / 20};
    return friday + std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::ratio<3600>>{hour});
  }
  static OpeningHours office() {
    OpeningHours opening;
    for (std::size_t day = 0; day < 5; ++day) opening.week[day] = {{9 * 3600, 17 * 3600}};
    return opening;
  }
  Terms terms(Duration target, std::vector<Warning> warnings = {}) const {
    return {target, &calendar_, std::move(warnings), {}, false, false};
  }
  /// One clock under the same terms from the begin on.
  Standing after(const Terms& terms, const Metric& metric, double now,
                 const std::vector<std::pair<double, Signal>>& signals) const {
    Clock clock{metric, at(now)};
    clock.come_into_force(Time{}, &terms, Change::retarget);
    for (const auto& [hour, signal] : signals) clock.happen(at(hour), signal);
    return std::move(clock).standing();
  }

  const BusinessCalendar calendar_{office(), Zone::utc()};
};

TEST_F(SlaClockTest, CountsBusinessTimeAndFallsDueAtTheBell) {
  const Terms eight_hours = terms(hours{8});
  const auto standing = after(eight_hours, {}, 20, {{17, start}});
  ASSERT_EQ(standing.cycles.size(), 1u);
  EXPECT_EQ(standing.cycles[0].due, at(3 * 24 + 17));  // Monday, 17:00
  EXPECT_EQ(standing.cycles[0].elapsed, hours{0});
  EXPECT_EQ(standing.next, at(3 * 24 + 17));
}

TEST_F(SlaClockTest, HoldsPausesInBusinessTime) {
  // Four hours of work, on hold over the weekend: three hours are left on Tuesday.
  const auto standing = after(terms(hours{4}), {}, 96 + 10, {{10, start}, {11, paused}, {96 + 9, other}});
  EXPECT_EQ(standing.cycles[0].due, at(96 + 12));
  EXPECT_EQ(standing.cycles[0].elapsed, hours{2});
  const auto on_hold = after(terms(hours{4}), {}, 40, {{10, start}, {11, paused}});
  EXPECT_EQ(on_hold.cycles[0].due, std::nullopt);
  EXPECT_EQ(on_hold.cycles[0].state, State::paused);
}

TEST_F(SlaClockTest, OfStopPauseAndStartTheFirstWins) {
  const auto nothing = after(terms(hours{1}), {}, 20, {{10, {true, true, true}}});
  EXPECT_TRUE(nothing.cycles.empty());
  const auto held = after(terms(hours{1}), {}, 20, {{10, {true, false, true}}});
  EXPECT_EQ(held.cycles[0].state, State::paused);
  const auto met = after(terms(hours{1}), {}, 20, {{10, start}, {10.5, {true, true, true}}});
  EXPECT_EQ(met.cycles[0].state, State::met);
}

TEST_F(SlaClockTest, WhatStopsItWhenItFallsDueIsInTime) {
  const Terms one_hour = terms(hours{1});
  EXPECT_EQ(after(one_hour, {}, 20, {{10, start}, {11, stop}}).cycles[0].state, State::met);
  const auto late = after(one_hour, {}, 20, {{10, start}, {11.001, stop}});
  EXPECT_EQ(late.cycles[0].state, State::met_late);
  EXPECT_EQ(late.cycles[0].breach, (Breach{at(11), at(11), Cause::time, false}));
}

TEST_F(SlaClockTest, MoreOfTheSameDoesNotStartItAgain) {
  const auto standing = after(terms(hours{2}), {}, 11, {{9, start}, {10, start}, {10.5, start}});
  ASSERT_EQ(standing.cycles.size(), 1u);
  EXPECT_EQ(standing.cycles[0].due, at(11));
}

TEST_F(SlaClockTest, ReopensAsItsMetricSays) {
  const std::vector<std::pair<double, Signal>> twice{{9, start}, {10, stop}, {11, start}};
  const auto once = after(terms(hours{2}), {Reopening::once, false}, 12, twice);
  EXPECT_THAT(once.cycles, ElementsAre(::testing::Field(&Cycle::state, State::met)));
  const auto again = after(terms(hours{2}), {Reopening::restart, false}, 12, twice);
  EXPECT_EQ(again.cycles.at(1).due, at(13));
  const auto resumed = after(terms(hours{2}), {Reopening::resume, false}, 12, twice);
  ASSERT_EQ(resumed.cycles.size(), 1u);
  EXPECT_EQ(resumed.cycles[0].due, at(12));
  EXPECT_EQ(resumed.cycles[0].began, at(9));
}

TEST_F(SlaClockTest, APeriodicUpdateBeginsTheNext) {
  const auto standing = after(terms(hours{2}), {Reopening::restart, true}, 16, {{9, stop}, {10, stop}, {13, stop}});
  ASSERT_EQ(standing.cycles.size(), 3u);
  EXPECT_EQ(standing.cycles[0].state, State::met);
  EXPECT_EQ(standing.cycles[1].state, State::met_late);
  EXPECT_EQ(standing.cycles[2].breach->at, at(15));
}

TEST_F(SlaClockTest, WarnsByShareByTimeAndByBusinessTime) {
  const Warning three_quarters{Warning::Kind::percent, 75, {}}, quarter{Warning::Kind::before, 0, minutes{15}},
      hour{Warning::Kind::before_business, 0, hours{1}};
  const Terms promised = terms(hours{8}, {three_quarters, quarter, hour});
  const auto standing = after(promised, {}, 3 * 24 + 18, {{12, start}});  // due Monday 12:00
  EXPECT_THAT(standing.cycles[0].warned,
              ElementsAre(Warned{three_quarters, at(3 * 24 + 10)}, Warned{hour, at(3 * 24 + 11)},
                          Warned{quarter, at(3 * 24 + 11.75)}));
  EXPECT_EQ(after(promised, {}, 3 * 24 + 9.5, {{12, start}}).next, at(3 * 24 + 10));
}

TEST_F(SlaClockTest, GraceDelaysWhatIsToldAndNotTheVerdict) {
  Terms promised = terms(hours{1});
  promised.grace = minutes{1};
  const auto waiting = after(promised, {}, 11, {{10, start}});
  EXPECT_FALSE(waiting.cycles[0].breach);
  EXPECT_EQ(waiting.next, at(11) + minutes{1});
  EXPECT_TRUE(after(promised, {}, 12, {{10, start}}).cycles[0].breach);
}

class SlaTermsTest : public SlaClockTest {
 protected:
  /// Started at nine; at eleven other terms come.
  Standing changed(const Terms& from, const Terms* to, Change change, double now) const {
    Clock clock{{}, at(now)};
    clock.come_into_force(Time{}, &from, Change::retarget);
    clock.happen(at(9), start);
    clock.come_into_force(at(11), to, change);
    return std::move(clock).standing();
  }
};

TEST_F(SlaTermsTest, ShorterOnesThatHavePassedAreABreachNow) {
  const Terms four = terms(hours{4}), one = terms(hours{1});
  const auto standing = changed(four, &one, Change::retarget, 12);
  EXPECT_EQ(standing.cycles[0].breach, (Breach{at(10), at(11), Cause::policy, false}));
}

TEST_F(SlaTermsTest, LongerOnesKeepABreachUnlessTheyTakeItBack) {
  const Terms one = terms(hours{1});
  Terms four = terms(hours{4});
  EXPECT_FALSE(changed(one, &four, Change::retarget, 12).cycles[0].breach->retracted);
  four.retract_when_relieved = true;
  const auto relieved = changed(one, &four, Change::retarget, 12);
  EXPECT_TRUE(relieved.cycles[0].breach->retracted);
  EXPECT_EQ(relieved.cycles[0].due, at(13));
  EXPECT_EQ(changed(one, &four, Change::retarget, 14).cycles[0].breach, (Breach{at(13), at(13), Cause::time, false}));
}

TEST_F(SlaTermsTest, FreezeKeepsRestartBeginsNoneCancels) {
  const Terms four = terms(hours{4}), one = terms(hours{1});
  EXPECT_EQ(changed(four, &one, Change::freeze, 11.5).cycles[0].due, at(13));
  const auto restarted = changed(four, &one, Change::restart, 11.5);
  EXPECT_EQ(restarted.cycles.at(0).state, State::cancelled);
  EXPECT_EQ(restarted.cycles.at(1).due, at(12));
  const auto gone = changed(four, nullptr, Change::retarget, 20);
  EXPECT_EQ(gone.cycles.at(0).state, State::cancelled);
  EXPECT_EQ(gone.next, std::nullopt);
}

TEST_F(SlaTermsTest, WhatWasFulfilledIsNotResumedWhileNothingIsPromised) {
  const Terms one_hour = terms(hours{1});
  Clock clock{{Reopening::resume}, at(16)};
  clock.come_into_force(Time{}, &one_hour, Change::retarget);
  clock.happen(at(10), start);
  clock.happen(at(10.5), stop);
  clock.come_into_force(at(11), nullptr, Change::retarget);
  clock.happen(at(12), start);
  const Standing standing = std::move(clock).standing();
  ASSERT_EQ(standing.cycles.size(), 1u);
  EXPECT_EQ(standing.cycles[0].state, State::met);
  EXPECT_EQ(standing.next, std::nullopt);
}

TEST_F(SlaTermsTest, WhatIsPromisedAfterTheBeginCountsFromIt) {
  const Terms four = terms(hours{4}), one = terms(hours{1});
  const auto promised = [&](const Terms* later) {
    Clock clock{{}, at(12)};
    clock.happen(at(9), start);
    if (later != nullptr) clock.come_into_force(at(11), later, Change::retarget);
    return std::move(clock).standing();
  };
  EXPECT_TRUE(promised(nullptr).cycles.empty());
  EXPECT_EQ(promised(&four).cycles.at(0).due, at(13));
  EXPECT_EQ(promised(&four).cycles.at(0).began, at(9));
  EXPECT_EQ(promised(&one).cycles.at(0).breach, (Breach{at(10), at(11), Cause::policy, false}));
}

TEST_F(SlaTermsTest, AHolidayAddedLaterMovesTheDueTime) {
  OpeningHours with_holiday = office();
  with_holiday.holidays = {OpeningHours::Date{std::chrono::year{2026} / std::chrono::November / 23}};
  const BusinessCalendar monday_off{with_holiday, Zone::utc()};
  const Terms promised = terms(hours{10});
  Terms later = promised;
  later.calendar = &monday_off;
  EXPECT_EQ(changed(promised, &later, Change::retarget, 12).cycles[0].due, at(4 * 24 + 11));
}

}  // namespace
}  // namespace weir::sla
