// What every store promises, asked of each of them.
#include <random>

#include <gtest/gtest.h>

#include "state/memory/memory_store.hpp"
#include "state/rocksdb/rocksdb_store.hpp"
#include "tests/support/temp_folder.hpp"

namespace weir::store {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// A store that can be closed and opened again as after the death of its process.
class Home {
 public:
  virtual ~Home() = default;
  virtual Store& store() = 0;
  virtual void reopen() = 0;
};

class MemoryHome final : public Home {
 public:
  Store& store() override { return store_; }
  void reopen() override { store_.lose_unsynced(1); }

 private:
  memory::MemoryStore store_;
};

class RocksHome final : public Home {
 public:
  RocksHome() { open(); }
  Store& store() override { return *store_; }
  void reopen() override {
    store_.reset();
    open();
  }

 private:
  void open() { store_ = rocks::open_rocksdb(folder_.at("db"), {}, environment_).value(); }

  tests::TempFolder folder_;
  rocks::RocksEnvironment environment_{{}};
  std::unique_ptr<Store> store_;
};

struct Kind {
  const char* name;
  std::unique_ptr<Home> (*make)();
};

class StoreContract : public ::testing::TestWithParam<Kind> {
 protected:
  Store& store() { return home_->store(); }

  void put(const std::string& key, const std::string& value, Durability durability = Durability::buffered) {
    Batch batch;
    batch.put(key, value);
    ASSERT_TRUE(store().write(batch, durability));
  }
  void erase(const std::string& key) {
    Batch batch;
    batch.erase(key);
    ASSERT_TRUE(store().write(batch, Durability::buffered));
  }

  std::unique_ptr<Home> home_ = GetParam().make();
};

Pairs scanned(const Reader& reader, std::string_view from, std::string_view to) {
  Pairs pairs;
  EXPECT_TRUE(reader.scan(from, to, [&](std::string_view key, std::string_view value) {
    pairs.emplace_back(key, value);
    return true;
  }));
  return pairs;
}

Pairs scanned_backwards(const Reader& reader, std::string_view from, std::string_view to) {
  Pairs pairs;
  EXPECT_TRUE(reader.scan_backwards(from, to, [&](std::string_view key, std::string_view value) {
    pairs.emplace_back(key, value);
    return true;
  }));
  return pairs;
}

TEST_P(StoreContract, FindsWhatWasPutAndNothingElse) {
  put("a", "1");
  EXPECT_EQ(*store().get("a"), "1");
  EXPECT_EQ(*store().get("b"), std::nullopt);
  EXPECT_EQ(*store().get(""), std::nullopt);
  put("a", "");
  EXPECT_EQ(*store().get("a"), "");
  erase("a");
  EXPECT_EQ(*store().get("a"), std::nullopt);
}

TEST_P(StoreContract, LaterEntriesOfABatchWin) {
  Batch batch;
  batch.put("a", "1");
  batch.put("a", "2");
  batch.put("b", "1");
  batch.erase("b");
  batch.erase("c");
  batch.put("c", "3");
  ASSERT_TRUE(store().write(batch, Durability::buffered));
  EXPECT_EQ(scanned(store(), "", ""), (Pairs{{"a", "2"}, {"c", "3"}}));
}

TEST_P(StoreContract, SnapshotsDoNotChange) {
  put("a", "1");
  put("b", "1");
  const auto before = store().snapshot();
  put("a", "2");
  erase("b");
  put("c", "1");
  const auto after = store().snapshot();
  EXPECT_EQ(scanned(*before, "", ""), (Pairs{{"a", "1"}, {"b", "1"}}));
  EXPECT_EQ(*before->get("a"), "1");
  EXPECT_EQ(*before->get("c"), std::nullopt);
  EXPECT_EQ(*before->multi_get({"b", "c"}), (std::vector<std::optional<std::string>>{"1", std::nullopt}));
  EXPECT_EQ(scanned_backwards(*after, "", ""), (Pairs{{"c", "1"}, {"a", "2"}}));
}

TEST_P(StoreContract, ScansStayWithinTheirBoundsInBothDirections) {
  for (const char* key : {"a", "b", "ba", "c", "d"}) put(key, key);
  EXPECT_EQ(scanned(store(), "b", "d"), (Pairs{{"b", "b"}, {"ba", "ba"}, {"c", "c"}}));
  EXPECT_EQ(scanned_backwards(store(), "b", "d"), (Pairs{{"c", "c"}, {"ba", "ba"}, {"b", "b"}}));
  EXPECT_EQ(scanned(store(), "c", ""), (Pairs{{"c", "c"}, {"d", "d"}}));
  EXPECT_EQ(scanned_backwards(store(), "", "b"), (Pairs{{"a", "a"}}));
  EXPECT_EQ(scanned(store(), "c", "c"), Pairs{});
  EXPECT_EQ(scanned(store(), "d", "b"), Pairs{});
  EXPECT_EQ(scanned_backwards(store(), "d", "b"), Pairs{});
  EXPECT_EQ(scanned(store(), "x", ""), Pairs{});
}

TEST_P(StoreContract, ScansEndWhenTheVisitorHasEnough) {
  for (const char* key : {"a", "b", "c"}) put(key, key);
  Pairs seen;
  const Visit two = [&](std::string_view key, std::string_view value) {
    seen.emplace_back(key, value);
    return seen.size() < 2;
  };
  ASSERT_TRUE(store().scan("", "", two));
  EXPECT_EQ(seen, (Pairs{{"a", "a"}, {"b", "b"}}));
  seen.clear();
  ASSERT_TRUE(store().scan_backwards("", "", two));
  EXPECT_EQ(seen, (Pairs{{"c", "c"}, {"b", "b"}}));
}

TEST_P(StoreContract, MayBeWrittenToDuringAScan) {
  for (const char* key : {"a", "b", "c"}) put(key, key);
  std::size_t seen = 0;
  ASSERT_TRUE(store().scan("", "", [&](std::string_view key, std::string_view) {
    put(std::string(key) + "x", "new");
    ++seen;
    return true;
  }));
  EXPECT_EQ(seen, 3u);
  EXPECT_EQ(scanned(store(), "", "").size(), 6u);
}

TEST_P(StoreContract, MultiGetAnswersInTheOrderAsked) {
  for (const char* key : {"a", "b", "c"}) put(key, std::string("of ") + key);
  EXPECT_EQ(*store().multi_get({"c", "x", "a", "c"}),
            (std::vector<std::optional<std::string>>{"of c", std::nullopt, "of a", "of c"}));
  EXPECT_TRUE(store().multi_get({})->empty());
}

TEST_P(StoreContract, KeysAndValuesAreAnyBytesInUnsignedOrder) {
  const std::string zero(1, '\0');
  const Pairs pairs{{zero, "v1"},   {zero + zero, zero}, {zero + "a", "v3"},    {"a", "\xff"},     {"\x7f", "v5"},
                    {"\x80", "v6"}, {"\xff", "v7"},      {"\xff" + zero, "v8"}, {"\xff\xff", "v9"}};
  Batch batch;
  for (auto pair = pairs.rbegin(); pair != pairs.rend(); ++pair) batch.put(pair->first, pair->second);
  ASSERT_TRUE(store().write(batch, Durability::buffered));
  EXPECT_EQ(scanned(store(), "", ""), pairs);
  EXPECT_EQ(scanned(store(), "\xff", end_of_prefix("\xff")).size(), 3u);
  EXPECT_EQ(*store().get(zero + zero), zero);
}

TEST_P(StoreContract, ReopeningKeepsWhatWasSynced) {
  put("a", "1", Durability::buffered);
  put("b", "1", Durability::synced);
  home_->reopen();
  EXPECT_EQ(scanned(store(), "", ""), (Pairs{{"a", "1"}, {"b", "1"}}));
  put("c", "1", Durability::buffered);
  ASSERT_TRUE(store().sync());
  home_->reopen();
  EXPECT_EQ(*store().get("c"), "1");
}

TEST_P(StoreContract, CompactingChangesNothingThatIsVisible) {
  for (int i = 0; i < 100; ++i) put("k" + std::to_string(i), "v");
  erase("k7");
  const Pairs before = scanned(store(), "", "");
  ASSERT_TRUE(store().compact("k1", "k8"));
  ASSERT_TRUE(store().compact("", ""));
  EXPECT_EQ(scanned(store(), "", ""), before);
  EXPECT_EQ(before.size(), 99u);
}

TEST_P(StoreContract, EqualsAMapUnderRandomBatches) {
  std::mt19937_64 random{7};
  std::map<std::string, std::string> expected;
  for (int round = 0; round < 200; ++round) {
    Batch batch;
    for (std::uint64_t i = random() % 20; i > 0; --i) {
      const std::string key(1 + random() % 2, static_cast<char>(random() % 16 * 17));
      if (random() % 3 == 0) {
        batch.erase(key);
        expected.erase(key);
      } else {
        expected[key] = std::to_string(random());
        batch.put(key, expected[key]);
      }
    }
    if (random() % 2 == 0) batch.sort();
    ASSERT_TRUE(store().write(batch, random() % 8 == 0 ? Durability::synced : Durability::buffered));
    if (random() % 50 == 0) {
      ASSERT_TRUE(store().sync());
      home_->reopen();
    }
  }
  EXPECT_EQ(scanned(store(), "", ""), Pairs(expected.begin(), expected.end()));
  EXPECT_EQ(scanned_backwards(store(), "", ""), Pairs(expected.rbegin(), expected.rend()));
}

INSTANTIATE_TEST_SUITE_P(
    Stores, StoreContract,
    ::testing::Values(Kind{"memory", []() -> std::unique_ptr<Home> { return std::make_unique<MemoryHome>(); }},
                      Kind{"rocksdb", []() -> std::unique_ptr<Home> { return std::make_unique<RocksHome>(); }}),
    [](const auto& about) { return about.param.name; });

}  // namespace
}  // namespace weir::store
