#include "stream/company/chance.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace weir::company {
namespace {

using namespace std::chrono_literals;

TEST(Chance, IsSplitMix64) {
  Chance chance(1234567);
  EXPECT_EQ(chance.draw(), 6457827717110365317u);  // the reference implementation's first numbers for this seed
  EXPECT_EQ(chance.draw(), 3203168211198807973u);
}

TEST(Chance, LogarithmsAndPowersAreRight) {
  for (const std::uint64_t value :
       {1ull, 2ull, 3ull, 100ull, 180ull, 65'535ull, 1ull << 40, 0xffff'ffff'ffff'ffffull}) {
    EXPECT_NEAR(static_cast<double>(log2_q16(value)) / 65'536, std::log2(static_cast<double>(value)), 1e-4) << value;
  }
  for (const double exponent : {-8.0, -1.5, -0.25, 0.0, 0.75, 1.0, 3.3, 17.9}) {
    const double power = static_cast<double>(exp2_q16(std::llround(exponent * 65'536))) / 65'536;
    EXPECT_NEAR(power / std::exp2(exponent), 1, exponent < -4 ? 1e-2 : 1e-3) << exponent;
  }
  EXPECT_EQ(exp2_q16(-40 * 65'536), 0u);
}

TEST(Chance, EventsComeTheirMeanApart) {
  Chance chance(1);
  Duration sum{};
  for (int i = 0; i < 100'000; ++i) sum += chance.exponential(1h);
  EXPECT_NEAR(static_cast<double>((sum / 100'000).count()), static_cast<double>(Duration{1h}.count()), 0.02 * 3.6e9);
}

TEST(Chance, TwoThirdsLieWithinTheFactorOfTheMedian) {
  Chance chance(1);
  std::vector<Duration> draws(50'001);
  for (Duration& draw : draws) draw = chance.log_normal({10min, 180});
  std::sort(draws.begin(), draws.end());
  const auto at = [&](double share) {
    return static_cast<double>(draws[static_cast<std::size_t>(share * 50'000)].count());
  };
  EXPECT_NEAR(at(0.5) / 6e8, 1, 0.02);
  EXPECT_NEAR(at(0.8413) / at(0.5), 1.8, 0.05);
  EXPECT_NEAR(at(0.5) / at(0.1587), 1.8, 0.05);
}

TEST(Chance, EachIsPickedAsOftenAsItsWeightSays) {
  Chance chance(1);
  std::vector<int> picked(3);
  for (int i = 0; i < 100'000; ++i) ++picked[chance.pick({70, 0, 30})];
  EXPECT_NEAR(picked[0], 70'000, 1'000);
  EXPECT_EQ(picked[1], 0);
}

}  // namespace
}  // namespace weir::company
