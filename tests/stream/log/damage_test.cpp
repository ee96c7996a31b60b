// What happens to the rows of a log is noticed: nothing is missing, foreign or changed without log_damaged.
#include <gtest/gtest.h>

#include "stream/log/log_keys.hpp"
#include "tests/stream/log/log_home.hpp"

namespace weir::log {
namespace {

class LogDamage : public ::testing::Test {
 protected:
  void SetUp() override {
    home_.start();
    for (int i = 0; i < 5; ++i) home_.append({{2, "old " + std::to_string(i)}, {3, "other"}});
    ASSERT_TRUE(home_.log->save_high_water());
    for (int i = 0; i < 5; ++i) home_.append({{2, "new " + std::to_string(i)}});
  }
  std::string row(std::uint64_t base) { return home_.store.get(block_key("acme", 2, base)).value().value(); }
  void change(std::uint64_t base, std::optional<std::string> row) {
    store::Batch batch;
    row ? batch.put(block_key("acme", 2, base), *std::move(row)) : batch.erase(block_key("acme", 2, base));
    ASSERT_TRUE(home_.store.write(batch, store::Durability::synced));
  }
  void flip_bit(std::uint64_t base, std::size_t bit) {
    std::string flipped = row(base);
    ASSERT_LT(bit, flipped.size() * 8);
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    change(base, flipped);
  }
  /// The detail, which has to name the partition.
  static std::string damage(const Error& error) {
    EXPECT_TRUE(error.code == Code::log_damaged || error.code == Code::state_format) << error.detail;
    EXPECT_NE(error.detail.find("workspace acme, partition 2"), std::string::npos) << error.detail;
    return error.detail;
  }
  void expect_refused() {
    const Result<void> opened = home_.reopen();
    ASSERT_FALSE(opened);
    damage(opened.error());
  }

  LogHome home_;
};

TEST_F(LogDamage, NoneMeansNone) {
  ASSERT_TRUE(home_.reopen());
  for (std::uint32_t i = 0; i < 4; ++i) EXPECT_TRUE(home_.log->verify("acme", i));
  EXPECT_EQ(texts(*home_.log, 2).size(), 10u);
}

TEST_F(LogDamage, AnyFlippedBitBehindTheHighWaterIsRefusedOnOpening) {
  const std::string intact = row(7);
  for (std::size_t bit = 0; bit < intact.size() * 8; ++bit) {
    flip_bit(7, bit);
    ASSERT_FALSE(home_.reopen()) << bit;
    change(7, intact);
  }
  EXPECT_TRUE(home_.reopen());
}

TEST_F(LogDamage, AMissingBlockBehindTheHighWaterIsRefusedOnOpening) {
  change(7, std::nullopt);
  expect_refused();
}

TEST_F(LogDamage, TheTailMayEndAnywhereBehindTheHighWaterButNotBefore) {
  for (const std::uint64_t base : {9, 8, 7, 6, 5}) {
    change(base, std::nullopt);
    ASSERT_TRUE(home_.reopen());
    EXPECT_EQ(*home_.log->end_offset("acme", 2), base);
  }
  change(4, std::nullopt);
  expect_refused();
}

TEST_F(LogDamage, EmptyingThePartitionOrTheStoreIsRefused) {
  for (std::uint64_t base = 0; base < 10; ++base) change(base, std::nullopt);
  expect_refused();
  memory::MemoryStore empty;
  const auto opened = EmbeddedLog::open(empty, home_.high_water, home_.clock, home_.options);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::log_damaged);
}

TEST_F(LogDamage, OtherContentWithARightDigestDoesNotFitTheChain) {
  LogHome other;
  other.start();
  for (int i = 0; i < 10; ++i) other.append({{2, "forged"}});
  change(4, other.store.get(block_key("acme", 2, 4)).value().value());
  expect_refused();  // the high water knows the chain
}

TEST_F(LogDamage, ABlockOfAnotherPartitionOrPlaceIsRefused) {
  const std::string intact = row(5);
  change(5, home_.store.get(block_key("acme", 3, 0)).value().value());
  expect_refused();
  change(5, row(6));
  expect_refused();
  change(5, intact);
  EXPECT_TRUE(home_.reopen());
}

TEST_F(LogDamage, OldBlocksAreCheckedWhenTheyAreRead) {
  flip_bit(2, 500);
  ASSERT_TRUE(home_.reopen());
  EXPECT_TRUE(home_.log->read("acme", 2, 0, 1));
  const auto reads = {home_.log->read("acme", 2, 2, 1), home_.log->read("acme", 2, 0, 1 << 20)};
  for (const auto& read : reads) {
    ASSERT_FALSE(read);
    damage(read.error());
  }
  damage(home_.log->verify("acme", 2).error());
  EXPECT_TRUE(home_.log->verify("acme", 3));
}

TEST_F(LogDamage, AMissingOldBlockIsNoticedByReaders) {
  change(2, std::nullopt);
  ASSERT_TRUE(home_.reopen());
  damage(home_.log->read("acme", 2, 2, 1).error());
  EXPECT_NE(damage(home_.log->read("acme", 2, 0, 1 << 20).error()).find("from offset 2 to 3 are missing"),
            std::string::npos);
  damage(home_.log->verify("acme", 2).error());
}

TEST_F(LogDamage, WithoutAHighWaterEverythingIsChecked) {
  HighWaterMemory none;
  ASSERT_TRUE(EmbeddedLog::open(home_.store, none, home_.clock, home_.options));
  flip_bit(0, 400);
  const auto opened = EmbeddedLog::open(home_.store, none, home_.clock, home_.options);
  ASSERT_FALSE(opened);
  damage(opened.error());
}

TEST_F(LogDamage, TheHighWaterIsSavedAtMostOnceASecond) {
  const auto saved_end = [&] { return (**home_.high_water.load()).marks[{"acme", 2}].end; };
  EXPECT_EQ(saved_end(), 5u);
  home_.clock.advance(std::chrono::milliseconds{999});
  home_.append({{2, "x"}});
  EXPECT_EQ(saved_end(), 5u);
  home_.clock.advance(std::chrono::milliseconds{1});
  ASSERT_TRUE(home_.log->commit_pending());
  EXPECT_EQ(saved_end(), 11u);
}

}  // namespace
}  // namespace weir::log
