#include "stream/runtime/state_stamp.hpp"

#include <gtest/gtest.h>

#include "state/memory/memory_store.hpp"

namespace weir::runtime {
namespace {

TEST(StateStamp, IsWrittenOnceAndFoundAgain) {
  memory::MemoryStore store;
  EXPECT_TRUE(check_state_stamp(store, 3, 16));
  EXPECT_EQ(*store.get(state_stamp_key()), std::string({1, 3, 16}));  // these bytes for good
  EXPECT_TRUE(check_state_stamp(store, 3, 16));
}

TEST(StateStamp, RefusesAnotherShardsStateByName) {
  memory::MemoryStore store;
  ASSERT_TRUE(check_state_stamp(store, 3, 16));
  const auto other = check_state_stamp(store, 4, 16);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::state_format);
  EXPECT_EQ(other.error().detail, "the state of shard 4 of 16 is that of shard 3 of 16");
  EXPECT_FALSE(check_state_stamp(store, 3, 8));
}

TEST(StateStamp, RefusesALaterVersionByName) {
  memory::MemoryStore store;
  store::Batch later;
  later.put(state_stamp_key(), std::string({2, 3, 16, 7}));
  ASSERT_TRUE(store.write(later, store::Durability::synced));
  const auto refused = check_state_stamp(store, 3, 16);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::state_format);
  EXPECT_NE(refused.error().detail.find("format 2"), std::string::npos);
}

}  // namespace
}  // namespace weir::runtime
