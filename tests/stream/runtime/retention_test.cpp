// Thirty days of a process that keeps its complete cases for two, in virtual time.
#include <gtest/gtest.h>

#include "schemas/codec/event_json.hpp"
#include "state/memory/memory_store.hpp"
#include "stream/log/embedded_log.hpp"
#include "stream/operators/operators.hpp"
#include "stream/runtime/shard_runner.hpp"
#include "tests/support/answers.hpp"
#include "tests/support/fake_block.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/model.hpp"
#include "tests/support/random_records.hpp"

namespace weir::runtime {
namespace {

constexpr int days = 30;
constexpr int cases_a_day = 24;
constexpr std::int64_t second_micros = 1'000'000;

std::size_t bytes_in(const store::Store& store, const std::string& prefix = {}) {
  std::size_t bytes = 0;
  EXPECT_TRUE(store.scan(prefix, store::end_of_prefix(prefix), [&](std::string_view key, std::string_view value) {
    bytes += key.size() + value.size();
    return true;
  }));
  return bytes;
}

class ThirtyDays : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(log_->ensure_workspace("w")); }
  void keep_for_two_days(bool archives) {
    ProcessSettings settings;
    settings.end_activities = {"done"};
    settings.inactivity_micros = std::int64_t{86'400} * second_micros;  // half of the cases end by silence
    settings.retain_micros = std::int64_t{2} * 86'400 * second_micros;
    settings.archives = archives;
    append(log::Kind::settings, encode(SettingsChange{"p0", settings}));
  }
  void append(log::Kind kind, std::string value) {
    model_.take(records_++, clock_.now(), kind, value);
    ASSERT_TRUE(log_->append("w", {{0, {kind, std::move(value)}}}, [](const auto&) {}));
    ASSERT_TRUE(log_->commit_pending());
  }
  void one_case(int number) {
    for (const char* activity : {"open", "check", number % 2 == 0 ? "done" : "wait"}) {
      clock_.advance(std::chrono::minutes{1});
      Event event;
      event.process = "p0";
      event.case_id = "c" + std::to_string(number);
      event.activity = activity;
      event.timestamp = clock_.now();
      event.id = activity;
      event.source = "s";
      event.resource = "r" + std::to_string(number % 3);
      append(log::Kind::event, support::event_record(event).value);
    }
  }
  /// `measure` is told of each day's end, at which the log is trimmed as by a daily checkpoint of which one is kept.
  void live(const std::function<void()>& measure) {
    std::uint64_t yesterday = 0;
    for (int day = 0; day < days; ++day) {
      for (int hour = 0; hour < cases_a_day; ++hour) {
        one_case(day * cases_a_day + hour);
        clock_.advance(std::chrono::minutes{57});
        work();
      }
      ASSERT_TRUE(log_->trim("w", 0, std::exchange(yesterday, *task_->next_offset("w"))));
      measure();
    }
    ASSERT_TRUE(runner_.finish());
  }
  void check(const support::Outcome& outcome) {
    const std::string expected = support::batch_answers({outcome}, operators_);
    EXPECT_TRUE(support::read_answers({store_.snapshot()}, "w", "p0", operators_) == expected);
    EXPECT_TRUE(support::scanned_answers({store_.snapshot()}, "w", "p0", operators_) == expected);
  }
  void work() {
    for (int i = 0; i < 5; ++i) {
      ASSERT_TRUE(runner_.step());
      clock_.advance(std::chrono::milliseconds{20});
      ASSERT_TRUE(log_->commit_pending());
      learn_ticks();
    }
  }
  /// The model is told of the ticks that the runner has sent.
  void learn_ticks() {
    const std::uint64_t end = *log_->end_offset("w", 0);
    while (records_ < end) {
      const auto blocks = log_->read("w", 0, records_, 1);
      ASSERT_TRUE(blocks);
      for (const log::Entry& entry : blocks->front()->entries()) {
        if (entry.offset < records_) continue;
        model_.take(entry.offset, blocks->front()->append_time(), entry.kind, entry.value);
        records_ = entry.offset + 1;
      }
    }
  }

  memory::MemoryStore log_store_, store_;
  log::HighWaterMemory high_water_;
  ManualClock clock_;
  std::unique_ptr<log::EmbeddedLog> log_ = *log::EmbeddedLog::open(log_store_, high_water_, clock_, {.partitions = 1});
  const dataflow::Operators operators_ = operators::all();
  std::unique_ptr<Task> task_ = *Task::open(store_, operators_, support::test_fingerprint);
  CommitWatch watch_;
  ShardRunner runner_{0, *log_, *task_, watch_, clock_};
  support::PartitionModel model_{"w"};
  std::uint64_t records_ = 0;
};

/// The most of the last days against that of earlier ones.
void expect_flat(const std::vector<std::size_t>& bytes) {
  const std::size_t early = *std::max_element(bytes.begin() + 5, bytes.begin() + 10);
  const std::size_t late = *std::max_element(bytes.end() - 5, bytes.end());
  EXPECT_GT(early, 10'000U);
  EXPECT_LE(late, early + early / 50) << "grew from " << early << " to " << late << " bytes";
}

TEST_F(ThirtyDays, KeepStateAndLogFlat) {
  keep_for_two_days(false);
  std::vector<std::size_t> bytes;
  live([&] { bytes.push_back(bytes_in(store_) + bytes_in(log_store_)); });
  const support::Outcome outcome = model_.outcome("p0");
  EXPECT_GE(outcome.cases.size(), 2U * cases_a_day);
  EXPECT_LE(outcome.cases.size(), 4U * cases_a_day);
  check(outcome);
  expect_flat(bytes);
}

TEST_F(ThirtyDays, GrowByNoMoreThanTheArchiveAndTheFiguresOfEachHour) {
  keep_for_two_days(true);
  std::vector<std::size_t> bytes;
  std::size_t archived_bytes = 0;
  live([&] {
    archived_bytes = bytes_in(store_, format::Scope{"w"}.archive("p0"));
    const std::size_t cells_bytes = bytes_in(store_, format::Scope{"w"}.cells("p0"));
    bytes.push_back(bytes_in(store_) + bytes_in(log_store_) - archived_bytes - cells_bytes);
  });
  const support::Outcome outcome = model_.outcome("p0");
  ASSERT_EQ(outcome.cases.size(), static_cast<std::size_t>(days) * cases_a_day);
  EXPECT_GE(outcome.archived.size(), 26U * cases_a_day);
  check(outcome);
  expect_flat(bytes);
  const std::size_t kept_bytes = bytes_in(store_, format::Scope{"w"}.records("p0"));
  const std::size_t kept = outcome.cases.size() - outcome.archived.size();
  EXPECT_LT(archived_bytes / outcome.archived.size(), kept_bytes / kept * 6 / 10);
}

TEST(ProcessSettings, AreWrittenAsEarlierVersionsReadThemWhereTheyCan) {
  ProcessSettings settings;
  settings.end_activities = {"done"};
  settings.inactivity_micros = 7;
  EXPECT_EQ(encode(settings).front(), 1);
  EXPECT_EQ(decode_settings(encode(settings)).value(), settings);
  settings.retain_micros = 3'600'000'000;
  const std::string bytes = encode(settings);
  EXPECT_EQ(bytes.front(), 2);
  EXPECT_EQ(decode_settings(bytes).value(), settings);
  settings.archives = true;
  EXPECT_EQ(encode(settings), '\x03' + bytes.substr(1));
  EXPECT_EQ(decode_settings(encode(settings)).value(), settings);
  const auto later = decode_settings('\x04' + bytes.substr(1));
  ASSERT_FALSE(later);
  EXPECT_EQ(later.error().code, Code::state_format);
  EXPECT_NE(later.error().detail.find("version 4"), std::string::npos);
}

/// Any other tick commits on its way, where many timers are due; it is still taken then.
TEST(Retention, ATickThatCommitsOnItsWayIsTaken) {
  constexpr std::int64_t minute = 60 * second_micros, hour = 60 * minute, begin = hour * 400'000;
  memory::MemoryStore store;
  const dataflow::Operators operators = operators::all();
  TaskOptions options;
  options.cache_bytes = options.held_bytes_max = 1;
  auto task = *Task::open(store, operators, support::test_fingerprint, options);
  ProcessSettings settings;
  settings.inactivity_micros = 30 * minute;
  std::vector<log::Record> records{{log::Kind::settings, encode(SettingsChange{"p0", settings})}};
  for (int i = 0; i < 2'500; ++i) {
    Event event;
    event.process = "p0";
    event.case_id = "c" + std::to_string(i);
    event.activity = "asked";
    event.id = "e";
    event.source = "s";
    event.timestamp = from_micros(begin + minute);
    records.push_back(support::event_record(event));
  }
  for (const std::int64_t time : {2 * minute, 40 * minute}) {
    records.push_back({log::Kind::tick, encode(Tick{begin + time})});
  }
  while (*task->next_offset("w") < records.size()) {
    const auto next = static_cast<std::ptrdiff_t>(*task->next_offset("w"));
    const support::FakeBlock block{
        static_cast<std::uint64_t>(next), from_micros(begin), {records.begin() + next, records.end()}};
    ASSERT_TRUE(task->process("w", block));
    if (task->must_commit()) {
      ASSERT_TRUE(task->commit());
    }
  }
  ASSERT_TRUE(task->commit());
  task = *Task::open(store, operators, support::test_fingerprint, options);
  EXPECT_EQ(*task->next_offset("w"), records.size());
  EXPECT_EQ(task->next_due("w"), std::nullopt);
}

/// A commit on the way of the first tick of an hour would keep its time: were the tick taken again after a crash, it
/// would not be the first of its hour, and what is left would stay for another.
TEST(Retention, TheFirstTickOfAnHourCommitsNothingUntilAllThatLeaveHaveLeft) {
  constexpr std::int64_t hour = 3'600 * second_micros, begin = hour * 400'000;
  memory::MemoryStore store;
  const dataflow::Operators operators = operators::all();
  TaskOptions options;
  options.cache_bytes = options.held_bytes_max = 1;
  const auto task = *Task::open(store, operators, support::test_fingerprint, options);
  ProcessSettings settings;
  settings.end_activities = {"done"};
  settings.retain_micros = hour;
  std::vector<log::Record> records{{log::Kind::settings, encode(SettingsChange{"p0", settings})}};
  for (int i = 0; i < 2'500; ++i) {
    Event event;
    event.process = "p0";
    event.case_id = "c" + std::to_string(i);
    event.activity = "done";
    event.id = "e";
    event.source = "s";
    event.timestamp = from_micros(begin);
    records.push_back(support::event_record(event));
  }
  const auto take = [&](std::uint64_t end) {
    while (*task->next_offset("w") < end) {
      const std::uint64_t next = *task->next_offset("w");
      ASSERT_TRUE(
          task->process("w", support::FakeBlock{next, from_micros(begin), {records.begin() + next, records.end()}}));
      if (task->must_commit()) {
        ASSERT_TRUE(task->commit());
      }
    }
  };
  take(records.size());
  ASSERT_TRUE(task->commit());
  while (task->has_sweeps()) {
    ASSERT_TRUE(task->advance_sweeps());
  }
  ASSERT_TRUE(task->commit());
  const auto commits = task->counters().commits.load();
  records.push_back({log::Kind::tick, encode(Tick{begin + 5 * hour})});
  const std::uint64_t at = records.size() - 1;
  ASSERT_TRUE(task->process("w", support::FakeBlock{at, from_micros(begin), {records.back()}}));
  EXPECT_LE(task->counters().commits.load(), commits + 1) << "but for what came before it";
  ASSERT_TRUE(task->commit());
  const auto views = support::read_answers({store.snapshot()}, "w", "p0", operators);
  EXPECT_EQ(views, support::batch_answers({support::Outcome{{}, settings, {}, {}, begin + 5 * hour}}, operators));
}

}  // namespace
}  // namespace weir::runtime
