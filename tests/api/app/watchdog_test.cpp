#include "api/app/watchdog.hpp"

#include <gtest/gtest.h>

namespace weir::app {
namespace {

TEST(Watchdog, TellsOfWorkThatIsTheSameForThirtyLooksAndGivesItUpAfterItsPatience) {
  Watchdog watchdog;
  std::optional<std::uint64_t> progress = 7;
  watchdog.watch("shard 3", 40, [&] { return progress; });
  std::vector<Watchdog::Stuck> told;
  const auto look = [&](unsigned times) {
    told.clear();
    for (unsigned i = 0; i < times; ++i) {
      for (Watchdog::Stuck& stuck : watchdog.look()) told.push_back(std::move(stuck));
    }
  };
  look(30);
  EXPECT_TRUE(told.empty());
  look(1);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told.front().name, "shard 3");
  EXPECT_EQ(told.front().looks, 30U);
  EXPECT_FALSE(told.front().given_up);
  look(100);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_TRUE(told.front().given_up);
  EXPECT_EQ(told.front().looks, 40U);
}

TEST(Watchdog, WorkThatGoesOnOrRestsIsNeverStuck) {
  Watchdog watchdog;
  std::optional<std::uint64_t> progress = 0;
  watchdog.watch("store", 30, [&] { return progress; });
  for (int i = 0; i < 200; ++i) {
    if (i % 29 == 0) progress = i % 58 == 0 ? std::optional<std::uint64_t>{i} : std::nullopt;
    EXPECT_TRUE(watchdog.look().empty()) << i;
  }
}

}  // namespace
}  // namespace weir::app
