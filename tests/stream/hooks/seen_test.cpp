#include "stream/hooks/seen.hpp"

#include <gtest/gtest.h>

namespace weir::hooks {
namespace {

Hash128 nth(std::uint64_t n) { return {n, n}; }
Time at(int second) { return Time{std::chrono::seconds{second}}; }

TEST(Seen, ForgetsTheOldestWhenItIsFull) {
  Seen seen{3};
  for (const std::uint64_t n : {1, 2, 1, 3}) seen.add(nth(n));
  EXPECT_TRUE(seen.has(nth(1)) && seen.has(nth(2)) && seen.has(nth(3)));
  seen.add(nth(4));
  EXPECT_FALSE(seen.has(nth(1)));
  EXPECT_TRUE(seen.has(nth(2)) && seen.has(nth(4)));
  EXPECT_EQ(seen.size(), 3u);
}

TEST(OnceOnly, IsWithOneBodyUntilItsTimeIsOver) {
  using Use = OnceOnly::Use;
  OnceOnly tokens{2};
  EXPECT_EQ(tokens.use(nth(1), nth(7), at(0), at(10)), Use::fits);
  EXPECT_EQ(tokens.use(nth(1), nth(7), at(9), at(19)), Use::fits);
  EXPECT_EQ(tokens.use(nth(1), nth(8), at(9), at(19)), Use::other);
  EXPECT_EQ(tokens.use(nth(2), nth(8), at(9), at(12)), Use::fits);
  EXPECT_EQ(tokens.use(nth(3), nth(8), at(10), at(20)), Use::full);
  EXPECT_EQ(tokens.use(nth(3), nth(8), at(11), at(21)), Use::fits);
  EXPECT_EQ(tokens.use(nth(2), nth(9), at(11), at(21)), Use::other);
}

}  // namespace
}  // namespace weir::hooks
