#include "api/auth/audit.hpp"

#include <thread>

#include <gtest/gtest.h>

#include "state/memory/memory_store.hpp"

namespace weir::auth {
namespace {

using store::Durability;

class AuditTrail : public testing::Test {
 protected:
  static AuditEntry entry(int number, std::string workspace = "acme") {
    return {.time = from_micros(1'000'000 * number),
            .workspace = std::move(workspace),
            .actor = "token-1",
            .action = "case.erase",
            .object = "orders/case " + std::to_string(number),
            .outcome = "done",
            .trace_id = "trace"};
  }
  void fill(Audit& audit, int count) {
    for (int i = 1; i <= count; ++i) ASSERT_TRUE(audit.append(entry(i), Durability::buffered).ok());
  }
  // Keys and values of the store, to be tampered with.
  std::vector<std::pair<std::string, std::string>> rows() const {
    std::vector<std::pair<std::string, std::string>> found;
    EXPECT_TRUE(store_
                    .scan({}, {},
                          [&](auto key, auto value) {
                            found.emplace_back(key, value);
                            return true;
                          })
                    .ok());
    return found;
  }
  void put(const std::string& key, const std::string& value) {
    store::Batch batch;
    batch.put(key, value);
    ASSERT_TRUE(store_.write(batch, Durability::buffered).ok());
  }
  void erase(const std::string& key) {
    store::Batch batch;
    batch.erase(key);
    ASSERT_TRUE(store_.write(batch, Durability::buffered).ok());
  }
  bool whole() const { return Audit(store_, key_).verify("acme").ok(); }

  mutable memory::MemoryStore store_;
  const crypto::Key key_ = crypto::random_key();
};

TEST_F(AuditTrail, ListsNewestFirstInPages) {
  Audit audit(store_, key_);
  fill(audit, 5);
  const auto first = audit.list("acme", std::nullopt, 2).value();
  ASSERT_EQ(first.records.size(), 2u);
  EXPECT_EQ(first.records[0].number, 5u);
  EXPECT_EQ(first.records[0].entry, entry(5));
  EXPECT_EQ(first.next, 4u);
  const auto second = audit.list("acme", first.next, 3).value();
  ASSERT_EQ(second.records.size(), 3u);
  EXPECT_EQ(second.records[2].entry, entry(1));
  EXPECT_FALSE(second.next);
}

TEST_F(AuditTrail, KeepsWorkspacesApart) {
  Audit audit(store_, key_);
  ASSERT_TRUE(audit.append(entry(1, "acme"), Durability::synced).ok());
  ASSERT_TRUE(audit.append(entry(2, "acme2"), Durability::synced).ok());
  ASSERT_TRUE(audit.append(entry(3, "_node"), Durability::synced).ok());
  EXPECT_EQ(audit.list("acme", std::nullopt, 10).value().records.size(), 1u);
  EXPECT_EQ(audit.list("acme2", std::nullopt, 10).value().records.front().entry, entry(2, "acme2"));
  EXPECT_TRUE(audit.list("other", std::nullopt, 10).value().records.empty());
  EXPECT_EQ(audit.verify("other").value().number, 0u);
}

TEST_F(AuditTrail, GoesOnWithTheChainAfterAReopening) {
  {
    Audit audit(store_, key_);
    fill(audit, 3);
  }
  Audit audit(store_, key_);
  ASSERT_TRUE(audit.append(entry(4), Durability::synced).ok());
  EXPECT_EQ(audit.verify("acme").value().number, 4u);
}

TEST_F(AuditTrail, ASyncedEntrySurvivesTheLossOfPower) {
  Audit audit(store_, key_);
  ASSERT_TRUE(audit.append(entry(1), Durability::synced).ok());
  ASSERT_TRUE(audit.append(entry(2), Durability::buffered).ok());
  store_.lose_unsynced(1);
  EXPECT_GE(Audit(store_, key_).verify("acme").value().number, 1u);
}

TEST_F(AuditTrail, AFailedWriteIsReportedAndLeavesNoGap) {
  Audit audit(store_, key_);
  fill(audit, 2);
  store_.fail_next_write(memory::MemoryStore::Outcome::lost);
  EXPECT_EQ(audit.append(entry(3), Durability::synced).error().code, Code::storage_failed);
  store_.reopen();
  Audit reopened(store_, key_);
  ASSERT_TRUE(reopened.append(entry(3), Durability::synced).ok());
  EXPECT_EQ(reopened.verify("acme").value().number, 3u);
}

TEST_F(AuditTrail, NamesTheEntryThatWasChanged) {
  Audit audit(store_, key_);
  fill(audit, 5);
  ASSERT_TRUE(whole());
  const auto before = rows();
  for (std::size_t row = 0; row < before.size(); ++row) {
    auto [key, value] = before[row];
    value.back() = static_cast<char>(value.back() ^ 1);
    put(key, value);
    const auto verified = audit.verify("acme");
    ASSERT_FALSE(verified.ok());
    EXPECT_EQ(verified.error().code, Code::audit_broken);
    EXPECT_NE(verified.error().detail.find("entry " + std::to_string(row + 1) + "."), std::string::npos);
    put(key, before[row].second);
  }
  EXPECT_TRUE(whole());
}

TEST_F(AuditTrail, SeesARemovedASwappedAndAForeignEntry) {
  Audit audit(store_, key_);
  fill(audit, 4);
  const auto before = rows();
  for (const std::size_t row : {0u, 1u, 2u}) {
    erase(before[row].first);
    EXPECT_FALSE(whole()) << row;
    put(before[row].first, before[row].second);
  }
  put(before[1].first, before[2].second);
  put(before[2].first, before[1].second);
  EXPECT_FALSE(whole());
  put(before[1].first, before[1].second);
  put(before[2].first, before[2].second);
  ASSERT_TRUE(whole());
  EXPECT_FALSE(Audit(store_, crypto::random_key()).verify("acme").ok());
}

TEST_F(AuditTrail, ARemovedEndShowsAgainstAnEarlierHead) {
  Audit audit(store_, key_);
  fill(audit, 3);
  const auto witnessed = audit.verify("acme").value();
  erase(rows().back().first);
  const auto now = Audit(store_, key_).verify("acme").value();
  EXPECT_LT(now.number, witnessed.number);
  EXPECT_NE(now.seal, witnessed.seal);
}

TEST_F(AuditTrail, DropsTheOldestBeyondItsBoundAndStaysWhole) {
  Audit audit(store_, key_, 3);
  fill(audit, 10);
  const auto page = audit.list("acme", std::nullopt, 100).value();
  ASSERT_EQ(page.records.size(), 3u);
  EXPECT_EQ(page.records.back().number, 8u);
  EXPECT_EQ(audit.verify("acme").value().number, 10u);
  Audit reopened(store_, key_, 2);
  ASSERT_TRUE(reopened.append(entry(11), Durability::buffered).ok());
  EXPECT_EQ(reopened.list("acme", std::nullopt, 100).value().records.size(), 2u);
  EXPECT_EQ(reopened.verify("acme").value().number, 11u);
}

TEST_F(AuditTrail, NobodyElseCanDropTheOldestUnseen) {
  Audit audit(store_, key_, 3);
  fill(audit, 5);
  for (const auto& [key, value] : rows()) {
    erase(key);
    EXPECT_FALSE(whole() && audit.verify("acme").value().number == 5);
    put(key, value);
  }
  ASSERT_TRUE(whole());
}

TEST_F(AuditTrail, CutsLongTextsBetweenCharacters) {
  Audit audit(store_, key_);
  auto long_entry = entry(1);
  long_entry.object = "x";
  for (int i = 0; i < 1'000; ++i) long_entry.object += "é";
  ASSERT_TRUE(audit.append(long_entry, Durability::buffered).ok());
  const auto kept = audit.list("acme", std::nullopt, 1).value().records.front().entry.object;
  EXPECT_EQ(kept.size(), 511u);
  EXPECT_EQ(kept.substr(509), "é");
}

TEST_F(AuditTrail, TakesEntriesFromManyThreads) {
  Audit audit(store_, key_);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) threads.emplace_back([&] { fill(audit, 50); });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(audit.verify("acme").value().number, 200u);
}

}  // namespace
}  // namespace weir::auth
