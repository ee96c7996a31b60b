// What a shard makes of records that other producers wrote to its partition.
#include <gtest/gtest.h>

#include "schemas/codec/event_json.hpp"
#include "state/format/keys.hpp"
#include "state/memory/memory_store.hpp"
#include "stream/ingest/identity.hpp"
#include "stream/log/partitioner.hpp"
#include "stream/operators/operators.hpp"
#include "stream/runtime/shard_runner.hpp"
#include "tests/support/answers.hpp"
#include "tests/support/fake_block.hpp"
#include "tests/support/history.hpp"
#include "tests/support/manual_clock.hpp"

namespace weir::runtime {
namespace {

using namespace support;

constexpr std::uint32_t shards = 2;

std::string produced(const std::string& case_id, const std::string& more = {}) {
  return R"({"process":"p0","case_id":")" + case_id + R"(","activity":"a","timestamp":"2025-06-01T00:00:00Z")" + more +
         '}';
}

/// A case of the shard.
std::string case_of(std::uint32_t shard) {
  for (int i = 0;; ++i) {
    std::string name = "c" + std::to_string(i);
    if (log::partition_of("p0", name, shards) == shard) return name;
  }
}

/// A log that holds one block on partition 0 and takes appends, to be answered by hand.
class OneBlockLog final : public log::Log {
 public:
  explicit OneBlockLog(std::shared_ptr<const log::Block> block) : block_(std::move(block)) {}

  std::uint32_t partitions() const override { return shards; }
  std::vector<std::string> workspaces() const override { return {"w"}; }
  Result<void> ensure_workspace(const std::string&) override { return {}; }
  Result<void> append(const std::string&, std::vector<log::Addressed> records, log::Appended appended) override {
    if (refuses) return Error{Code::overloaded, ""};
    for (log::Addressed& record : records) taken.push_back(std::move(record));
    answers.push_back(std::move(appended));
    return {};
  }
  Result<log::Blocks> read(const std::string&, std::uint32_t, std::uint64_t from, std::size_t) const override {
    return from < block_->end_offset() ? log::Blocks{block_} : log::Blocks{};
  }
  Result<std::uint64_t> begin_offset(const std::string&, std::uint32_t) const override { return block_->base_offset(); }
  Result<std::uint64_t> end_offset(const std::string&, std::uint32_t) const override { return block_->end_offset(); }
  std::unique_ptr<log::Subscription> subscribe(std::uint32_t, log::Grown) override { return nullptr; }

  bool refuses = false;
  std::vector<log::Addressed> taken;
  std::vector<log::Appended> answers;

 private:
  const std::shared_ptr<const log::Block> block_;
};

class ProducedTest : public ::testing::Test {
 protected:
  ProducedTest() { restart(); }

  void restart() {
    TaskOptions options;
    options.placement = Placement{0, shards};
    task_ = *Task::open(store_, operators_, test_fingerprint, options);
  }
  std::shared_ptr<const log::Block> block(std::vector<log::Record> records) const {
    return std::make_shared<FakeBlock>(0, clock_.now(), std::move(records));
  }
  void take(std::vector<log::Record> records) { ASSERT_TRUE(task_->process("w", *block(std::move(records)))); }
  DeadLetter dead_letter(std::uint64_t offset) const {
    const auto stored = store_.get(format::Scope{"w"}.dead_letter(offset));
    EXPECT_TRUE(stored && *stored);
    return decode_dead_letter(**stored).value();
  }
  std::uint64_t counted(std::atomic<std::uint64_t> TaskCounters::* count) const { return task_->counters().*count; }

  memory::MemoryStore store_;
  ManualClock clock_;
  const dataflow::Operators operators_ = operators::all();
  std::unique_ptr<Task> task_;
  CommitWatch watch_;
};

TEST_F(ProducedTest, AnEventThatIsPostedAndProducedCountsOnce) {
  const std::string mine = case_of(0);
  auto posted = decode_produced_event(produced(mine), clock_.now()).value();
  ingest::identify(posted);
  std::string stored;
  encode_event(posted, stored);
  take({{log::Kind::produced, produced(mine)}, {log::Kind::event, stored}, {log::Kind::produced, produced(mine)}});
  ASSERT_TRUE(task_->commit());
  EXPECT_EQ(counted(&TaskCounters::accepted), 1U);
  EXPECT_EQ(counted(&TaskCounters::duplicates), 2U);
}

TEST_F(ProducedTest, WhatIsWrongBecomesADeadLetterThatKeepsItsKind) {
  take({{log::Kind::produced, "{"},
        {log::Kind::unsealed, produced(case_of(0))},
        {log::Kind::produced, R"({"case_id":1})"}});
  ASSERT_TRUE(task_->commit());
  EXPECT_EQ(dead_letter(0).code, Code::malformed_json);
  EXPECT_EQ(dead_letter(0).bytes, "{");
  EXPECT_EQ(dead_letter(1).code, Code::bad_seal);
  EXPECT_EQ(dead_letter(1).kind, log::Kind::unsealed);
  EXPECT_EQ(dead_letter(2).code, Code::schema);
  const FakeBlock replay{3, clock_.now(), {{log::Kind::replay, encode(Replay{1})}}};
  ASSERT_TRUE(task_->process("w", replay));
  ASSERT_TRUE(task_->commit());
  EXPECT_EQ(dead_letter(1).code, Code::bad_seal);  // a replay makes it nobody's
  EXPECT_EQ(counted(&TaskCounters::accepted), 0U);
}

TEST_F(ProducedTest, AnUploadNamedByAProducerIsAnAttribute) {
  const auto event = decode_produced_event(produced(case_of(0), R"(,"$upload":"u")"), clock_.now()).value();
  EXPECT_EQ(event.upload, "");
  ASSERT_EQ(event.attributes.size(), 1U);
  EXPECT_EQ(event.attributes.front().name, "$upload");
}

TEST_F(ProducedTest, KnowsItsLastRecordAfterARestart) {
  take({{log::Kind::produced, produced(case_of(0))}, {log::Kind::produced, "last"}});
  ASSERT_TRUE(task_->commit());
  restart();
  const log::Witness witness = task_->witness("w").value();
  EXPECT_EQ(witness.next, 2U);
  EXPECT_EQ(witness.offset, 1U);
  EXPECT_EQ(witness.content, hash128("last"));
}

TEST_F(ProducedTest, OnALogOfItsOwnAShardKeepsNoRecord) {
  task_ = *Task::open(store_, operators_, test_fingerprint);
  take({{log::Kind::event, "last"}});
  ASSERT_TRUE(task_->commit());
  EXPECT_EQ(task_->witness("w").value().offset, task_->witness("w").value().next);
}

TEST_F(ProducedTest, ARecordOfAnotherShardIsDurableThereBeforeTheCommit) {
  OneBlockLog log{block({{log::Kind::produced, produced(case_of(1))}, {log::Kind::produced, produced(case_of(0))}})};
  ShardRunner runner{0, log, *task_, watch_, clock_};
  for (int i = 0; i < 10; ++i) {
    clock_.advance(std::chrono::seconds{1});
    ASSERT_TRUE(runner.step());
  }
  ASSERT_EQ(log.taken.size(), 1U);
  EXPECT_EQ(log.taken.front().partition, 1U);
  EXPECT_EQ(log.taken.front().record.kind, log::Kind::event);
  EXPECT_TRUE(decode_stored_event(log.taken.front().record.value, clock_.now()));
  EXPECT_EQ(counted(&TaskCounters::commits), 0U);
  ASSERT_TRUE(runner.finish());
  EXPECT_EQ(counted(&TaskCounters::commits), 0U);  // also when the server stops
  log.answers.front()(log::Position{{{1, 1}}});
  ASSERT_TRUE(runner.step());
  ASSERT_TRUE(runner.step());
  EXPECT_EQ(counted(&TaskCounters::commits), 1U);
  EXPECT_EQ(counted(&TaskCounters::accepted), 1U);
}

TEST_F(ProducedTest, TheFirstTickOfAnHourWaitsForARecordOfAnotherShard) {
  OneBlockLog log{block({{log::Kind::produced, produced(case_of(1))},
                         {log::Kind::tick, encode(Tick{to_micros(clock_.now())})},
                         {log::Kind::produced, produced(case_of(0))}})};
  ShardRunner runner{0, log, *task_, watch_, clock_};
  for (int i = 0; i < 10; ++i) {
    clock_.advance(std::chrono::seconds{1});
    ASSERT_TRUE(runner.step());
  }
  EXPECT_EQ(counted(&TaskCounters::commits), 0U);
  ASSERT_EQ(log.answers.size(), 1U);
  log.answers.front()(log::Position{{{1, 1}}});
  for (int i = 0; i < 3; ++i) {
    clock_.advance(std::chrono::seconds{1});
    ASSERT_TRUE(runner.step());
  }
  EXPECT_EQ(counted(&TaskCounters::accepted), 1U);
  EXPECT_EQ(task_->next_offset("w").value(), 3U);
  EXPECT_EQ(log.taken.size(), 1U);
}

TEST_F(ProducedTest, ARecordThatCannotBeForwardedIsReadAgain) {
  OneBlockLog log{block({{log::Kind::produced, produced(case_of(1))}})};
  ShardRunner runner{0, log, *task_, watch_, clock_};
  log.refuses = true;
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(runner.step());
  EXPECT_EQ(counted(&TaskCounters::commits), 0U);
  log.refuses = false;
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(runner.step());
  ASSERT_EQ(log.answers.size(), 1U);
  log.answers.front()(Error{Code::log_unreachable, ""});
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(runner.step());
  ASSERT_EQ(log.answers.size(), 2U);
  EXPECT_EQ(task_->next_offset("w").value(), 1U);
}

/// Two records with nothing between and behind them: what a transaction leaves.
class GappedBlock final : public log::Block {
 public:
  std::uint64_t base_offset() const override { return 0; }
  std::uint64_t end_offset() const override { return 12; }
  Time append_time() const override { return from_micros(1'767'225'600'000'000); }
  const std::vector<log::Entry>& entries() const override { return entries_; }
  std::size_t bytes() const override { return sizeof *this; }

 private:
  const std::string first_ = produced("c0"), second_ = produced("c0", R"(,"id":"2")");
  const std::vector<log::Entry> entries_{{4, log::Kind::produced, first_}, {9, log::Kind::produced, second_}};
};

TEST_F(ProducedTest, OffsetsThatNothingTookArePassed) {
  task_ = *Task::open(store_, operators_, test_fingerprint);
  ASSERT_TRUE(task_->process("w", GappedBlock{}, 7));
  EXPECT_EQ(task_->next_offset("w").value(), 7U);
  ASSERT_TRUE(task_->process("w", GappedBlock{}));
  EXPECT_EQ(task_->next_offset("w").value(), 12U);
  ASSERT_TRUE(task_->commit());
  EXPECT_EQ(counted(&TaskCounters::accepted), 2U);
}

}  // namespace
}  // namespace weir::runtime
