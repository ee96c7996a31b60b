#include "api/app/shard_stores.hpp"

#include <fstream>
#include <thread>

#include <gtest/gtest.h>

#include "tests/support/temp_folder.hpp"

namespace weir::app {
namespace {

class Stores : public testing::Test {
 protected:
  static std::string read(const store::Reader& store) { return store.get("k").value().value_or(""); }
  static void write(store::Store& store, const std::string& value) {
    store::Batch batch;
    batch.put("k", value);
    ASSERT_TRUE(store.write(batch, store::Durability::buffered));
  }

  const tests::TempFolder temp_;
  const DataFolder folder_ = *DataFolder::open(temp_.path(), 2);
  const rocks::RocksEnvironment environment_{{}};
  ShardStores stores_{folder_, {}, environment_};
};

TEST_F(Stores, AreOpenAsLongAsSomebodyHoldsThem) {
  EXPECT_EQ(stores_.find(1), nullptr);
  auto store = stores_.open(1).value();
  EXPECT_EQ(stores_.find(1), store);
  EXPECT_EQ(stores_.find(0), nullptr);
  write(*store->watched, "v");
  store.reset();
  EXPECT_EQ(stores_.find(1), nullptr);
  EXPECT_EQ(read(*stores_.open(1).value()->watched), "v");
}

TEST_F(Stores, WhoOpensOneThatIsStillReadGetsTheSame) {
  auto store = stores_.open(0).value();
  write(*store->watched, "before");
  const auto reader = store;
  store.reset();
  store = stores_.open(0).value();
  EXPECT_EQ(store, reader);
  write(*store->watched, "after");
  EXPECT_EQ(read(*reader->watched), "after");
}

TEST_F(Stores, AreOpenedAndClosedByManyAtOnce) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 25; ++round) {
        const auto store = stores_.open(0);
        ASSERT_TRUE(store) << store.error().detail;
        EXPECT_TRUE((*store)->watched->get("k"));
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

TEST_F(Stores, OneThatCannotBeOpenedCanBeTriedAgain) {
  std::filesystem::remove_all(folder_.shard(0));
  std::ofstream(folder_.shard(0)) << "no folder";
  EXPECT_FALSE(stores_.open(0));
  std::filesystem::remove(folder_.shard(0));
  EXPECT_TRUE(stores_.open(0));
}

}  // namespace
}  // namespace weir::app
