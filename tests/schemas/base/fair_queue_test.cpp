#include "schemas/base/fair_queue.hpp"

#include <gtest/gtest.h>

namespace weir {
namespace {

/// Pushes pieces of ten until one is refused.
int fill(FairQueue<std::string>& queue, const std::string& sharer) {
  int taken = 0;
  while (queue.push(sharer, 10, std::string{sharer})) ++taken;
  return taken;
}

TEST(FairQueue, LeavesToEachWhoComesAsMuchAsTheOthersHave) {
  FairQueue<std::string> queue{1'000};
  EXPECT_EQ(fill(queue, "a"), 50);
  EXPECT_EQ(fill(queue, "b"), 25);  // of what a left; and so on, never nothing
  EXPECT_EQ(fill(queue, "c"), 13);
  EXPECT_GT(fill(queue, "d"), 0);
  EXPECT_LE(queue.size(), 1'000U);
  // As a's go, the others come up to the same share.
  for (int i = 0; i < 4'000 && !queue.empty(); ++i) {
    queue.pop();
    for (const char* sharer : {"a", "b", "c", "d"}) fill(queue, sharer);
  }
  std::map<std::string, int> shares;
  while (!queue.empty()) ++shares[queue.pop()];
  for (const auto& [sharer, count] : shares) EXPECT_NEAR(count, 20, 2) << sharer;
}

TEST(FairQueue, ServesInTurnAndEachInItsOrder) {
  FairQueue<std::string> queue{1'000};
  for (const char* item : {"a1", "a2", "a3"}) ASSERT_TRUE(queue.push("a", 1, item));
  for (const char* item : {"b1", "b2"}) ASSERT_TRUE(queue.push("b", 1, item));
  std::string order;
  while (!queue.empty()) order += queue.pop() + ' ';
  EXPECT_EQ(order, "a1 b1 a2 b2 a3 ");
  EXPECT_EQ(queue.size(), 0U);
  EXPECT_EQ(queue.count(), 0U);
}

TEST(FairQueue, TakesAnythingWhenEmptySoThatNothingIsRefusedForEver) {
  FairQueue<std::string> queue{10};
  EXPECT_TRUE(queue.push("a", 100, "large"));
  EXPECT_EQ(queue.next_size(), 100U);
  EXPECT_FALSE(queue.push("b", 1, "small"));  // the bound is passed by one item at most
  queue.pop();
  EXPECT_TRUE(queue.push("b", 1, "small"));
}

}  // namespace
}  // namespace weir
