#include "stream/runtime/shard_runner.hpp"

#include <gtest/gtest.h>

#include "state/memory/memory_store.hpp"
#include "stream/log/embedded_log.hpp"
#include "stream/operators/operators.hpp"
#include "tests/support/fake_block.hpp"
#include "tests/support/history.hpp"
#include "tests/support/manual_clock.hpp"

namespace weir::runtime {
namespace {

using namespace support;

/// A log of one partition, and a shard that reads it.
struct OneShard {
  OneShard() {
    EXPECT_TRUE(log->ensure_workspace("w"));
    task = *Task::open(store, operators, test_fingerprint);
  }
  void append(log::Kind kind, std::string value) {
    EXPECT_TRUE(log->append("w", {{0, {kind, std::move(value)}}}, [](const auto&) {}));
    EXPECT_TRUE(log->commit_pending());
  }

  memory::MemoryStore log_store, store;
  log::HighWaterMemory high_water;
  ManualClock clock;
  std::unique_ptr<log::EmbeddedLog> log = *log::EmbeddedLog::open(log_store, high_water, clock, {.partitions = 1});
  const dataflow::Operators operators = operators::all();
  std::unique_ptr<Task> task;
  CommitWatch watch;
};

TEST(ShardRunner, RefusesALogThatEndsBeforeWhatItsShardHasRead) {
  OneShard one;
  ASSERT_TRUE(one.task->process("w", FakeBlock{0, one.clock.now(), {{log::Kind::tick, encode(Tick{1})}}}));
  ShardRunner runner{0, *one.log, *one.task, one.watch, one.clock};
  const auto stepped = runner.step();
  ASSERT_FALSE(stepped);
  EXPECT_EQ(stepped.error().code, Code::log_damaged);
}

TEST(ShardRunner, SendsOneTickForATimerHoweverLateTheCommit) {
  OneShard one;
  RunnerOptions options;
  options.commit_gap = std::chrono::seconds{1};
  ShardRunner runner{0, *one.log, *one.task, one.watch, one.clock, options};
  ProcessSettings settings;
  settings.inactivity_micros = 1'000;
  Event event;
  event.process = "p0";
  event.case_id = "c";
  event.activity = "a";
  event.timestamp = one.clock.now();
  event.id = "1";
  event.source = "s";
  one.append(log::Kind::settings, encode(SettingsChange{"p0", settings}));
  one.append(log::Kind::event, event_record(event).value);
  ASSERT_TRUE(runner.step());
  ASSERT_TRUE(runner.finish());
  for (int i = 0; i < 20; ++i) {
    one.clock.advance(std::chrono::milliseconds{2});
    ASSERT_TRUE(runner.step());
    ASSERT_TRUE(one.log->commit_pending());
  }
  EXPECT_EQ(*one.log->end_offset("w", 0), 3U);
}

TEST(ShardRunner, CommitsForWhoWaitsAlthoughItIsBehind) {
  OneShard one;
  RunnerOptions options;
  options.batch_bytes = 1;  // a record a step, so that it never catches up
  ShardRunner runner{0, *one.log, *one.task, one.watch, one.clock, options};
  for (std::int64_t time = 1; time <= 200; ++time) one.append(log::Kind::tick, encode(Tick{time}));
  const auto step = [&] {
    one.clock.advance(std::chrono::milliseconds{100});
    ASSERT_TRUE(runner.step());
  };
  for (int i = 0; i < 80; ++i) step();  // by now it commits every 3.2 s
  std::optional<bool> told;
  one.watch.when_included("w", {{{0, 85}}}, one.clock.steady() + std::chrono::seconds{2}, [&](bool in) { told = in; });
  for (int i = 0; i < 20 && !told; ++i) {
    step();
    one.watch.expire(one.clock.steady());
  }
  EXPECT_EQ(told, true);
}

TEST(ShardRunner, CommitsNoSoonerForWhoWaitsForWhatItHasNotReached) {
  OneShard one;
  RunnerOptions options;
  options.batch_bytes = 1;
  ShardRunner runner{0, *one.log, *one.task, one.watch, one.clock, options};
  for (std::int64_t time = 1; time <= 200; ++time) one.append(log::Kind::tick, encode(Tick{time}));
  const auto steps = [&](int count) {
    const std::uint64_t before = one.task->counters().commits;
    for (int i = 0; i < count; ++i) {
      one.clock.advance(std::chrono::milliseconds{100});
      EXPECT_TRUE(runner.step());
    }
    return one.task->counters().commits - before;
  };
  steps(80);
  one.watch.when_included("w", {{{0, 200}}}, one.clock.steady() + std::chrono::minutes{1}, [](bool) {});
  EXPECT_LE(steps(64), 2U);
}

}  // namespace
}  // namespace weir::runtime
