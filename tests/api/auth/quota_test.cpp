#include "api/auth/quota.hpp"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/manual_clock.hpp"

namespace weir::auth {
namespace {

using namespace std::chrono_literals;

TEST(RateLimiter, LetsABurstThroughAndThenTheRate) {
  ManualClock clock;
  RateLimiter limiter({.per_second = 10, .burst = 5}, 100, clock);
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(limiter.take("key", 1)) << i;
  EXPECT_EQ(limiter.take("key", 1), 1s);
  clock.advance(99ms);
  EXPECT_TRUE(limiter.take("key", 1));
  clock.advance(1ms);
  EXPECT_FALSE(limiter.take("key", 1));
  EXPECT_TRUE(limiter.take("key", 1));
}

TEST(RateLimiter, NeverLetsMoreThroughThanTheRateOverAnyLongTime) {
  ManualClock clock;
  RateLimiter limiter({.per_second = 7, .burst = 3}, 100, clock);  // 7 does not divide a second
  int passed = 0;
  for (int i = 0; i < 100'000; ++i) {
    if (!limiter.take("key", 1)) ++passed;
    clock.advance(1ms);
  }
  EXPECT_GE(passed, 700);
  EXPECT_LE(passed, 703);
}

TEST(RateLimiter, SaysExactlyWhenToComeBack) {
  ManualClock clock;
  RateLimiter limiter({.per_second = 2, .burst = 10}, 100, clock);
  EXPECT_FALSE(limiter.take("key", 10));
  const auto wait = limiter.take("key", 10);
  EXPECT_EQ(wait, 5s);
  clock.advance(*wait - 1ns);
  EXPECT_TRUE(limiter.take("key", 10));
  clock.advance(1ns);
  EXPECT_FALSE(limiter.take("key", 10));
}

TEST(RateLimiter, PassesMoreThanTheBurstOnceAndHasItPaidFor) {
  ManualClock clock;
  RateLimiter limiter({.per_second = 100, .burst = 100}, 100, clock);
  EXPECT_FALSE(limiter.take("key", 1'000));
  EXPECT_EQ(limiter.take("key", 1), 10s);  // ten seconds to pay, less 99 of the burst
  clock.advance(9s + 10ms);
  EXPECT_FALSE(limiter.take("key", 1));
  EXPECT_TRUE(limiter.take("key", 1'000));
}

TEST(RateLimiter, SurvivesTheLargestAmount) {
  ManualClock clock;
  RateLimiter limiter({.per_second = 1, .burst = 1}, 100, clock);
  EXPECT_FALSE(limiter.take("key", std::numeric_limits<std::uint64_t>::max()));
  EXPECT_GT(limiter.take("key", 1).value_or(0s), 24h);
}

TEST(RateLimiter, ARefusalCostsNothing) {
  ManualClock clock;
  RateLimiter limiter({.per_second = 1, .burst = 1}, 100, clock);
  EXPECT_FALSE(limiter.take("key", 1));
  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(limiter.take("key", 1), 1s);
  clock.advance(1s);
  EXPECT_FALSE(limiter.take("key", 1));
}

TEST(RateLimiter, IgnoresTheWallClock) {
  ManualClock clock;
  RateLimiter limiter({.per_second = 1, .burst = 1}, 100, clock);
  EXPECT_FALSE(limiter.take("key", 1));
  clock.set_wall(clock.now() + std::chrono::hours(24));
  EXPECT_TRUE(limiter.take("key", 1));
}

TEST(RateLimiter, HoldsABoundedNumberOfKeysAndForgetsTheOneUnusedForLongest) {
  ManualClock clock;
  RateLimiter limiter({.per_second = 1, .burst = 1}, 3, clock);
  for (const auto* key : {"a", "b", "c"}) EXPECT_FALSE(limiter.take(key, 1));
  EXPECT_TRUE(limiter.take("a", 1));   // used: now "b" is the oldest
  EXPECT_FALSE(limiter.take("d", 1));  // takes its place
  EXPECT_EQ(limiter.keys(), 3u);
  EXPECT_TRUE(limiter.take("a", 1));
  EXPECT_TRUE(limiter.take("c", 1));
  EXPECT_FALSE(limiter.take("b", 1));
  for (int i = 0; i < 10'000; ++i) (void)limiter.take(std::to_string(i), 1);
  EXPECT_EQ(limiter.keys(), 3u);
}

TEST(RateLimiter, CountsExactlyWhenManyThreadsTake) {
  ManualClock clock;
  RateLimiter limiter({.per_second = 1, .burst = 1'000}, 10, clock);
  std::atomic<int> passed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1'000; ++i) passed += limiter.take("key", 1) ? 0 : 1;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(passed, 1'000);
}

TEST(IngestQuota, IsOffUnlessSet) {
  ManualClock clock;
  IngestQuota quota(std::nullopt, clock);
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(quota.take("acme", "orders", 1'000'000'000));
}

TEST(IngestQuota, CountsEachProcessOfEachWorkspaceForItself) {
  ManualClock clock;
  IngestQuota quota(100, clock);
  EXPECT_FALSE(quota.take("acme", "orders", 100));
  EXPECT_TRUE(quota.take("acme", "orders", 1));
  EXPECT_FALSE(quota.take("acme", "support", 100));
  EXPECT_FALSE(quota.take("other", "orders", 100));
}

TEST(FailedAuthentications, Row97HoldsUpTheAddressThatGuessesAndNoOther) {
  ManualClock clock;
  FailedAuthentications failures(clock);
  int answered = 0;
  for (int i = 0; i < 10'000; ++i) {
    if (!failures.record("203.0.113.9")) ++answered;
    clock.advance(100us);
  }
  EXPECT_LE(answered, 21);
  EXPECT_GE(answered, 20);
  EXPECT_FALSE(failures.record("203.0.113.10"));
  clock.advance(1s);
  EXPECT_FALSE(failures.record("203.0.113.9"));
}

TEST(FailedAuthentications, CountsAnIpv6NetworkAsOneMachineAndMappedAddressesApart) {
  ManualClock clock;
  FailedAuthentications failures(clock);
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(failures.record("2001:db8:1:2::" + std::to_string(i)));
  EXPECT_TRUE(failures.record("2001:db8:1:2:ffff::1"));
  EXPECT_FALSE(failures.record("2001:db8:1:3::1"));
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(failures.record("::ffff:198.51.100." + std::to_string(i)));
}

TEST(RateLimiter, GivesBackWhatWasTaken) {
  ManualClock clock;
  RateLimiter limiter({.per_second = 1, .burst = 3}, 100, clock);
  for (int i = 0; i < 100; ++i) {
    ASSERT_FALSE(limiter.take("key", 3)) << i;
    limiter.give_back("key", 3);
  }
  limiter.give_back("nobody", 3);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(limiter.take("key", 1));
  EXPECT_TRUE(limiter.take("key", 1));
}

TEST(SignInAttempts, TenWrongPasswordsOfAUserThenOneInTenSeconds) {
  ManualClock clock;
  SignInAttempts attempts(clock);
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(attempts.begin("ann", "10.0.0." + std::to_string(i)));
  EXPECT_EQ(attempts.begin("ann", "10.0.1.1"), 10s);
  EXPECT_FALSE(attempts.begin("bob", "10.0.0.1"));
  clock.advance(10s);
  EXPECT_FALSE(attempts.begin("ann", "10.0.1.1"));
  EXPECT_TRUE(attempts.begin("ann", "10.0.1.1"));
}

TEST(SignInAttempts, FiftyWrongPasswordsOfAnAddressWhoeverItAsksFor) {
  ManualClock clock;
  SignInAttempts attempts(clock);
  for (int i = 0; i < 50; ++i) EXPECT_FALSE(attempts.begin("user" + std::to_string(i), "10.0.0.1"));
  EXPECT_EQ(attempts.begin("ann", "10.0.0.1"), 2s);
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(attempts.begin("ann", "10.0.0.1"));
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(attempts.begin("ann", "10.0.0.2")) << "held-up tries do not count for ann";
}

TEST(SignInAttempts, RightPasswordsDoNotCount) {
  ManualClock clock;
  SignInAttempts attempts(clock);
  for (int i = 0; i < 1'000; ++i) {
    ASSERT_FALSE(attempts.begin("ann", "10.0.0.1")) << i;
    attempts.succeeded("ann", "10.0.0.1");
  }
}

}  // namespace
}  // namespace weir::auth
