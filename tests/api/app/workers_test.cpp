#include "api/app/workers.hpp"

#include <atomic>
#include <future>

#include <gtest/gtest.h>

namespace weir::app {
namespace {

/// Holds the only worker until released.
struct Gate {
  std::promise<void> opened;
  std::shared_future<void> open{opened.get_future()};
};

TEST(Workers, RefuseWhatTheQueueCannotHold) {
  Gate gate;
  std::promise<void> begun;
  Workers workers(1, 1);
  ASSERT_TRUE(workers.offer("a", [&] {
    begun.set_value();
    gate.open.wait();
  }));
  begun.get_future().wait();
  EXPECT_TRUE(workers.offer("a", [] {}));
  EXPECT_FALSE(workers.offer("a", [] {}));
  EXPECT_EQ(workers.queued(), 1u);
  EXPECT_EQ(workers.refused(), 1u);
  std::atomic<bool> done = false;
  workers.post([&] { done = true; });  // what was admitted before is never refused
  gate.opened.set_value();
  workers.stop();
  EXPECT_TRUE(done);
}

TEST(Workers, StopDoesWhatIsQueuedAndTakesNothingMore) {
  std::atomic<int> done = 0;
  Workers workers(2, 1000);
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(workers.offer(std::to_string(i), [&] { ++done; }));
  workers.stop();
  EXPECT_EQ(done, 1000);
  EXPECT_FALSE(workers.offer("a", [&] { ++done; }));
  workers.post([&] { ++done; });  // by the caller
  EXPECT_EQ(done, 1001);
}

TEST(Workers, AFloodOfOneWorkspaceNeitherFillsTheQueueNorGoesFirst) {
  Gate gate;
  std::promise<void> begun;
  Workers workers(1, 100);
  ASSERT_TRUE(workers.offer("flood", [&] {
    begun.set_value();
    gate.open.wait();
  }));
  begun.get_future().wait();
  std::vector<std::string> order;
  int taken = 0;
  while (workers.offer("flood", [&] { order.emplace_back("flood"); })) ++taken;
  EXPECT_EQ(taken, 50);
  ASSERT_TRUE(workers.offer("calm", [&] { order.emplace_back("calm"); }));
  workers.post([&] { order.emplace_back("begun before"); });
  gate.opened.set_value();
  workers.stop();
  ASSERT_EQ(order.size(), 52u);
  EXPECT_EQ(order[0], "begun before");
  EXPECT_EQ(order[2], "calm");
}

}  // namespace
}  // namespace weir::app
