#include "api/auth/places.hpp"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace weir::auth {
namespace {

TEST(Places, AreFreeAgainWhenTheyGo) {
  Places places(2, std::nullopt);
  auto first = places.take("a");
  {
    const auto second = places.take("a");
    EXPECT_TRUE(second);
    EXPECT_EQ(places.take("a").error().code, Code::overloaded);
  }
  const Places::Place moved = std::move(*first);
  EXPECT_EQ(places.taken(), 1U);
  EXPECT_TRUE(places.take("b"));
}

TEST(Places, OfAWorkspaceAreItsOwn) {
  Places places(10, 2);
  const auto first = places.take("a"), second = places.take("a");
  EXPECT_EQ(places.take("a").error().code, Code::quota_exceeded);
  EXPECT_TRUE(places.take("b"));
}

TEST(Places, MayGoAfterThePlaces) {
  auto places = std::make_unique<Places>(1, 1);
  const auto place = places->take("a");
  places.reset();
}

TEST(Places, AreCountedAcrossThreads) {
  Places places(100, std::nullopt);
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1'000; ++i) EXPECT_TRUE(places.take("w"));
    });
  }
  threads.clear();
  EXPECT_EQ(places.taken(), 0U);
}

}  // namespace
}  // namespace weir::auth
