#include "stream/runtime/shard_runner.hpp"

#include <gtest/gtest.h>

#include "schemas/codec/event_json.hpp"
#include "state/memory/memory_store.hpp"
#include "stream/log/embedded_log.hpp"
#include "stream/operators/operators.hpp"
#include "tests/support/answers.hpp"
#include "tests/support/event_at.hpp"
#include "tests/support/fake_block.hpp"
#include "tests/support/history.hpp"
#include "tests/support/manual_clock.hpp"

namespace weir::runtime {
namespace {

using namespace support;

bool is_poison(std::int64_t ended) { return ended % 7 == 3; }

/// An operator with a fault: it throws at certain events.
class Poisoned final : public dataflow::Operator {
 public:
  void apply(const dataflow::CaseChange& change, dataflow::Views&) const override {
    for (const dataflow::Step& step : change.added) {
      if (is_poison(step.ended)) throw std::runtime_error("cannot take this");
    }
    if (never_gone && change.after == nullptr) throw std::runtime_error("cannot let go of this");
  }
  bool relabel(const dataflow::Relabel&, dataflow::CellKey&, dataflow::Cell&) const override { return false; }
  bool never_gone = false;  // throws when a case goes, too
};

dataflow::Operators with_poison(bool never_gone = false) {
  dataflow::Operators all = operators::all();
  auto poisoned = std::make_unique<Poisoned>();
  poisoned->never_gone = never_gone;
  all.insert(all.begin() + 1, std::move(poisoned));
  return all;
}

/// A log of one partition, and a shard that reads it.
struct OneShard {
  explicit OneShard(dataflow::Operators with = operators::all()) : operators(std::move(with)) {
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
  const dataflow::Operators operators;
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
  one.append(log::Kind::settings, encode(SettingsChange{"p0", settings}));
  one.append(log::Kind::event, event_record(event_at(to_micros(one.clock.now()))).value);
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

TEST(ShardRunner, CommitsWhereItHasCaughtUp) {
  OneShard one;
  RunnerOptions options;
  options.batch_bytes = 1;
  ShardRunner runner{0, *one.log, *one.task, one.watch, one.clock, options};
  for (std::int64_t time = 1; time <= 200; ++time) one.append(log::Kind::tick, encode(Tick{time}));
  const auto steps = [&](int count) {
    for (int i = 0; i < count; ++i) {
      one.clock.advance(std::chrono::milliseconds{10});
      ASSERT_TRUE(runner.step());
    }
  };
  steps(199);
  EXPECT_EQ(one.task->counters().commits, 0U);
  steps(1);
  EXPECT_EQ(one.watch.committed_offset(0, "w"), 200U);
  one.append(log::Kind::tick, encode(Tick{201}));
  steps(1);
  EXPECT_EQ(one.watch.committed_offset(0, "w"), 201U);  // a lone record at once
}

/// A follower of nothing, with whom a commit takes 20 ms.
class SlowCommits final : public ChangeSink {
 public:
  explicit SlowCommits(ManualClock& clock) : clock_(clock) {}
  void begin() override {}
  bool follows(std::string_view, std::string_view) const override { return false; }
  void gather(std::string_view, std::string_view, const ProcessChanges&) override {}
  Result<void> publish(const std::function<Result<void>()>& write) override {
    clock_.advance(std::chrono::milliseconds{20});
    return write();
  }
  bool followed() const override { return false; }

 private:
  ManualClock& clock_;
};

TEST(ShardRunner, SpendsASmallShareOfItsTimeOnCommits) {
  OneShard one;
  SlowCommits slow{one.clock};
  one.task->tell(slow);
  ShardRunner runner{0, *one.log, *one.task, one.watch, one.clock};
  for (std::int64_t time = 1; time <= 300; ++time) {
    one.append(log::Kind::tick, encode(Tick{time}));
    one.clock.advance(std::chrono::milliseconds{10});
    ASSERT_TRUE(runner.step());
  }
  EXPECT_GE(one.task->counters().commits, 8U);  // 3 s and 20 ms for each; one every 16 × 20 ms
  EXPECT_LE(one.task->counters().commits, 10U);
  ASSERT_TRUE(runner.next_step());
  EXPECT_LE(*runner.next_step(), one.clock.steady() + RunnerOptions{}.commit_interval);
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

TEST(ShardRunner, AFloodOfOneWorkspaceHoldsTheOthersUpByAStepEach) {
  OneShard one;
  RunnerOptions options;
  options.batch_bytes = 4'096;
  ShardRunner runner{0, *one.log, *one.task, one.watch, one.clock, options};
  // Two that flood, on both sides of the one that does not.
  for (const char* workspace : {"v", "w", "x"}) ASSERT_TRUE(one.log->ensure_workspace(workspace));
  const auto append = [&](const char* workspace, std::int64_t time) {
    const log::Record record{log::Kind::event, event_record(event_at(time)).value};
    ASSERT_TRUE(one.log->append(workspace, {{0, record}}, [](const auto&) {}));
    ASSERT_TRUE(one.log->commit_pending());
  };
  for (std::int64_t time = 0; time < 3'000; ++time) {
    append("v", time);
    append("x", time);
  }
  for (std::int64_t time = 1; time <= 50; ++time) {
    append("w", time);
    std::optional<bool> told;
    one.watch.when_included("w", {{{0, static_cast<std::uint64_t>(time)}}}, one.clock.steady() + std::chrono::hours{1},
                            [&](bool in) { told = in; });
    // Its turn comes after each of the two; the commit for who waits, after 400 ms at most.
    for (int steps = 0; steps < 3 + 4 && !told; ++steps) {
      one.clock.advance(std::chrono::milliseconds{100});
      ASSERT_TRUE(runner.step());
    }
    ASSERT_EQ(told, true) << time;
  }
  EXPECT_GT(runner.lag(), 1'000U);  // the flood was there all the time
}

/// Until the shard has taken and committed the whole log.
void run_to_end(OneShard& one, ShardRunner& runner) {
  bool more = true;
  for (int i = 0; i < 10'000 && (more || one.task->dirty()); ++i) {
    one.clock.advance(std::chrono::milliseconds{10});
    const auto stepped = runner.step();
    ASSERT_TRUE(stepped) << stepped.error().detail;
    more = *stepped;
  }
}

TEST(ShardRunner, CommitsBeforeTheTaskHoldsMoreThanItMay) {
  OneShard one;
  TaskOptions small;
  small.cache_bytes = 100'000;
  small.held_bytes_max = 200'000;
  one.task = *Task::open(one.store, one.operators, test_fingerprint, small);
  RunnerOptions options;
  options.batch_bytes = 1;  // a record a step, so that it never catches up
  ShardRunner runner{0, *one.log, *one.task, one.watch, one.clock, options};
  for (std::int64_t i = 0; i < 200; ++i) {
    Event event = event_at(i, std::to_string(i));
    event.attributes.push_back({"text", '"' + std::string(10'000, 'x') + '"'});
    one.append(log::Kind::event, event_record(event).value);
  }
  ASSERT_TRUE(runner.step());  // the first commit is due at once
  for (int i = 1; i < 199; ++i) {
    ASSERT_TRUE(runner.step());  // no time passes
    ASSERT_FALSE(one.task->must_commit());
  }
  EXPECT_GE(one.task->counters().commits, 8U);
  EXPECT_LE(one.task->counters().commits, 30U);
}

TEST(ShardRunner, HoldsTicksWhileTheWallClockHasJumpedAhead) {
  OneShard one;
  ShardRunner runner{0, *one.log, *one.task, one.watch, one.clock};
  ProcessSettings settings;
  settings.inactivity_micros = 60'000'000;
  one.append(log::Kind::settings, encode(SettingsChange{"p0", settings}));
  one.append(log::Kind::event, event_record(event_at(to_micros(one.clock.now()))).value);
  run_to_end(one, runner);
  const auto records_after_a_step = [&] {
    EXPECT_TRUE(runner.step());
    EXPECT_TRUE(one.log->commit_pending());
    return *one.log->end_offset("w", 0);
  };
  const Time before = one.clock.now();
  one.clock.set_wall(before + std::chrono::minutes{10});
  EXPECT_EQ(records_after_a_step(), 2U);
  EXPECT_TRUE(runner.ticks_held());
  ASSERT_TRUE(runner.next_step().has_value());  // to look again; not at once, though a timer is due by that clock
  EXPECT_EQ(*runner.next_step() - one.clock.steady(), Clock::Steady{std::chrono::seconds{1}});
  one.clock.set_wall(before);
  EXPECT_EQ(records_after_a_step(), 2U);
  EXPECT_FALSE(runner.ticks_held());
  one.clock.advance(std::chrono::minutes{10});  // time that has passed is no jump
  EXPECT_EQ(records_after_a_step(), 3U);
}

TEST(ShardRunner, LetsTicksGoOnOnceTheJumpIsConfirmedByASecondSource) {
  OneShard one;
  ShardRunner runner{0, *one.log, *one.task, one.watch, one.clock};
  ProcessSettings settings;
  settings.inactivity_micros = 60'000'000;
  one.append(log::Kind::settings, encode(SettingsChange{"p0", settings}));
  one.append(log::Kind::event, event_record(event_at(to_micros(one.clock.now()))).value);
  run_to_end(one, runner);
  one.clock.set_wall(one.clock.now() + std::chrono::hours{10});
  ASSERT_TRUE(runner.step());
  EXPECT_TRUE(runner.ticks_held());
  one.clock.confirm_wall(true);
  ASSERT_TRUE(runner.step());
  EXPECT_FALSE(runner.ticks_held());
  ASSERT_TRUE(one.log->commit_pending());
  EXPECT_EQ(*one.log->end_offset("w", 0), 3U);  // the tick
  one.clock.confirm_wall(false);
  one.clock.advance(std::chrono::hours{1});
  ASSERT_TRUE(runner.step());
  EXPECT_FALSE(runner.ticks_held());  // what was confirmed stays so
  one.clock.set_wall(one.clock.now() + std::chrono::minutes{6});
  ASSERT_TRUE(runner.step());
  EXPECT_TRUE(runner.ticks_held());
}

std::vector<DeadLetter> dead_letters_of(const OneShard& one) {
  const std::string prefix = format::Scope{"w"}.dead_letters();
  std::vector<DeadLetter> letters;
  EXPECT_TRUE(one.store.scan(prefix, store::end_of_prefix(prefix), [&](std::string_view, std::string_view value) {
    letters.push_back(*decode_dead_letter(value));
    return true;
  }));
  return letters;
}

/// What the log leaves without the events that the operator throws at. `values`: that of each record, by offset.
std::string answers_without_poison(const OneShard& one, std::vector<std::string>& values) {
  PartitionModel model{"w"};
  const auto blocks = *one.log->read("w", 0, 0, std::size_t{1} << 30);
  for (const auto& block : blocks) {
    for (const log::Entry& entry : block->entries()) {
      values.emplace_back(entry.value);
      bool poison = false;
      if (entry.kind == log::Kind::event) {
        poison = is_poison(to_micros(decode_stored_event(entry.value, block->append_time())->timestamp));
      }
      model.take(entry.offset, block->append_time(), poison ? log::Kind::redacted : entry.kind, entry.value);
    }
  }
  return batch_answers({model.outcome("p0")}, operators::all());
}

TEST(ShardRunner, MakesADeadLetterOfTheEventOnWhichAnOperatorFailsAndGoesOn) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const History history{seed, {}};
    OneShard one{with_poison()};
    one.clock.set_wall(History::first_time);
    RunnerOptions options;
    options.batch_bytes = seed % 2 == 0 ? 1'000 : 1'000'000;
    ShardRunner runner{0, *one.log, *one.task, one.watch, one.clock, options};
    std::mt19937_64 random{seed};
    for (const log::Record& record : history.records()) {
      one.append(record.kind, record.value);
      if (random() % 30 == 0) run_to_end(one, runner);
    }
    run_to_end(one, runner);
    std::vector<std::string> values;
    const std::string expected = answers_without_poison(one, values);
    ASSERT_EQ(read_answers({one.store.snapshot()}, "w", "p0", one.operators), expected) << "seed " << seed;
    for (const DeadLetter& letter : dead_letters_of(one)) {
      if (letter.code != Code::operator_error) continue;
      ASSERT_EQ(letter.detail, "cannot take this");
      ASSERT_EQ(letter.bytes, values[letter.offset]);
    }
  }
}

TEST(ShardRunner, BlamesOneEventOfManyAndKeepsItAsItCame) {
  OneShard one{with_poison()};
  ShardRunner runner{0, *one.log, *one.task, one.watch, one.clock};
  std::string poison;
  std::vector<log::Addressed> records;
  for (std::int64_t i = 0; i < 1'000; ++i) {
    records.push_back({0, event_record(event_at(i == 600 ? 7'003 : 7 * i, std::to_string(i % 10)))});
    if (i == 600) poison = records.back().record.value;
  }
  ASSERT_TRUE(one.log->append("w", records, [](const auto&) {}));
  ASSERT_TRUE(one.log->commit_pending());
  run_to_end(one, runner);
  const auto letters = dead_letters_of(one);
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters.front().offset, 600U);
  EXPECT_EQ(letters.front().code, Code::operator_error);
  EXPECT_EQ(letters.front().bytes, poison);
  EXPECT_EQ(one.task->counters().accepted, 999U);
  EXPECT_EQ(one.task->counters().refused, 1U);
  EXPECT_GT(one.task->counters().roll_backs, 1U);

  // A replay of it fails again and leaves it where it is; the next event is taken as ever.
  one.append(log::Kind::replay, encode(Replay{600}));
  one.append(log::Kind::event, records.front().record.value);
  run_to_end(one, runner);
  EXPECT_EQ(dead_letters_of(one).size(), 1U);
  EXPECT_EQ(one.task->counters().duplicates, 1U);
}

TEST(ShardRunner, StopsWhenAnOperatorFailsOnAnErasureForThatMayNotBeLeftOut) {
  OneShard one{with_poison(true)};
  ShardRunner runner{0, *one.log, *one.task, one.watch, one.clock};
  one.append(log::Kind::event, event_record(event_at(1)).value);
  run_to_end(one, runner);
  one.append(log::Kind::event, event_record(event_at(2)).value);
  one.append(log::Kind::erase, encode(Erasure{"p0", test_fingerprint("w", "p0", "c"), "c"}));
  Result<bool> stepped{true};
  for (int i = 0; i < 20 && stepped; ++i) {
    one.clock.advance(std::chrono::milliseconds{10});
    stepped = runner.step();
  }
  ASSERT_FALSE(stepped);
  EXPECT_EQ(stepped.error().code, Code::operator_error);
  EXPECT_EQ(*one.task->next_offset("w"), 2U);
}

}  // namespace
}  // namespace weir::runtime
