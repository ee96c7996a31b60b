#include <gtest/gtest.h>

#include "state/store/store.hpp"

namespace weir::store {
namespace {

TEST(Batch, SortKeepsTheLastEntryOfEachKey) {
  Batch batch;
  batch.put("b", "1");
  batch.put("a", "1");
  batch.erase("b");
  batch.put("a", "2");
  batch.put("c", "1");
  batch.sort();
  ASSERT_EQ(batch.entries().size(), 3u);
  EXPECT_EQ(batch.entries()[0].key, "a");
  EXPECT_EQ(batch.entries()[0].value, "2");
  EXPECT_EQ(batch.entries()[1].key, "b");
  EXPECT_EQ(batch.entries()[1].value, std::nullopt);
  EXPECT_EQ(batch.entries()[2].key, "c");
}

TEST(Batch, CountsTheBytesOfKeysAndValues) {
  Batch batch;
  batch.put("key", "value");
  batch.erase("ab");
  EXPECT_EQ(batch.bytes(), 10u);
  batch.clear();
  EXPECT_EQ(batch.bytes(), 0u);
  EXPECT_TRUE(batch.empty());
}

TEST(EndOfPrefix, IsGreaterThanEveryKeyWithThePrefix) {
  EXPECT_EQ(end_of_prefix("ab"), "ac");
  EXPECT_EQ(end_of_prefix("a\xff\xff"), "b");
  EXPECT_EQ(end_of_prefix("\xff\xff"), "");
  EXPECT_EQ(end_of_prefix(""), "");
  EXPECT_EQ(end_of_prefix(std::string("a\0", 2)), std::string("a\x01"));
}

}  // namespace
}  // namespace weir::store
