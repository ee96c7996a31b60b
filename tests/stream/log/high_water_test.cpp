#include "stream/log/high_water.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/temp_folder.hpp"

namespace weir::log {
namespace {

HighWater some() {
  HighWater high_water;
  high_water.marks[{"acme", 0}] = {17, {1, 2}};
  high_water.marks[{"acme", 300}] = {1, {3, 4}};
  high_water.marks[{"beta", 0}] = {std::uint64_t{1} << 60, {5, 6}};
  return high_water;
}

TEST(HighWater, IsReadBack) {
  EXPECT_EQ(*decode_high_water(encode(some())), some());
  EXPECT_EQ(*decode_high_water(encode({})), HighWater{});
}

TEST(HighWater, EveryFlippedBitAndEveryCutIsNoticed) {
  const std::string bytes = encode(some());
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_FALSE(decode_high_water(flipped)) << bit;
  }
  for (std::size_t size = 0; size < bytes.size(); ++size) ASSERT_FALSE(decode_high_water(bytes.substr(0, size)));
  EXPECT_EQ(decode_high_water(bytes + "x").error().code, Code::log_damaged);
}

TEST(HighWaterFile, HoldsWhatWasSavedLast) {
  const tests::TempFolder folder;
  HighWaterFile file(folder.at("high-water"));
  EXPECT_EQ(*file.load(), std::nullopt);
  ASSERT_TRUE(file.save(HighWater{}));
  ASSERT_TRUE(file.save(some()));
  EXPECT_EQ(**HighWaterFile(folder.at("high-water")).load(), some());
}

TEST(HighWaterFile, NamesTheFileThatIsDamagedOrCannotBeWritten) {
  const tests::TempFolder folder;
  std::ofstream(folder.at("high-water")) << "something else";
  const auto damaged = HighWaterFile(folder.at("high-water")).load();
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, Code::log_damaged);
  EXPECT_NE(damaged.error().detail.find(folder.at("high-water")), std::string::npos);
  const auto saved = HighWaterFile(folder.at("no/such/folder")).save(some());
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().code, Code::storage_failed);
}

}  // namespace
}  // namespace weir::log
