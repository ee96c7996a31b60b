#include "stream/log/embedded_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/stream/log/log_home.hpp"

namespace weir::log {
namespace {

using ::testing::ElementsAre;

class EmbeddedLogTest : public ::testing::Test {
 protected:
  void SetUp() override { home_.start(); }
  EmbeddedLog& log() { return *home_.log; }

  LogHome home_;
};

TEST_F(EmbeddedLogTest, GivesOffsetsInTheOrderOfAppends) {
  EXPECT_EQ(home_.append({{0, "a"}, {2, "b"}, {0, "c"}}), (Position{{{0, 2}, {2, 1}}}));
  EXPECT_EQ(home_.append({{0, "d"}}), (Position{{{0, 3}}}));
  EXPECT_THAT(texts(log(), 0), ElementsAre("0:1:a", "1:1:c", "2:1:d"));
  EXPECT_THAT(texts(log(), 2), ElementsAre("0:1:b"));
  EXPECT_THAT(texts(log(), 1), ElementsAre());
  EXPECT_THAT(texts(log(), 0, 1), ElementsAre("1:1:c", "2:1:d"));
}

TEST_F(EmbeddedLogTest, NothingIsSeenOrAnsweredBeforeTheCommit) {
  int answers = 0;
  ASSERT_TRUE(log().append("acme", {{0, {Kind::event, "a"}}}, [&](const auto&) { ++answers; }));
  EXPECT_EQ(answers, 0);
  EXPECT_EQ(*log().end_offset("acme", 0), 0u);
  EXPECT_GT(log().queued_bytes(), 0u);
  EXPECT_EQ(*log().commit_pending(), 1u);
  EXPECT_EQ(answers, 1);
  EXPECT_EQ(*log().end_offset("acme", 0), 1u);
  EXPECT_EQ(log().queued_bytes(), 0u);
  EXPECT_EQ(*log().commit_pending(), 0u);
  EXPECT_EQ(answers, 1);
}

TEST_F(EmbeddedLogTest, ManyAppendsBecomeOneBlockAndEachHasItsPosition) {
  std::vector<std::string> answers;
  for (const char* value : {"a", "b", "c"}) {
    ASSERT_TRUE(log().append("acme", {{0, {Kind::event, value}}, {1, {Kind::event, value}}},
                             [&](const Result<Position>& position) { answers.push_back(to_token(*position)); }));
  }
  EXPECT_EQ(*log().commit_pending(), 3u);
  EXPECT_THAT(answers, ElementsAre("0-1.1-1", "0-2.1-2", "0-3.1-3"));
  const auto blocks = log().read("acme", 0, 0, 1 << 20);
  ASSERT_EQ(blocks->size(), 1u);
  EXPECT_EQ(blocks->front()->entries().size(), 3u);
}

TEST_F(EmbeddedLogTest, KeepsKindBytesAndTimeAlsoWhenReadFromTheStore) {
  const std::string bytes("\0\xff\x01", 3);
  ASSERT_TRUE(log().append("acme", {{3, {Kind::tick, bytes}}, {3, {Kind::erase, ""}}}, [](const auto&) {}));
  const Time taken = home_.clock.now();
  ASSERT_TRUE(log().commit_pending());
  home_.clock.advance(std::chrono::hours{1});
  for (int round = 0; round < 2; ++round) {
    const auto blocks = log().read("acme", 3, 1, 100);
    ASSERT_EQ(blocks->size(), 1u);
    const Block& block = *blocks->front();
    EXPECT_EQ(block.append_time(), taken);
    EXPECT_EQ(block.base_offset(), 0u);
    EXPECT_EQ(block.end_offset(), 2u);
    EXPECT_EQ(block.entries()[0].kind, Kind::tick);
    EXPECT_EQ(block.entries()[0].value, bytes);
    EXPECT_EQ(block.entries()[1].offset, 1u);
    EXPECT_EQ(block.entries()[1].kind, Kind::erase);
    ASSERT_TRUE(home_.reopen());
  }
}

TEST_F(EmbeddedLogTest, ReadsFromTailAndStoreAreEqual) {
  for (int i = 0; i < 100; ++i) home_.append({{0, "value " + std::to_string(i)}, {1, std::string(i, 'x')}});
  const auto from_tail = texts(log(), 0);
  const auto in_large_pieces = texts(log(), 1, 0, 1 << 20);
  ASSERT_TRUE(home_.reopen());
  EXPECT_EQ(texts(log(), 0), from_tail);
  EXPECT_EQ(texts(log(), 0, 0, 700), from_tail);
  EXPECT_EQ(texts(log(), 1, 0, 1), in_large_pieces);
  EXPECT_EQ(from_tail.size(), 100u);
  EXPECT_THAT(texts(log(), 0, 98), ElementsAre("98:1:value 98", "99:1:value 99"));
}

TEST_F(EmbeddedLogTest, ClosesABlockWhenItIsLarge) {
  home_.options.block_bytes = 1000;
  ASSERT_TRUE(home_.reopen());
  std::vector<std::pair<std::uint32_t, std::string>> events;
  for (int i = 0; i < 10; ++i) events.emplace_back(0, std::string(400, static_cast<char>('a' + i)));
  EXPECT_EQ(home_.append(std::move(events)), (Position{{{0, 10}}}));
  EXPECT_EQ(log().read("acme", 0, 0, 1 << 20)->size(), 4u);
  ASSERT_TRUE(home_.reopen());
  EXPECT_EQ(log().read("acme", 0, 0, 1 << 20)->size(), 4u);
  EXPECT_EQ(texts(log(), 0).size(), 10u);
}

TEST_F(EmbeddedLogTest, TakesUpToSoManyBytesInOneCommit) {
  home_.options.commit_bytes = 1000;
  ASSERT_TRUE(home_.reopen());
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(log().append("acme", {{0, {Kind::event, std::string(400, 'x')}}}, [](const auto&) {}));
  }
  EXPECT_EQ(*log().commit_pending(), 2u);
  EXPECT_EQ(*log().commit_pending(), 2u);
  EXPECT_EQ(*log().commit_pending(), 1u);
  EXPECT_EQ(*log().end_offset("acme", 0), 5u);
}

TEST_F(EmbeddedLogTest, RefusesWhatIsBeyondTheShareOfAWorkspace) {
  home_.options.queue_bytes = 2000;
  ASSERT_TRUE(home_.reopen());
  const auto append = [&](std::size_t size) {
    return log().append("acme", {{0, {Kind::event, std::string(size, 'x')}}}, [](const auto&) {});
  };
  ASSERT_TRUE(append(5000));  // an empty queue takes anything
  const Result<void> refused = append(1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::overloaded);
  ASSERT_TRUE(log().commit_pending());
  ASSERT_TRUE(append(400));
  ASSERT_TRUE(append(400));
  EXPECT_FALSE(append(400));
  ASSERT_TRUE(log().commit_pending());
  EXPECT_EQ(*log().end_offset("acme", 0), 3u);
}

TEST_F(EmbeddedLogTest, KeepsWorkspacesApart) {
  ASSERT_TRUE(log().ensure_workspace("beta"));
  ASSERT_TRUE(log().ensure_workspace("beta"));
  ASSERT_TRUE(log().append("beta", {{0, {Kind::event, "b"}}}, [](const auto&) {}));
  home_.append({{0, "a"}});
  EXPECT_THAT(log().workspaces(), ElementsAre("acme", "beta"));
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(texts(log(), 0), ElementsAre("0:1:a"));
    EXPECT_THAT(texts(log(), 0, 0, 1, "beta"), ElementsAre("0:1:b"));
    ASSERT_TRUE(home_.reopen());
    EXPECT_THAT(log().workspaces(), ElementsAre("acme", "beta"));
  }
}

TEST_F(EmbeddedLogTest, KnowsNoOtherWorkspaces) {
  EXPECT_EQ(log().append("beta", {}, [](const auto&) {}).error().code, Code::not_found);
  EXPECT_EQ(log().read("beta", 0, 0, 1).error().code, Code::not_found);
  EXPECT_EQ(log().end_offset("beta", 0).error().code, Code::not_found);
  EXPECT_EQ(log().begin_offset("beta", 0).error().code, Code::not_found);
}

TEST_F(EmbeddedLogTest, AnEmptyAppendIsAnsweredWithAnEmptyPosition) { EXPECT_EQ(home_.append({}), Position{}); }

TEST_F(EmbeddedLogTest, TellsTheSubscribersOfAPartition) {
  std::vector<std::string> told;
  auto zero = log().subscribe(0, [&](const std::string& workspace) { told.push_back("0 " + workspace); });
  const auto one = log().subscribe(1, [&](const std::string& workspace) {
    told.push_back("1 " + workspace + " " + std::to_string(*log().end_offset(workspace, 1)));
  });
  home_.append({{1, "a"}, {2, "b"}});
  EXPECT_THAT(told, ElementsAre("1 acme 1"));
  home_.append({{0, "a"}, {1, "b"}});
  EXPECT_THAT(told, ElementsAre("1 acme 1", "0 acme", "1 acme 2"));
  zero.reset();
  home_.append({{0, "a"}});
  EXPECT_EQ(told.size(), 3u);
}

TEST_F(EmbeddedLogTest, RefusesAnotherPartitionCount) {
  home_.options.partitions = 5;
  const Result<void> opened = home_.reopen();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::state_format);
  EXPECT_NE(opened.error().detail.find("4 partitions"), std::string::npos);
}

TEST_F(EmbeddedLogTest, RefusesAStoreOfSomethingElse) {
  memory::MemoryStore other;
  store::Batch batch;
  batch.put("key", "value");
  ASSERT_TRUE(other.write(batch, store::Durability::synced));
  const auto opened = EmbeddedLog::open(other, home_.high_water, home_.clock, home_.options);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::state_format);
}

TEST_F(EmbeddedLogTest, AFailedWriteIsFinal) {
  home_.append({{0, "a"}});
  std::vector<Code> answers;
  const auto answer = [&](const Result<Position>& position) { answers.push_back(position.error().code); };
  ASSERT_TRUE(log().append("acme", {{0, {Kind::event, "b"}}}, answer));
  home_.store.fail_next_write(memory::MemoryStore::Outcome::applied);
  EXPECT_FALSE(log().commit_pending());
  EXPECT_THAT(answers, ElementsAre(Code::storage_failed));
  EXPECT_EQ(*log().end_offset("acme", 0), 1u);
  EXPECT_EQ(log().append("acme", {{0, {Kind::event, "c"}}}, answer).error().code, Code::storage_failed);
  home_.store.reopen();
  EXPECT_FALSE(log().commit_pending());
  ASSERT_TRUE(home_.reopen());
  EXPECT_THAT(texts(log(), 0), ElementsAre("0:1:a", "1:1:b"));  // what failed may be there
  home_.append({{0, "d"}});
  EXPECT_THAT(texts(log(), 0, 1), ElementsAre("1:1:b", "2:1:d"));
}

TEST_F(EmbeddedLogTest, WhatWasQueuedBehindAFailureIsAnsweredToo) {
  home_.options.commit_bytes = 1;
  ASSERT_TRUE(home_.reopen());
  int failed = 0;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(log().append("acme", {{0, {Kind::event, "x"}}},
                             [&](const Result<Position>& position) { failed += position.ok() ? 0 : 1; }));
  }
  home_.store.fail_next_write(memory::MemoryStore::Outcome::lost);
  EXPECT_FALSE(log().commit_pending());
  EXPECT_EQ(failed, 3);
}

TEST_F(EmbeddedLogTest, AReaderAheadOfTheLogIsToldOfDamage) {
  home_.append({{0, "a"}});
  const auto read = log().read("acme", 0, 2, 1);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::log_damaged);
  EXPECT_NE(read.error().detail.find("workspace acme, partition 0"), std::string::npos);
}

TEST_F(EmbeddedLogTest, AFloodOfOneWorkspaceLeavesRoomAndTheNextTurnForOthers) {
  home_.options.queue_bytes = 1 << 20;
  home_.options.commit_bytes = 64 << 10;
  home_.start();
  ASSERT_TRUE(log().ensure_workspace("calm"));
  const std::string value(1'000, 'x');
  const auto append = [&](const std::string& workspace, int& durable) {
    return log().append(workspace, {{0, {Kind::event, value}}}, [&durable](const auto&) { ++durable; });
  };
  int flood = 0, calm = 0;
  Result<void> taken;
  while ((taken = append("acme", flood))) {
  }
  EXPECT_EQ(taken.error().code, Code::overloaded);
  EXPECT_LE(log().queued_bytes(), std::size_t{1} << 19);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(append("calm", calm));
  EXPECT_EQ(log().refused_appends(), 1U);
  ASSERT_TRUE(log().commit_pending());
  EXPECT_EQ(calm, 10);  // behind one commit's worth of the flood, not behind all of it
  EXPECT_GT(flood, 0);
}

}  // namespace
}  // namespace weir::log
