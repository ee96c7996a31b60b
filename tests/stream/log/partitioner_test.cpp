#include "stream/log/partitioner.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace weir::log {
namespace {

TEST(Partitioner, HashesAsTheJavaClientDoes) {
  const auto java = [](std::string_view text) { return static_cast<std::int32_t>(murmur2(text)); };
  // Apache Kafka, clients: UtilsTest.testMurmur2.
  EXPECT_EQ(java("21"), -973932308);
  EXPECT_EQ(java("foobar"), -790332482);
  EXPECT_EQ(java("a-little-bit-long-string"), -985981536);
  EXPECT_EQ(java("a-little-bit-longer-string"), -1486304829);
  EXPECT_EQ(java("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8"), -58897971);
  EXPECT_EQ(java("abc"), 479470107);
  // Every remainder of the length by four.
  EXPECT_EQ(java("1"), -1993445489);
  EXPECT_EQ(java("12"), 126087238);
  EXPECT_EQ(java("123"), -267702483);
  EXPECT_EQ(java("1234"), -1614185708);
  EXPECT_EQ(java("12345"), -1188365604);
}

TEST(Partitioner, KeyIsProcessNulCase) {
  const std::string key("orders\0case-7", 13);
  for (const std::uint32_t count : {1u, 2u, 3u, 16u, 1000u}) {
    EXPECT_EQ(partition_of("orders", "case-7", count), (murmur2(key) & 0x7fffffff) % count);
    EXPECT_LT(partition_of("orders", "case-7", count), count);
  }
}

TEST(Partitioner, SpreadsCasesOverAllPartitions) {
  std::multiset<std::uint32_t> taken;
  for (int i = 0; i < 16'000; ++i) taken.insert(partition_of("orders", std::to_string(i), 16));
  for (std::uint32_t partition = 0; partition < 16; ++partition) {
    EXPECT_GT(taken.count(partition), 800u);
    EXPECT_LT(taken.count(partition), 1200u);
  }
}

}  // namespace
}  // namespace weir::log
