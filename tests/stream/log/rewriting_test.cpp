#include <fstream>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "state/rocksdb/rocksdb_store.hpp"
#include "stream/log/log_keys.hpp"
#include "tests/stream/log/log_home.hpp"
#include "tests/support/temp_folder.hpp"

namespace weir::log {
namespace {

using ::testing::ElementsAre;

/// Redacts every record that holds the text.
Redact holding(std::string text) {
  return [text = std::move(text)](const Entry& entry) -> std::optional<Record> {
    if (entry.value.find(text) == std::string_view::npos) return std::nullopt;
    return Record{Kind::redacted, ""};
  };
}

class LogRewriting : public ::testing::Test {
 protected:
  void SetUp() override {
    home_.start();
    home_.append({{0, "ann 1"}, {0, "bob 1"}});
    home_.append({{0, "bob 2"}, {1, "ann 2"}});
    home_.append({{0, "ann 3"}});
  }
  EmbeddedLog& log() { return *home_.log; }
  bool stored(std::string_view text) {
    bool found = false;
    EXPECT_TRUE(home_.store.scan("", "", [&](std::string_view, std::string_view row) {
      found = found || row.find(text) != std::string_view::npos;
      return true;
    }));
    return found;
  }

  LogHome home_;
};

TEST_F(LogRewriting, RedactedRecordsKeepTheirOffsetsAndNothingElse) {
  EXPECT_EQ(*log().rewrite("acme", 0, holding("ann")), 2u);
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(texts(log(), 0), ElementsAre("0:0:", "1:1:bob 1", "2:1:bob 2", "3:0:"));
    EXPECT_THAT(texts(log(), 1), ElementsAre("0:1:ann 2"));
    EXPECT_TRUE(log().verify("acme", 0));
    ASSERT_TRUE(home_.reopen());
  }
  EXPECT_FALSE(stored("ann 1"));
  EXPECT_FALSE(stored("ann 3"));
  EXPECT_EQ(home_.append({{0, "bob 3"}}), (Position{{{0, 5}}}));
  EXPECT_TRUE(log().verify("acme", 0));
}

TEST_F(LogRewriting, AFingerprintKnowsTheRecordsAgainAlsoRedactedAndTrimmed) {
  std::vector<Hash128> before;
  for (std::uint64_t offset = 0; offset <= 4; ++offset) before.push_back(*log().fingerprint("acme", 0, offset));
  EXPECT_EQ(before[1], before[2]);  // appended together
  EXPECT_NE(before[2], before[3]);
  EXPECT_NE(before[0], before[1]);
  EXPECT_NE(before[2], *log().fingerprint("acme", 1, 1));
  ASSERT_EQ(*log().rewrite("acme", 0, holding("ann")), 2u);
  ASSERT_TRUE(log().trim("acme", 0, 2));
  ASSERT_TRUE(home_.reopen());
  for (std::uint64_t offset = 2; offset <= 4; ++offset) {
    EXPECT_EQ(*log().fingerprint("acme", 0, offset), before[offset]);
  }
  for (const std::uint64_t gone : {0, 1, 5}) {
    EXPECT_EQ(log().fingerprint("acme", 0, gone).error().code, Code::log_damaged) << gone;
  }
}

TEST_F(LogRewriting, NothingIsWrittenWhileItHasToBeStill) {
  std::thread appending;
  std::atomic<bool> appended{false};
  ASSERT_TRUE(log().while_still([&]() -> Result<void> {
    appending = std::thread([&] {
      home_.append({{0, "bob 3"}});
      appended = true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    EXPECT_FALSE(appended);
    EXPECT_EQ(*log().end_offset("acme", 0), 4u);
    return {};
  }));
  appending.join();
  EXPECT_EQ(*log().end_offset("acme", 0), 5u);
  EXPECT_EQ(log().while_still([] { return Result<void>{Error{Code::overloaded, ""}}; }).error().code, Code::overloaded);
}

TEST_F(LogRewriting, ARecordMayBeReplacedByAnother) {
  const auto shorten = [](const Entry& entry) -> std::optional<Record> {
    if (entry.value != "bob 2") return std::nullopt;
    return Record{Kind::erase, "hash"};
  };
  EXPECT_EQ(*log().rewrite("acme", 0, shorten), 1u);
  EXPECT_THAT(texts(log(), 0, 1), ElementsAre("1:1:bob 1", "2:6:hash", "3:1:ann 3"));
}

TEST_F(LogRewriting, RepeatingItChangesNothing) {
  EXPECT_EQ(*log().rewrite("acme", 0, holding("ann")), 2u);
  EXPECT_EQ(*log().rewrite("acme", 0, holding("ann")), 0u);
  EXPECT_EQ(*log().rewrite("acme", 2, holding("ann")), 0u);
}

TEST_F(LogRewriting, AReaderKeepsWhatItHolds) {
  const auto before = log().read("acme", 0, 0, 1);
  ASSERT_TRUE(log().rewrite("acme", 0, holding("ann")));
  EXPECT_EQ(before->front()->entries()[0].value, "ann 1");
}

TEST_F(LogRewriting, ARewrittenBlockBehindTheHighWaterStillFits) {
  ASSERT_TRUE(log().save_high_water());
  home_.append({{0, "ann 4"}});
  ASSERT_TRUE(log().rewrite("acme", 0, holding("ann")));
  ASSERT_TRUE(home_.reopen());
  EXPECT_THAT(texts(log(), 0, 3), ElementsAre("3:0:", "4:0:"));
}

TEST_F(LogRewriting, ACrashBeforeCompactionIsMadeGood) {
  store::Batch owed;
  owed.put(rewrite_key("acme", 0), "");
  ASSERT_TRUE(home_.store.write(owed, store::Durability::synced));
  ASSERT_TRUE(home_.reopen());
  ASSERT_TRUE(log().finish_rewrites());
  EXPECT_EQ(*home_.store.get(rewrite_key("acme", 0)), std::nullopt);
  EXPECT_EQ(texts(log(), 0).size(), 4u);
}

TEST_F(LogRewriting, ACompactionIsOwedFromTheFirstRowOn) {
  home_.store.fail_next_write(memory::MemoryStore::Outcome::applied);
  EXPECT_FALSE(log().rewrite("acme", 0, holding("ann")));
  home_.store.reopen();
  ASSERT_TRUE(home_.reopen());
  EXPECT_FALSE(stored("ann 1"));
  EXPECT_TRUE(home_.store.get(rewrite_key("acme", 0)).value());
  ASSERT_TRUE(log().finish_rewrites());
  EXPECT_FALSE(home_.store.get(rewrite_key("acme", 0)).value());
}

TEST_F(LogRewriting, TrimmingDropsWholeBlocksBelowTheOffset) {
  ASSERT_TRUE(log().trim("acme", 0, 1));  // inside the first block
  EXPECT_EQ(*log().begin_offset("acme", 0), 0u);
  ASSERT_TRUE(log().trim("acme", 0, 3));
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(*log().begin_offset("acme", 0), 3u);
    EXPECT_EQ(*log().end_offset("acme", 0), 4u);
    EXPECT_THAT(texts(log(), 0, 3), ElementsAre("3:1:ann 3"));
    EXPECT_EQ(log().read("acme", 0, 2, 1).error().code, Code::log_damaged);
    EXPECT_TRUE(log().verify("acme", 0));
    ASSERT_TRUE(home_.reopen());
  }
  EXPECT_FALSE(stored("bob 2"));
}

TEST_F(LogRewriting, APartitionMayBeTrimmedToItsEnd) {
  ASSERT_TRUE(log().save_high_water());
  ASSERT_TRUE(log().trim("acme", 0, 1000));
  ASSERT_TRUE(home_.reopen());
  EXPECT_EQ(*log().begin_offset("acme", 0), 4u);
  EXPECT_EQ(*log().end_offset("acme", 0), 4u);
  EXPECT_EQ(home_.append({{0, "new"}}), (Position{{{0, 5}}}));
  ASSERT_TRUE(home_.reopen());
  EXPECT_THAT(texts(log(), 0, 4), ElementsAre("4:1:new"));
  EXPECT_TRUE(log().verify("acme", 0));
}

TEST_F(LogRewriting, ATrimCutShortByACrashIsHarmless) {
  const std::string row = home_.store.get(block_key("acme", 0, 0)).value().value();
  ASSERT_TRUE(log().trim("acme", 0, 2));
  store::Batch left_over;
  left_over.put(block_key("acme", 0, 0), row);
  ASSERT_TRUE(home_.store.write(left_over, store::Durability::synced));
  ASSERT_TRUE(home_.reopen());
  EXPECT_THAT(texts(log(), 0, 2), ElementsAre("2:1:bob 2", "3:1:ann 3"));
  EXPECT_TRUE(log().verify("acme", 0));
  ASSERT_TRUE(log().trim("acme", 0, 3));
  EXPECT_FALSE(stored("bob 1"));
}

/// How many of the folder's files hold the bytes.
std::size_t files_holding(const tests::TempFolder& folder, const std::string& needle) {
  std::size_t files = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder.path())) {
    if (!file.is_regular_file()) continue;
    std::ifstream in(file.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    files += bytes.find(needle) != std::string::npos;
  }
  return files;
}

std::string incompressible(std::uint64_t seed) {
  std::mt19937_64 random{seed};
  std::string bytes(48, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  return bytes;
}

TEST(LogRewritingOnDisk, LeavesNoByteOfARedactedRecordInTheFiles) {
  const tests::TempFolder folder;
  const rocks::RocksEnvironment environment({});
  const auto store = rocks::open_rocksdb(folder.at("log"), {.compress = false}, environment).value();
  HighWaterFile high_water(folder.at("high-water"));
  ManualClock clock;
  const auto log = EmbeddedLog::open(*store, high_water, clock, {.partitions = 2}).value();
  ASSERT_TRUE(log->ensure_workspace("acme"));
  const std::string erased = incompressible(1);
  const std::string kept = incompressible(2);
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(log->append("acme", {{0, {Kind::event, kept}}, {0, {Kind::event, erased}}}, [](const auto&) {}));
    ASSERT_TRUE(log->commit_pending());
    if (i == 100) {  // one half in tables, one in the write-ahead log
      ASSERT_TRUE(store->compact("", ""));
    }
  }
  ASSERT_TRUE(log->save_high_water());
  EXPECT_GE(files_holding(folder, erased), 2u);
  EXPECT_EQ(*log->rewrite("acme", 0, holding(erased)), 200u);
  EXPECT_EQ(files_holding(folder, erased), 0u);
  EXPECT_GT(files_holding(folder, kept), 0u);
  EXPECT_TRUE(log->verify("acme", 0));
}

}  // namespace
}  // namespace weir::log
