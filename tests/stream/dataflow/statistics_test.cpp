// Sketch, extremes and duration statistics: exact, order-free, and giving back what was taken from them.
#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "stream/dataflow/duration_stats.hpp"

namespace weir::dataflow {
namespace {

std::vector<std::int64_t> random_values(std::uint64_t seed, std::size_t count) {
  std::mt19937_64 random{seed};
  std::lognormal_distribution<double> durations{18, 4};
  std::vector<std::int64_t> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(static_cast<std::int64_t>(durations(random)) % (1LL << 58));
  return values;
}

TEST(Sketch, HoldsEveryIndexInOrderAndEveryMiddleInItsBucket) {
  std::uint16_t previous = 0;
  for (std::int64_t value = 0; value < 100'000; ++value) {
    const std::uint16_t index = Sketch::index_of(value);
    EXPECT_LE(previous, index);
    EXPECT_EQ(Sketch::index_of(Sketch::middle_of(index)), index);
    previous = index;
  }
}

TEST(Sketch, GivesQuantilesWithinOnePercentOfTheNearestRank) {
  auto values = random_values(1, 5'000);
  Sketch sketch;
  for (const auto value : values) sketch.add(value, 1);
  std::sort(values.begin(), values.end());
  for (const int per_mille : {1, 500, 900, 950, 990, 1000}) {
    const std::size_t rank = (values.size() * static_cast<std::size_t>(per_mille) + 999) / 1000;
    const auto exact = static_cast<double>(values[rank - 1]);
    EXPECT_NEAR(static_cast<double>(sketch.quantile(per_mille)), exact, exact * 0.01) << per_mille;
  }
}

TEST(Sketch, IsWhatItWasOnceValuesAreTakenBackInAnotherOrder) {
  auto values = random_values(2, 500);
  Sketch sketch;
  sketch.add(77, 3);
  const Sketch before = sketch;
  for (const auto value : values) sketch.add(value, 1);
  std::shuffle(values.begin(), values.end(), std::mt19937{3});
  for (const auto value : values) sketch.add(value, -1);
  EXPECT_EQ(sketch, before);
}

TEST(Sketch, TellsTheSameWhetherObservationsAreCountedOrStillWait) {
  const auto values = random_values(5, 1'500);
  std::map<std::uint16_t, std::int64_t> counts;
  Sketch sketch;
  for (std::size_t i = 0; i < values.size(); ++i) {
    sketch.add(values[i], 1);
    ++counts[Sketch::index_of(values[i])];
    if (i % 31 != 0) continue;
    std::vector<Sketch::Bucket> expected;
    for (const auto& [index, count] : counts) expected.push_back({index, count});
    ASSERT_EQ(sketch.buckets(), expected) << i;
    Sketch restored;
    restored.restore(expected);
    ASSERT_EQ(sketch, restored) << i;
    for (const int per_mille : {1, 500, 1000}) ASSERT_EQ(sketch.quantile(per_mille), restored.quantile(per_mille)) << i;
  }
}

TEST(Sketch, MergesToWhatOneSketchWouldHold) {
  for (const std::size_t size : {3, 60, 300, 1'000}) {
    const auto values = random_values(6, size);
    Sketch whole, first, second;
    for (std::size_t i = 0; i < values.size(); ++i) {
      whole.add(values[i], 1);
      (i % 3 == 0 ? first : second).add(values[i], 1);
    }
    first.merge(second);
    EXPECT_EQ(first, whole) << size;
  }
}

TEST(Extremes, SurviveTheRemovalOfEachExtremeInTurn) {
  auto values = random_values(4, LeastValues::kept_max);
  Extremes extremes;
  for (const auto value : values) extremes.add(value, 1);
  std::sort(values.begin(), values.end());
  while (!values.empty()) {
    ASSERT_EQ(extremes.min(), values.front());
    ASSERT_EQ(extremes.max(), values.back());
    extremes.add(values.front(), -1);
    values.erase(values.begin());
    if (values.empty()) break;
    extremes.add(values.back(), -1);
    values.pop_back();
  }
  EXPECT_FALSE(extremes.min().has_value());
  EXPECT_FALSE(extremes.exhausted());
}

TEST(Extremes, SayWhenTheyNoLongerKnow) {
  Extremes extremes;
  for (std::int64_t value = 0; value < 100; ++value) extremes.add(value, 1);
  for (std::int64_t value = 0; value < static_cast<std::int64_t>(LeastValues::kept_max); ++value) {
    EXPECT_FALSE(extremes.exhausted());
    EXPECT_EQ(extremes.min(), value);
    extremes.add(value, -1);
  }
  EXPECT_TRUE(extremes.exhausted());
  EXPECT_FALSE(extremes.min().has_value());
  EXPECT_EQ(extremes.max(), 99);
}

TEST(LeastValues, KnowNoMoreAfterAMergeThanBothKnew) {
  LeastValues narrow, wide;  // narrow knows all up to 15, wide all up to 915
  for (std::int64_t value = 0; value < 17; ++value) narrow.add(value, 1);
  for (std::int64_t value = 900; value < 917; ++value) wide.add(value, 1);
  wide.merge(narrow);
  EXPECT_EQ(wide.limit(), 15);
  for (const auto& kept : wide.kept()) EXPECT_LE(kept.value, wide.limit());
  EXPECT_EQ(wide.outside(), 18);
}

TEST(Extremes, AreNeverWrongUnderRandomAddsRemovalsAndMerges) {
  std::mt19937_64 random{5};
  for (int round = 0; round < 200; ++round) {
    std::multiset<std::int64_t> held;
    std::array<Extremes, 3> parts;
    std::array<std::multiset<std::int64_t>, 3> part_held;
    for (int step = 0; step < 300; ++step) {
      const std::size_t part = random() % parts.size();
      auto& mine = part_held[part];
      if (!mine.empty() && random() % 5 < 2) {
        const auto victim = std::next(mine.begin(), static_cast<std::ptrdiff_t>(random() % mine.size()));
        parts[part].add(*victim, -1);
        held.erase(held.find(*victim));
        mine.erase(victim);
      } else {
        const auto value = static_cast<std::int64_t>(random() % 200) - 100;
        parts[part].add(value, 1);
        held.insert(value);
        mine.insert(value);
      }
      Extremes merged;
      for (const auto& one : parts) merged.merge(one);
      if (held.empty()) {
        ASSERT_FALSE(merged.min() || merged.max() || merged.exhausted());
        continue;
      }
      if (merged.min()) {
        ASSERT_EQ(*merged.min(), *held.begin());
      }
      if (merged.max()) {
        ASSERT_EQ(*merged.max(), *held.rbegin());
      }
      ASSERT_EQ(merged.exhausted(), !merged.min() || !merged.max());
    }
  }
}

TEST(DurationStats, AreExactForTheLargestDurations) {
  constexpr std::int64_t years_9998 = 9998LL * 365 * 86'400 * 1'000'000;
  DurationStats stats;
  for (int i = 0; i < 3; ++i) stats.add(years_9998, 1);
  EXPECT_EQ(stats.mean_micros(), static_cast<double>(years_9998));
  EXPECT_EQ(stats.stdev_micros(), 0.0);
  stats.add(0, 1);
  EXPECT_NEAR(*stats.stdev_micros(), static_cast<double>(years_9998) / 2, 1.0);
}

TEST(DurationStats, OfFewValuesAreThoseOfManyInEveryFigure) {
  // The same set, once kept as values and once as a full account that grew beyond and shrank again.
  DurationStats few, full;
  for (std::int64_t value = 0; value < 100; ++value) full.add(1'000'000 + value, 1);
  for (std::int64_t value = 0; value < 100; ++value) full.add(1'000'000 + value, -1);
  for (const std::int64_t value : {5, 900, 70'000, 900}) {
    few.add(value, 1);
    full.add(value, 1);
  }
  ASSERT_EQ(few.full(), nullptr);
  ASSERT_NE(full.full(), nullptr);
  EXPECT_EQ(few.count(), full.count());
  EXPECT_TRUE(few.sum_micros() == full.sum_micros());
  EXPECT_EQ(few.squares(), full.squares());
  EXPECT_EQ(few.stdev_micros(), full.stdev_micros());
  EXPECT_EQ(few.min(), full.min());
  EXPECT_EQ(few.max(), full.max());
  for (const int per_mille : {1, 500, 900, 1000}) EXPECT_EQ(few.quantile(per_mille), full.quantile(per_mille));
}

TEST(DurationStats, HaveNoDeviationForOneObservation) {
  DurationStats stats;
  stats.add(5, 1);
  EXPECT_FALSE(stats.stdev_micros().has_value());
}

TEST(DurationStats, DoNotDependOnOrderNorOnWhatCameAndWent) {
  auto values = random_values(6, 400);
  DurationStats straight;
  for (const auto value : values) straight.add(value, 1);
  DurationStats left, right;
  std::shuffle(values.begin(), values.end(), std::mt19937{7});
  for (std::size_t i = 0; i < values.size(); ++i) (i % 2 == 0 ? left : right).add(values[i], 1);
  left.add(1'234'567'890, 1);
  left.add(1'234'567'890, -1);
  left.merge(right);
  EXPECT_EQ(left.count(), straight.count());
  EXPECT_TRUE(left.sum_micros() == straight.sum_micros());
  EXPECT_EQ(left.squares(), straight.squares());
  for (const int per_mille : {1, 500, 990}) EXPECT_EQ(left.quantile(per_mille), straight.quantile(per_mille));
  EXPECT_EQ(left.stdev_micros(), straight.stdev_micros());
}

}  // namespace
}  // namespace weir::dataflow
