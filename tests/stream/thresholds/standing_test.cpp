#include "stream/thresholds/standing.hpp"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::thresholds {
namespace {

using std::chrono::minutes;

Time at(int minute) { return Time{std::chrono::hours{24 * 20'000} + minutes{minute}}; }

/// Holds over 10.
Threshold lag_over_ten(int hold_for = 5, int keep_firing_for = 0) {
  Threshold threshold;
  threshold.measure = Measure::lag;
  threshold.value = 10;
  threshold.given = "10";
  threshold.hold_for = minutes{hold_for};
  threshold.keep_firing_for = minutes{keep_firing_for};
  threshold.notify = {"ops"};
  return threshold;
}

constexpr double over = 11, under = 9;

/// Who measures every so often, and has a record written where that changes something.
class Watching {
 public:
  explicit Watching(Threshold threshold) : threshold_(std::move(threshold)) {}

  void look(int minute, std::optional<double> value) {
    if (!would_change(standing_, threshold_, value, at(minute))) return;
    ++records_;
    EXPECT_TRUE(take(standing_, threshold_, {"t", {}, standing_.number + 1, at(minute), value}));
  }
  Threshold& threshold() { return threshold_; }
  Standing& standing() { return standing_; }
  int records() const { return records_; }
  /// (since when it held, since when it is one, until when), in minutes; -1: it goes on.
  std::vector<std::array<std::int64_t, 3>> episodes() const {
    const auto minute = [](Time time) { return std::chrono::floor<minutes>(time - at(0)).count(); };
    std::vector<std::array<std::int64_t, 3>> all;
    for (const Episode& one : standing_.episodes) {
      all.push_back({minute(one.began), minute(one.up), one.over ? minute(*one.over) : -1});
    }
    return all;
  }

 private:
  Threshold threshold_;
  Standing standing_;
  int records_ = 0;
};

using Episodes = std::vector<std::array<std::int64_t, 3>>;

TEST(Standing, IsAnAlertOnceItHasHeldForLongEnough) {
  Watching watching(lag_over_ten());
  for (int minute = 0; minute < 20; ++minute) watching.look(minute, minute < 3 || minute > 12 ? under : over);
  EXPECT_EQ(watching.episodes(), (Episodes{{3, 8, 13}}));
  EXPECT_EQ(watching.records(), 3) << "what changes nothing is no record";
}

TEST(Standing, WhatHoldsForAMomentIsNoAlert) {
  Watching watching(lag_over_ten());
  for (int minute = 0; minute < 60; ++minute) watching.look(minute, minute % 5 == 4 ? under : over);
  EXPECT_TRUE(watching.episodes().empty());
}

TEST(Standing, WithoutATimeItIsOneAtOnceAndOverAtOnce) {
  Watching watching(lag_over_ten(0));
  watching.look(1, over);
  watching.look(2, under);
  watching.look(3, over);
  EXPECT_EQ(watching.episodes(), (Episodes{{1, 1, 2}, {3, 3, -1}}));
}

TEST(Standing, StaysUpUntilItHasNotHeldForLongEnough) {
  Watching watching(lag_over_ten(0, 5));
  for (int minute = 0; minute < 40; ++minute) watching.look(minute, minute % 4 == 0 && minute < 20 ? over : under);
  EXPECT_EQ(watching.episodes(), (Episodes{{0, 0, 22}})) << "it last held at 16, and did not from 17 on";
}

TEST(Standing, WhereThereIsNothingToMeasureItDoesNotHold) {
  Watching watching(lag_over_ten(0));
  watching.look(1, over);
  watching.look(2, std::nullopt);
  EXPECT_EQ(watching.episodes(), (Episodes{{1, 1, 2}}));
}

TEST(Standing, WhatPendsBeginsAnewUnderAnotherCondition) {
  Watching watching(lag_over_ten());
  watching.look(0, over);
  watching.threshold().given = "10.5";
  watching.threshold().value = 10.5;
  watching.look(4, over);
  watching.look(6, over);
  EXPECT_TRUE(watching.episodes().empty());
  watching.threshold().title = "other words for the same";
  watching.look(9, over);
  EXPECT_EQ(watching.episodes(), (Episodes{{4, 9, -1}}));
  EXPECT_EQ(watching.standing().episodes.front().deed.title, "other words for the same");
  watching.threshold().value = 100;
  watching.threshold().given = "100";
  watching.look(10, over);
  EXPECT_EQ(watching.episodes(), (Episodes{{4, 9, 10}})) << "an alert goes on until the next version does not hold";
}

TEST(Standing, AVersionWithoutATimeDoesNotWait) {
  Watching watching(lag_over_ten());
  watching.look(0, over);
  watching.threshold().hold_for = {};
  watching.threshold().given = "9";
  watching.look(1, over);
  EXPECT_EQ(watching.episodes(), (Episodes{{0, 1, -1}}));
}

TEST(Standing, OfTwoWhoObserveTheFirstCounts) {
  const Threshold threshold = lag_over_ten(0);
  Standing standing;
  const Observation seen{"t", {}, 1, at(1), over};
  EXPECT_TRUE(take(standing, threshold, seen));
  const Standing before = standing;
  for (const std::uint64_t number : {0, 1, 3}) {
    EXPECT_FALSE(take(standing, threshold, {"t", {}, number, at(2), under})) << number;
  }
  EXPECT_FALSE(take(standing, threshold, {"t", {}, 2, at(2), over})) << "it changes nothing";
  EXPECT_EQ(standing, before);
}

/// The clock of the node that took over is behind.
TEST(Standing, NeverGoesBackInTime) {
  Watching watching(lag_over_ten(0));
  watching.look(10, over);
  watching.look(7, under);
  EXPECT_EQ(watching.episodes(), (Episodes{{10, 10, 10}}));
}

TEST(Standing, EndsWhenItIsWithdrawn) {
  Watching watching(lag_over_ten(5));
  EXPECT_FALSE(withdraw(watching.standing(), at(0)));
  for (const int minute : {1, 6}) watching.look(minute, over);
  EXPECT_TRUE(withdraw(watching.standing(), at(8)));
  EXPECT_FALSE(withdraw(watching.standing(), at(9)));
  EXPECT_EQ(watching.episodes(), (Episodes{{1, 6, 8}}));
  watching.look(10, over);
  EXPECT_TRUE(withdraw(watching.standing(), at(11))) << "what pends goes too";
  EXPECT_EQ(watching.episodes().size(), 1U);
}

TEST(Standing, KeepsTheNewestEpisodesAndGoesOnCounting) {
  Watching watching(lag_over_ten(0));
  const int all = static_cast<int>(Standing::episodes_max) + 7;
  for (int i = 0; i < all; ++i) {
    watching.look(2 * i, over);
    watching.look(2 * i + 1, under);
  }
  ASSERT_EQ(watching.standing().episodes.size(), Standing::episodes_max);
  EXPECT_EQ(watching.standing().episodes.front().number, 8U);
  EXPECT_EQ(watching.standing().episodes.back().number, static_cast<std::uint64_t>(all));
}

/// What comes out of looks, written apart: as plain as it can be said.
Episodes plain(const std::vector<bool>& holds, int hold_for, int keep_firing_for) {
  Episodes all;
  int held_since = -1, not_since = -1;
  bool is_up = false;
  for (int minute = 0; minute < static_cast<int>(holds.size()); ++minute) {
    const bool now = holds[static_cast<std::size_t>(minute)];
    held_since = !now ? -1 : held_since < 0 ? minute : held_since;
    not_since = now ? -1 : not_since < 0 ? minute : not_since;
    if (!is_up && now && minute - held_since >= hold_for) {
      all.push_back({held_since, minute, -1});
      is_up = true;
    } else if (is_up && !now && minute - not_since >= keep_firing_for) {
      all.back()[2] = minute;
      is_up = false;
    }
  }
  return all;
}

TEST(Standing, EqualsThePlainTellingOfRandomLooks) {
  std::mt19937 random(7);
  for (int round = 0; round < 3'000; ++round) {
    const int hold_for = static_cast<int>(random() % 6), keep = static_cast<int>(random() % 6);
    Watching watching(lag_over_ten(hold_for, keep));
    std::vector<bool> holds;
    for (int minute = 0; minute < 80; ++minute) {
      holds.push_back(minute > 0 && random() % 4 != 0 ? holds.back() : random() % 2 == 0);
      watching.look(minute, holds.back() ? over : under);
      const auto read = decode_standing(encode(watching.standing()));
      ASSERT_TRUE(read && *read == watching.standing());
    }
    ASSERT_EQ(watching.episodes(), plain(holds, hold_for, keep)) << round;
  }
}

TEST(Standing, IsNotReadFromDamagedBytes) {
  Watching watching(lag_over_ten(0));
  watching.look(1, over);
  const std::string bytes = encode(watching.standing());
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(decode_standing(bytes.substr(0, size)).ok());
  const std::string record = encode(Observation{"t", at(0), 3, at(1), std::nullopt});
  EXPECT_EQ(*decode_observation(record), (Observation{"t", at(0), 3, at(1), std::nullopt}));
  for (std::size_t size = 0; size < record.size(); ++size)
    EXPECT_FALSE(decode_observation(record.substr(0, size)).ok());
}

}  // namespace
}  // namespace weir::thresholds
