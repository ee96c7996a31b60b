#include "state/memory/memory_store.hpp"

#include <set>

#include <gtest/gtest.h>

namespace weir::memory {
namespace {

using store::Durability;

Result<void> put(MemoryStore& store, const std::string& key, const std::string& value, Durability durability) {
  store::Batch batch;
  batch.put(key, value);
  return store.write(batch, durability);
}

std::string content(const MemoryStore& store) {
  std::string text;
  EXPECT_TRUE(store.scan("", "", [&](std::string_view key, std::string_view value) {
    text.append(key).append("=").append(value).append(" ");
    return true;
  }));
  return text;
}

TEST(MemoryStore, PowerLossKeepsAPrefixOfTheUnsyncedBatches) {
  std::set<std::string> outcomes;
  for (std::uint64_t seed = 0; seed < 64; ++seed) {
    MemoryStore store;
    ASSERT_TRUE(put(store, "a", "0", Durability::buffered));
    ASSERT_TRUE(put(store, "b", "0", Durability::synced));
    ASSERT_TRUE(put(store, "a", "1", Durability::buffered));
    store::Batch batch;
    batch.erase("a");
    batch.put("c", "2");
    ASSERT_TRUE(store.write(batch, Durability::buffered));
    store.lose_unsynced(seed);
    outcomes.insert(content(store));
  }
  EXPECT_EQ(outcomes, (std::set<std::string>{"a=0 b=0 ", "a=1 b=0 ", "b=0 c=2 "}));
}

TEST(MemoryStore, TheSameSeedLosesTheSame) {
  const auto lose = [](std::uint64_t seed) {
    MemoryStore store;
    for (int i = 0; i < 50; ++i) EXPECT_TRUE(put(store, std::to_string(i), "x", Durability::buffered));
    return store.lose_unsynced(seed);
  };
  for (std::uint64_t seed = 0; seed < 10; ++seed) EXPECT_EQ(lose(seed), lose(seed));
}

TEST(MemoryStore, SyncMakesEverythingBeforeItDurable) {
  MemoryStore store;
  ASSERT_TRUE(put(store, "a", "1", Durability::buffered));
  ASSERT_TRUE(store.sync());
  EXPECT_EQ(store.lose_unsynced(3), 0u);
  EXPECT_EQ(content(store), "a=1 ");
}

TEST(MemoryStore, AFailedWriteIsThereOrNotAndNoneSucceedsUntilReopened) {
  for (const auto outcome : {MemoryStore::Outcome::lost, MemoryStore::Outcome::applied}) {
    MemoryStore store;
    ASSERT_TRUE(put(store, "a", "1", Durability::synced));
    store.fail_next_write(outcome);
    const Result<void> failed = put(store, "b", "1", Durability::synced);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, Code::storage_failed);
    EXPECT_FALSE(put(store, "c", "1", Durability::synced));
    EXPECT_FALSE(store.sync());
    store.reopen();
    EXPECT_EQ(content(store), outcome == MemoryStore::Outcome::applied ? "a=1 b=1 " : "a=1 ");
    EXPECT_TRUE(put(store, "d", "1", Durability::synced));
  }
}

TEST(MemoryStore, AnAppliedWriteThatFailedIsNotDurable) {
  std::set<std::string> outcomes;
  for (std::uint64_t seed = 0; seed < 32; ++seed) {
    MemoryStore store;
    store.fail_next_write(MemoryStore::Outcome::applied);
    EXPECT_FALSE(put(store, "a", "1", Durability::synced));
    store.lose_unsynced(seed);
    outcomes.insert(content(store));
  }
  EXPECT_EQ(outcomes, (std::set<std::string>{"", "a=1 "}));
}

TEST(MemoryStore, ASnapshotOutlivesItsStore) {
  std::shared_ptr<const store::Snapshot> snapshot;
  {
    MemoryStore store;
    ASSERT_TRUE(put(store, "a", "1", Durability::buffered));
    snapshot = store.snapshot();
  }
  EXPECT_EQ(*snapshot->get("a"), "1");
}

}  // namespace
}  // namespace weir::memory
