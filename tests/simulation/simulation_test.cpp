// The simulator is held to account: the same seed is the same world, and a broken disk does not go unnoticed.
#include "tests/simulation/simulation.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>

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

TEST(Simulation, HasTwentyFaultsInEveryWorld) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) EXPECT_GE(simulate(seed).faults, faults_min) << "seed " << seed;
}

/// Runs the worlds on a broken disk until one shows it, then ends this process with exit code 0; with 1 if none does.
[[noreturn]] void look_for_trouble(Sabotage sabotage, std::uint64_t seeds) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    if (simulate(seed, false, sabotage).difference) std::_Exit(0);
  }
  std::_Exit(1);
}

/// A difference, or a check of the product that did not hold.
bool noticed(int status) { return (WIFEXITED(status) && WEXITSTATUS(status) == 0) || WIFSIGNALED(status); }

class BrokenDisk : public testing::TestWithParam<std::pair<Sabotage, std::uint64_t>> {};

TEST_P(BrokenDisk, IsNoticedWithinFewSeeds) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto [sabotage, seeds] = GetParam();
  EXPECT_EXIT(look_for_trouble(sabotage, seeds), noticed, "");
}

TEST(WholeDisk, GivesNothingToNotice) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(look_for_trouble(Sabotage::none, 20), testing::ExitedWithCode(1), "");
}

INSTANTIATE_TEST_SUITE_P(Simulation, BrokenDisk,
                         testing::Values(std::pair{Sabotage::drops_a_write, std::uint64_t{20}},
                                         std::pair{Sabotage::tears_batches, std::uint64_t{100}},
                                         std::pair{Sabotage::skips_the_log_sync, std::uint64_t{100}}));

TEST(Simulation, FailsAgainWhereItFailedBefore) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Verdict first = simulate(seed, false, Sabotage::skips_the_log_sync);
    const Verdict second = simulate(seed, false, Sabotage::skips_the_log_sync);
    EXPECT_EQ(first.difference, second.difference);
    EXPECT_EQ(first.trace, second.trace);
  }
}

}  // namespace
}  // namespace weir::simulation
