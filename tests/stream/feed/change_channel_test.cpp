// The claim: between two calls of take(), nothing changes in the snapshots that the second call does not tell of.
#include "stream/feed/change_channel.hpp"

#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "state/memory/memory_store.hpp"
#include "stream/operators/operators.hpp"
#include "stream/runtime/task.hpp"
#include "tests/support/fake_block.hpp"
#include "tests/support/history.hpp"
#include "tests/support/told_changes.hpp"

namespace weir::feed {
namespace {

using namespace support;
/// One shard whose commits are told to a channel.
struct Told {
  explicit Told(ChangeLimits limits = {}) : channel(1, limits) { restart(); }

  void restart() {
    runtime::TaskOptions options;
    options.sweep_cases_max = 2;
    task = *runtime::Task::open(store, operators, test_fingerprint, options);
    task->tell(*channel.sinks().front());
  }
  void take(const History& history, std::size_t from, std::size_t to) {
    const auto first = history.records().begin();
    const FakeBlock block{from,
                          History::first_time,
                          {first + static_cast<std::ptrdiff_t>(from), first + static_cast<std::ptrdiff_t>(to)}};
    ASSERT_TRUE(task->process("w", block).ok());
  }
  std::unique_ptr<ChangeChannel::Follower> follow() {
    return channel.follow("w", "p0", [this] { ++told; });
  }
  std::pair<Changes, std::shared_ptr<const store::Snapshot>> look(ChangeChannel::Follower& follower) {
    return follower.take(0, [this] { return store.snapshot(); });
  }

  const dataflow::Operators operators = operators::all();
  memory::MemoryStore store;
  ChangeChannel channel;
  std::unique_ptr<runtime::Task> task;
  int told = 0;
};

void run_history(std::uint64_t seed, ChangeLimits limits) {
  HistoryOptions options;
  options.controls = 0.05;
  const History history{seed, options};
  std::mt19937_64 random{seed ^ 0xc4a};
  Told told{limits};
  auto follower = told.follow();
  auto before = told.look(*follower).second;
  while (*told.task->next_offset("w") < history.records().size()) {
    const std::size_t from = *told.task->next_offset("w");
    told.take(history, from, std::min<std::size_t>(from + 1 + random() % 20, history.records().size()));
    if (random() % 3 == 0) {
      ASSERT_TRUE(told.task->advance_sweeps().ok());
    }
    if (random() % 8 == 0) told.restart();
    if (random() % 2 == 0) {
      ASSERT_TRUE(told.task->commit().ok());
    }
    if (random() % 3 != 0) continue;
    const auto [changes, after] = told.look(*follower);
    expect_told(changes, *before, *after);
    ASSERT_FALSE(::testing::Test::HasFailure()) << "seed " << seed;
    before = after;
  }
}

TEST(ChangeChannel, TellsOfEverythingThatChanges) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) run_history(seed, {});
}

TEST(ChangeChannel, TellsOfAllWhereItCannotKeepThemApart) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) run_history(seed, {.cells_max = 3, .cases_max = 1});
}

TEST(ChangeChannel, TellsAFollowerThatComesEverythingFirst) {
  Told told;
  const auto follower = told.follow();
  const auto first = told.look(*follower).first;
  EXPECT_TRUE(first.any && first.all_cells && first.all_cases && first.names_forgotten);
  EXPECT_FALSE(told.look(*follower).first.any);
}

TEST(ChangeChannel, GathersNothingWhereNobodyFollows) {
  Told told;
  EXPECT_FALSE(told.task->followed());
  told.take(History{1, {}}, 0, 50);
  ASSERT_TRUE(told.task->commit().ok());
  const auto other = told.channel.follow("w", "another", [&] { ADD_FAILURE() << "told of a foreign process"; });
  EXPECT_TRUE(told.task->followed());
  told.look(*other);
  told.take(History{1, {}}, 50, 100);
  ASSERT_TRUE(told.task->commit().ok());
  EXPECT_FALSE(told.look(*other).first.any);
}

/// A sink sees begin(), then gathers; somebody who comes in between has perhaps seen the state before the commit.
TEST(ChangeChannel, TellsEverythingOfACommitThatBeganBeforeTheFollowerCame) {
  Told told;
  runtime::ChangeSink& sink = *told.channel.sinks().front();
  sink.begin();
  EXPECT_FALSE(sink.follows("w", "p0"));
  const auto follower = told.follow();
  told.look(*follower);
  EXPECT_FALSE(sink.follows("w", "p0"));
  ASSERT_TRUE(sink.publish([]() -> Result<void> { return {}; }).ok());
  EXPECT_TRUE(told.look(*follower).first.all_cells);
  EXPECT_EQ(told.told, 1);
}

TEST(ChangeChannel, TellsNothingOfACommitThatFailed) {
  Told told;
  const auto follower = told.follow();
  told.look(*follower);
  runtime::ChangeSink& sink = *told.channel.sinks().front();
  sink.begin();
  runtime::ProcessChanges changes;
  changes.cells.push_back({dataflow::Table::totals});
  sink.gather("w", "p0", changes);
  EXPECT_FALSE(sink.publish([]() -> Result<void> { return Error{Code::storage_failed, ""}; }).ok());
  EXPECT_FALSE(told.look(*follower).first.any);
}

TEST(ChangeChannel, LetsFollowersComeAndGoWhileAShardCommits) {
  Told told;
  HistoryOptions options;
  options.records = 400;
  const History history{7, options};
  std::atomic<bool> done{false};
  std::thread shard{[&] {
    for (std::size_t i = 0; i < history.records().size(); ++i) {
      told.take(history, i, i + 1);
      EXPECT_TRUE(told.task->commit().ok());
    }
    done = true;
  }};
  while (!done) {
    const auto follower = told.channel.follow("w", "p0", [] {});
    auto before = told.look(*follower).second;
    for (int i = 0; i < 3; ++i) {
      const auto [changes, after] = told.look(*follower);
      expect_told(changes, *before, *after);
      before = after;
    }
  }
  shard.join();
}

}  // namespace
}  // namespace weir::feed
