#include "stream/log/tail_cache.hpp"

#include <gtest/gtest.h>

namespace weir::log {
namespace {

/// Blocks of one record of 1,000 bytes each.
class Chain {
 public:
  std::shared_ptr<const StoredBlock> next() {
    BlockWriter writer;
    writer.add({Kind::event, std::string(1000, 'x')});
    auto block = writer.finish(end_, Time{});
    end_ = block->after();
    return block;
  }

 private:
  Link end_ = first_link("acme", 0);
};

TEST(TailCache, LetsTheOldestBlocksOfAllStreamsGo) {
  Chain one;
  Chain two;
  const std::size_t block = Chain().next()->bytes();
  TailCache cache(4 * block);
  for (int i = 0; i < 3; ++i) {
    cache.add(1, one.next());
    cache.add(2, two.next());
  }
  EXPECT_EQ(cache.bytes(), 4 * block);
  EXPECT_TRUE(cache.read(1, 0, 1).empty());
  EXPECT_TRUE(cache.read(2, 0, 1).empty());
  EXPECT_EQ(cache.read(1, 1, 1 << 20).size(), 2u);
  EXPECT_EQ(cache.read(2, 2, 1 << 20).size(), 1u);
  EXPECT_EQ(cache.read(1, 1, 1).size(), 1u);
  EXPECT_TRUE(cache.read(1, 3, 1).empty());
}

TEST(TailCache, ADroppedStreamTakesNothingFromOthers) {
  Chain one;
  Chain two;
  const std::size_t block = Chain().next()->bytes();
  TailCache cache(3 * block);
  cache.add(1, one.next());
  cache.add(2, two.next());
  cache.drop(1);
  EXPECT_EQ(cache.bytes(), block);
  EXPECT_TRUE(cache.read(1, 0, 1).empty());
  cache.add(1, one.next());
  cache.add(1, one.next());
  EXPECT_EQ(cache.read(2, 0, 1).size(), 1u);
  cache.add(1, one.next());
  EXPECT_TRUE(cache.read(2, 0, 1).empty());
  EXPECT_EQ(cache.read(1, 1, 1 << 20).size(), 3u);
}

TEST(TailCache, HoldsNoBlockThatIsLargerThanItself) {
  Chain one;
  TailCache cache(100);
  cache.add(1, one.next());
  EXPECT_EQ(cache.bytes(), 0u);
  EXPECT_TRUE(cache.read(1, 0, 1).empty());
}

}  // namespace
}  // namespace weir::log
