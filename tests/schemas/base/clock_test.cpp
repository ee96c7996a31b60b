#include "schemas/base/clock.hpp"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(SystemClock, NeverRunsBackwardsAndIsOfThisAge) {
  const SystemClock clock;
  Clock::Steady last = clock.steady();
  for (int i = 0; i < 1000; ++i) {
    const Clock::Steady next = clock.steady();
    ASSERT_GE(next, last);
    last = next;
  }
  EXPECT_GT(clock.now(), Time{std::chrono::sys_days{std::chrono::year{2024} / 1 / 1}});
}

TEST(Time, CountsMicrosecondsOnBothSidesOfTheEpoch) {
  EXPECT_EQ(to_micros(from_micros(-1)), -1);
  EXPECT_EQ(from_micros(86'400'000'000), Time{std::chrono::sys_days{std::chrono::year{1970} / 1 / 2}});
}

}  // namespace
}  // namespace weir
