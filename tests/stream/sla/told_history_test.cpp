// Random histories of cases under promises, through the task of a shard: with late, early and repeated events, policies
// and calendars that are edited, restarts, and states made again of the log. What is shown equals a walk second by
// second or minute by minute, and what was told is each once, in order, as it is.
#include <cstdlib>
#include <iostream>

#include <gtest/gtest.h>

#include "tests/stream/sla/told_world.hpp"

namespace weir::sla {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

/// In worlds of so many cases each.
constexpr int worlds_of(int histories) { return (histories + ToldWorld::cases - 1) / ToldWorld::cases; }

#ifdef WEIR_DEBUG
constexpr int some = 200;  // fifty times as slow
#else
constexpr int some = 5'000;
#endif

template <class EndOf>
void expect_as_walked(int histories, Duration step, const EndOf& end_of) {
  ToldWorld::Met all;
  for (int i = 0; i < worlds_of(histories); ++i) {
    ToldWorld world{static_cast<std::uint64_t>(i), step, end_of(i)};
    try {
      world.run();
    } catch (const Mismatch& mismatch) {
      FAIL() << "world " << i << ": " << mismatch.what;
    }
    const ToldWorld::Met& met = world.met();
    all.cycles += met.cycles;
    all.breaches += met.breaches;
    all.told += met.told;
    all.corrections += met.corrections;
    all.restarts += met.restarts;
    all.rebuilds += met.rebuilds;
  }
  // So that a history in which nothing happens is noticed.
  EXPECT_GT(all.breaches, 0u);
  EXPECT_GT(all.corrections, 0u);
  std::cout << histories << " cases: " << all.cycles << " cycles held to a walk, " << all.breaches << " breached, "
            << all.told << " told, " << all.corrections << " corrections, " << all.restarts << " restarts, "
            << all.rebuilds << " rebuilds\n";
}

TEST(ToldHistories, EqualAWalkByTheSecond) {
  const int histories = std::getenv("TESTED_FULL") != nullptr ? 100'000 : some / 10;
  expect_as_walked(histories, seconds{1}, [](int i) { return 3 * 86'400 / (1 + i % 30); });
}

TEST(ToldHistories, EqualAWalkByTheMinute) {
  const int histories = std::getenv("TESTED_FULL") != nullptr ? 900'000 : some - some / 10;
  expect_as_walked(histories, minutes{1}, [](int i) { return 120 + i * 37 % 4'200; });
}

}  // namespace
}  // namespace weir::sla
