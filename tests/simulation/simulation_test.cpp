// The simulator is held to account: the same seed is the same world, and a broken disk does not go unnoticed.
#include "tests/simulation/simulation.hpp"

#include <gtest/gtest.h>

namespace weir::simulation {
namespace {

TEST(Simulation, GivesTheSameTraceFromTheSameSeed) {
  std::set<std::string> traces;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Hash128 trace = simulate(seed).trace;
    EXPECT_EQ(simulate(seed).trace, trace) << "seed " << seed;
    traces.insert(to_hex(trace));
  }
  EXPECT_EQ(traces.size(), 60U);
}

/// The first seed whose world shows the difference; `seeds` + 1 if none does.
std::uint64_t found_after(Sabotage sabotage, std::uint64_t seeds) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    if (simulate(seed, false, sabotage).difference) return seed;
  }
  return seeds + 1;
}

TEST(Simulation, NoticesAWriteThatNeverArrives) { EXPECT_LE(found_after(Sabotage::drops_a_write, 20), 20U); }

TEST(Simulation, NoticesABatchWrittenInTwoHalves) { EXPECT_LE(found_after(Sabotage::tears_batches, 100), 100U); }

TEST(Simulation, NoticesALogThatAcknowledgesBeforeTheSync) {
  EXPECT_LE(found_after(Sabotage::skips_the_log_sync, 100), 100U);
}

TEST(Simulation, FailsAgainWhereItFailedBefore) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Verdict first = simulate(seed, false, Sabotage::drops_a_write);
    const Verdict second = simulate(seed, false, Sabotage::drops_a_write);
    EXPECT_EQ(first.difference, second.difference);
    EXPECT_EQ(first.trace, second.trace);
  }
}

}  // namespace
}  // namespace weir::simulation
