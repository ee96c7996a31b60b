#include "stream/effects/schedule.hpp"

#include <set>

#include <gtest/gtest.h>

#include "stream/effects/breaker.hpp"

namespace weir::effects {
namespace {

using namespace std::chrono_literals;

TEST(Schedule, IsThatOfStandardWebhooksGiveOrTakeATenth) {
  const Duration expected[] = {5s, 5min, 30min, 2h, 5h, 10h, 14h, 20h, 24h};
  Duration longest{};
  for (std::uint32_t attempt = 1; attempt < attempts_max; ++attempt) {
    for (int i = 0; i < 1000; ++i) {
      const Duration wait = wait_after("e" + std::to_string(i), attempt, {}).value();
      EXPECT_GE(wait, expected[attempt - 1] * 9 / 10);
      EXPECT_LE(wait, expected[attempt - 1] * 11 / 10);
    }
    longest += expected[attempt - 1] * 11 / 10;
  }
  EXPECT_LT(longest, lifetime);
  EXPECT_FALSE(wait_after("e", attempts_max, {}));
  EXPECT_FALSE(wait_after("e", attempts_max, 1h));
}

TEST(Schedule, IsAFunctionOfEffectAndAttempt) {
  EXPECT_EQ(wait_after("e", 3, {}), wait_after("e", 3, {}));
  std::set<Duration> waits;
  for (int i = 0; i < 100; ++i) waits.insert(*wait_after("e" + std::to_string(i), 3, {}));
  EXPECT_GT(waits.size(), 50u);
}

TEST(Schedule, KeepsToWhatIsAskedWhereThatIsLonger) {
  EXPECT_EQ(wait_after("e", 1, 1h), Duration{1h});
  EXPECT_GE(*wait_after("e", 4, 1s), Duration{1h});
}

TEST(Breaker, OpensAfterFailuresInARowAndTriesOneAtATime) {
  Breaker breaker;
  Clock::Steady now = 1h;
  for (int i = 0; i < 4; ++i) breaker.failed(now);
  breaker.succeeded();
  for (int i = 0; i < 4; ++i) breaker.failed(now);
  EXPECT_TRUE(breaker.lets_through(now));
  breaker.failed(now);
  EXPECT_FALSE(breaker.lets_through(now + 29s));
  now += 30s;
  EXPECT_TRUE(breaker.lets_through(now));
  breaker.began();
  EXPECT_FALSE(breaker.lets_through(now));
  breaker.failed(now);
  EXPECT_FALSE(breaker.lets_through(now + 59s));
  EXPECT_TRUE(breaker.lets_through(now + 60s));
  for (int i = 0; i < 20; ++i) {
    now += 10min;
    EXPECT_TRUE(breaker.lets_through(now)) << i;
    breaker.began();
    breaker.failed(now);
  }
  now += 10min;
  breaker.began();
  breaker.succeeded();
  EXPECT_TRUE(breaker.is_pristine());
}

TEST(Breaker, IsNotOpenedFurtherByWhatBeganBefore) {
  Breaker breaker;
  for (int i = 0; i < 20; ++i) breaker.failed(1h);
  EXPECT_EQ(breaker.open_until(), 1h + 30s);
}

TEST(Breaker, HoldsAsLongAsItIsAskedTo) {
  Breaker breaker;
  breaker.hold(1h, 2h);
  breaker.hold(1h, 1s);
  EXPECT_FALSE(breaker.lets_through(3h - 1s));
  EXPECT_TRUE(breaker.lets_through(3h));
}

TEST(Breaker, LetsAnotherTryWhereOneCameToNothing) {
  Breaker breaker;
  breaker.hold(1h, 1s);
  breaker.began();
  EXPECT_FALSE(breaker.lets_through(2h));
  breaker.abandoned();
  EXPECT_TRUE(breaker.lets_through(2h));
}

}  // namespace
}  // namespace weir::effects
