// A snapshot that is read from its owner is that snapshot.
#include "stream/asking/asked_snapshot.hpp"

#include <random>

#include <gmock/gmock.h>

#include "state/format/keys.hpp"
#include "state/memory/memory_store.hpp"
#include "stream/runtime/task_records.hpp"
#include "tests/stream/asking/in_process.hpp"

namespace weir::asking {
namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;

std::string progress_at(std::uint64_t offset) {
  runtime::Progress progress;
  progress.next_offset = offset;
  return runtime::encode(progress);
}

/// Up to `count` rows from one end, and the error if there was one.
Rows rows_of(const store::Reader& reader, const std::string& from, const std::string& to, bool backwards,
             std::size_t count) {
  Rows rows;
  const auto take = [&](std::string_view key, std::string_view value) {
    rows.emplace_back(key, value);
    return rows.size() < count;
  };
  const auto read = backwards ? reader.scan_backwards(from, to, take) : reader.scan(from, to, take);
  if (!read) rows.emplace_back("error", name_of(read.error().code));
  return rows;
}

/// Rows of very different sizes, some larger than a page, under keys that are prefixes of others and hold any byte.
class AskedStore : public ::testing::TestWithParam<std::size_t> {
 protected:
  AskedStore() {
    store::Batch batch;
    const auto random_text = [&](std::size_t size_max) {
      std::string text(random_() % (size_max + 1), '\0');
      for (char& c : text) c = "\0\1ab\xff"[random_() % 5];
      return text;
    };
    for (int i = 0; i < 500; ++i) {
      keys_.push_back(prefix_ + random_text(4));
      batch.put(keys_.back(), random_text(random_() % 20 == 0 ? 5'000 : 20));
    }
    batch.put(format::Scope{"w"}.progress(), progress_at(3));
    batch.put("v", "a neighbour");
    batch.put("w\1", "another");
    batch.sort();
    EXPECT_TRUE(store_.write(batch, store::Durability::buffered));
  }
  std::string random_key() {
    std::string key = keys_[random_() % keys_.size()];
    if (random_() % 3 == 0) key.push_back("\0a\xff"[random_() % 3]);
    return key;
  }

  std::mt19937_64 random_{GetParam()};
  const std::string prefix_ = format::Scope{"w"}.everything();
  std::vector<std::string> keys_;
  memory::MemoryStore store_;
  InProcess owner_{store_, {.page_bytes_max = GetParam()}};
};

TEST_P(AskedStore, ReadsAsTheStoreDoes) {
  const auto opened = AskedSnapshot::open(owner_.door(), "w", 0, 0);
  ASSERT_TRUE(opened.ok()) << opened.error().detail;
  EXPECT_EQ((*opened)->lag(), 7u);
  for (int i = 0; i < 200; ++i) {
    std::string from = i == 0 ? prefix_ : random_key(), to = i == 0 ? store::end_of_prefix(prefix_) : random_key();
    const std::size_t count = random_() % 2 == 0 ? 1 + random_() % 30 : 1'000;
    for (const bool backwards : {false, true}) {
      EXPECT_EQ(rows_of(**opened, from, to, backwards, count), rows_of(store_, from, to, backwards, count));
    }
    EXPECT_EQ((*opened)->get(from).value(), store_.get(from).value());
  }
  std::vector<std::string> keys(700);
  for (std::string& key : keys) key = random_key();
  keys.push_back(format::Scope{"w"}.progress());
  EXPECT_EQ((*opened)->multi_get(keys).value(), store_.multi_get(keys).value());
  EXPECT_EQ((*opened)->multi_get({}).value().size(), 0u);
}

INSTANTIATE_TEST_SUITE_P(PageSizes, AskedStore, ::testing::Values(1, 100, 3'000, 1 << 20));

TEST(AskedSnapshot, IsOfOneMomentAndLetsGo) {
  memory::MemoryStore store;
  InProcess owner{store};
  const format::Scope scope{"w"};
  {
    const auto opened = AskedSnapshot::open(owner.door(), "w", 0, 0);
    ASSERT_TRUE(opened.ok());
    store::Batch batch;
    batch.put(scope.progress(), progress_at(5));
    batch.put(scope.record("p", "c"), "later");
    ASSERT_TRUE(store.write(batch, store::Durability::buffered));
    EXPECT_FALSE((*opened)->get(scope.progress()).value());
    EXPECT_FALSE((*opened)->get(scope.record("p", "c")).value());
    EXPECT_TRUE(owner.let_go.empty());
  }
  EXPECT_EQ(owner.let_go.size(), 1u);
  const auto next = AskedSnapshot::open(owner.door(), "w", 0, 0);
  EXPECT_EQ(owner.pins.count(), 1u);
  EXPECT_EQ((*next)->get(scope.progress()).value(), progress_at(5));
}

TEST(AskedSnapshot, AFewQuestionsReadManyRows) {
  memory::MemoryStore store;
  store::Batch batch;
  const format::Scope scope{"w"};
  for (int i = 0; i < 20'000; ++i) batch.put(scope.record("p", std::to_string(100'000 + i)), std::string(100, 'x'));
  ASSERT_TRUE(store.write(batch, store::Durability::buffered));
  InProcess owner{store};
  const auto opened = AskedSnapshot::open(owner.door(), "w", 0, 0);
  const std::string prefix = scope.records("p");
  EXPECT_EQ(rows_of(**opened, prefix, store::end_of_prefix(prefix), false, 100'000).size(), 20'000u);
  EXPECT_LT(owner.asked, 8u);
  owner.asked = 0;
  EXPECT_EQ(rows_of(**opened, prefix, store::end_of_prefix(prefix), false, 10).size(), 10u);
  EXPECT_EQ(owner.asked, 1u);
}

TEST(AskedSnapshot, TellsWhatItsOwnerRefuses) {
  memory::MemoryStore store;
  InProcess owner{store};
  EXPECT_EQ(AskedSnapshot::open(owner.door(), "w", 1, 0).error().code, Code::shard_elsewhere);
  EXPECT_EQ(AskedSnapshot::open(owner.door(), "w", 0, 1).error().code, Code::not_caught_up);
  const auto opened = AskedSnapshot::open(owner.door(), "w", 0, 0);
  const format::Scope scope{"w"};
  EXPECT_EQ((*opened)->get(format::Scope{"x"}.progress()).error().code, Code::forbidden);
  owner.clock.advance(std::chrono::seconds{61});
  owner.pins.expire();
  EXPECT_EQ((*opened)->get(scope.record("p", "c")).error().code, Code::shard_elsewhere);
  EXPECT_EQ((*opened)->multi_get({scope.record("p", "c")}).error().code, Code::shard_elsewhere);
  EXPECT_EQ(rows_of(**opened, scope.everything(), store::end_of_prefix(scope.everything()), false, 9),
            (Rows{{"error", "shard_elsewhere"}}));
}

}  // namespace
}  // namespace weir::asking
