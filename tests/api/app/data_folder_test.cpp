#include "api/app/data_folder.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/temp_folder.hpp"

namespace weir::app {
namespace {

TEST(DataFolder, IsHeldByOne) {
  const tests::TempFolder temp;
  {
    const auto first = DataFolder::open(temp.path() / "data", 4);
    ASSERT_TRUE(first);
    const auto second = DataFolder::open(temp.path() / "data", 4);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Code::storage_failed);
  }
  EXPECT_TRUE(DataFolder::open(temp.path() / "data", 4));
}

TEST(DataFolder, KeepsTheNameOfItsNode) {
  const tests::TempFolder one, other;
  const auto id = DataFolder::open(one.path(), 4)->node_id();
  ASSERT_TRUE(id);
  EXPECT_EQ(*DataFolder::open(one.path(), 4)->node_id(), *id);
  EXPECT_NE(*DataFolder::open(other.path(), 4)->node_id(), *id);
}

TEST(DataFolder, KeepsItsNumberOfShards) {
  const tests::TempFolder temp;
  ASSERT_TRUE(DataFolder::open(temp.path(), 4));
  const auto other = DataFolder::open(temp.path(), 5);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::state_format);
  const auto whatever = DataFolder::open(temp.path(), 0);
  ASSERT_TRUE(whatever);
  EXPECT_EQ(whatever->shards(), 4u);
}

TEST(DataFolder, OfAnotherVersionIsRefused) {
  for (const char* line : {"weir 2 shards 4\n", "weir 1 shards\n", "weir 1 shards 4x\n", "x\n"}) {
    const tests::TempFolder temp;
    std::ofstream(temp.path() / "format") << line;
    const auto opened = DataFolder::open(temp.path(), 4);
    ASSERT_FALSE(opened) << line;
    EXPECT_EQ(opened.error().code, Code::state_format) << line;
  }
}

TEST(DataFolder, IsNotMadeForAReader) {
  const tests::TempFolder temp;
  const auto opened = DataFolder::open(temp.path() / "nothing", 0);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::not_found);
  EXPECT_FALSE(std::filesystem::exists(temp.path() / "nothing"));
}

TEST(DataFolder, BelongsToOneLog) {
  const tests::TempFolder temp;
  const auto folder = DataFolder::open(temp.path(), 4);
  ASSERT_TRUE(folder->bind_log("kafka a weir"));
  ASSERT_TRUE(folder->bind_log("kafka a weir"));
  for (const char* other : {"embedded", "kafka b weir", "kafka a other"}) {
    const auto bound = folder->bind_log(other);
    ASSERT_FALSE(bound) << other;
    EXPECT_EQ(bound.error().code, Code::log_recreated);
  }
}

TEST(DataFolder, OfTheFirstVersionHasAnEmbeddedLog) {
  const tests::TempFolder temp;
  const auto folder = DataFolder::open(temp.path(), 4);
  std::ofstream(temp.path() / "log" / "CURRENT") << "MANIFEST-000001\n";
  EXPECT_FALSE(folder->bind_log("kafka a weir"));
  EXPECT_TRUE(folder->bind_log("embedded"));
}

TEST(DataFolder, SecretsStay) {
  const tests::TempFolder temp;
  const auto folder = DataFolder::open(temp.path(), 4);
  const auto first = folder->key("audit"), again = folder->key("audit"), other = folder->key("cursor");
  ASSERT_TRUE(first && again && other);
  EXPECT_EQ(*first, *again);
  EXPECT_NE(*first, *other);
}

TEST(DataFolder, TellsTheFreeShareOfItsDisk) {
  const tests::TempFolder temp;
  const auto share = DataFolder::open(temp.path(), 1)->free_share();
  ASSERT_TRUE(share);
  EXPECT_GT(*share, 0.0);
  EXPECT_LE(*share, 1.0);
}

}  // namespace
}  // namespace weir::app
