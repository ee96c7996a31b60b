// Cases without end: what a step and a commit hold in memory does not grow with them.
#include <random>

#include <gtest/gtest.h>
#include <malloc.h>

#include "state/memory/memory_store.hpp"
#include "stream/operators/operators.hpp"
#include "stream/runtime/conservation.hpp"
#include "stream/runtime/task.hpp"
#include "tests/support/answers.hpp"
#include "tests/support/event_at.hpp"
#include "tests/support/fake_block.hpp"
#include "tests/support/history.hpp"

namespace weir::runtime {
namespace {

using namespace support;

constexpr std::int64_t minute_micros = 60'000'000;

/// An operator that remembers how many steps came to it at once.
class Weighing final : public dataflow::Operator {
 public:
  void apply(const dataflow::CaseChange& change, dataflow::Views&) const override {
    most = std::max(most, change.removed.size() + change.added.size());
    all += change.removed.size() + change.added.size();
  }
  bool relabel(const dataflow::Relabel&, dataflow::CellKey&, dataflow::Cell&) const override { return false; }

  mutable std::size_t most = 0;
  mutable std::size_t all = 0;
};

class LongCases : public ::testing::Test {
 protected:
  LongCases() {
    auto weighing = std::make_unique<Weighing>();
    steps_ = weighing.get();
    operators_.push_back(std::move(weighing));
    open({});
  }

  void open(TaskOptions options) { task_ = *Task::open(store_, operators_, test_fingerprint, options); }
  /// Takes the records in, with a commit whenever the task asks for one.
  void take(std::vector<log::Record> records) {
    const FakeBlock block{next_, History::first_time, std::move(records)};
    next_ = block.end_offset();
    while (*task_->next_offset("w") < next_) {
      const std::size_t heap_bytes = ::mallinfo2().uordblks;
      const auto taken = task_->process("w", block);
      ASSERT_TRUE(taken) << taken.error().detail;
      most_grown_bytes_ = std::max(most_grown_bytes_, ::mallinfo2().uordblks - heap_bytes);
      most_held_bytes_ = std::max(most_held_bytes_, task_->held_bytes());
      if (task_->must_commit()) commit();
    }
  }
  void commit() {
    const auto committed = task_->commit();
    ASSERT_TRUE(committed) << committed.error().detail;
  }
  /// The views are what the cases say.
  void check() {
    const feed::Snapshots snapshots{store_.snapshot()};
    EXPECT_EQ(read_answers(snapshots, "w", "p0", plain_), scanned_answers(snapshots, "w", "p0", plain_));
    EXPECT_EQ(*broken_laws(store_, format::Scope{"w"}, "p0"), std::vector<std::string>{});
  }
  std::size_t cases() const {
    std::size_t count = 0;
    const std::string prefix = format::Scope{"w"}.records("p0");
    EXPECT_TRUE(store_.scan(prefix, store::end_of_prefix(prefix), [&](auto, auto) { return ++count > 0; }));
    return count;
  }
  std::vector<std::string> keys() const {
    std::vector<std::string> keys;
    EXPECT_TRUE(store_.scan({}, {}, [&](auto key, auto) { return keys.emplace_back(key).size() > 0; }));
    return keys;
  }

  memory::MemoryStore store_;
  const dataflow::Operators plain_ = operators::all();
  dataflow::Operators operators_ = operators::all();
  const Weighing* steps_ = nullptr;
  std::unique_ptr<Task> task_;
  std::uint64_t next_ = 0;
  std::size_t most_grown_bytes_ = 0;  // of the heap, while records were taken
  std::size_t most_held_bytes_ = 0;   // as the task counts it
};

/// Events of the case `c`, a minute apart, of half a minute each.
std::vector<log::Record> events(std::int64_t count) {
  std::vector<log::Record> records;
  for (std::int64_t i = 0; i < count; ++i) {
    Event event = event_at(i * minute_micros);
    event.start = from_micros(i * minute_micros - minute_micros / 2);
    event.activity = std::string(1, static_cast<char>('a' + i % 5));
    records.push_back(event_record(event));
  }
  return records;
}

TEST_F(LongCases, ComeToTheOperatorsInParts) {
  constexpr std::int64_t count = 20'000;
  constexpr std::size_t most = 2 * (Settling::part_steps + 2 * CaseState::piece_events_max);
  take(events(count));
  commit();
  EXPECT_GE(steps_->all, static_cast<std::size_t>(count));
  check();
  // It begins before all others and lasts longer: every step becomes another.
  Event longest = event_at(count * minute_micros);
  longest.id = "longest";
  longest.start = from_micros(-minute_micros);  // so nothing but it is in service
  const std::size_t before = steps_->all;
  take({event_record(longest)});
  commit();
  EXPECT_GE(steps_->all - before, static_cast<std::size_t>(2 * count));
  check();
  take({{log::Kind::erase, encode(Erasure{"p0", test_fingerprint("w", "p0", "c"), "c"})}});
  commit();
  EXPECT_EQ(cases(), 0U);
  EXPECT_EQ(keys().size(), 3U) << "progress, the process, the erasure";
  check();
  EXPECT_LE(steps_->most, most);
}

TEST_F(LongCases, AreTakenInNoFasterThanThereIsRoomForThem) {
  TaskOptions options;
  options.cache_bytes = 300'000;
  options.held_bytes_max = 1'000'000;
  open(options);
  std::mt19937_64 random{1};
  std::int64_t number = 0;
  for (int block = 0; block < 30; ++block) {
    std::vector<log::Record> records;
    for (int i = 0; i < 1'000; ++i) {
      Event event = event_at(static_cast<std::int64_t>(random() % 1'000'000) * minute_micros,
                             "c" + std::to_string(random() % 10));
      event.id = std::to_string(number++);
      records.push_back(event_record(event));
    }
    take(std::move(records));
    commit();
  }
  EXPECT_EQ(task_->counters().accepted, 30'000U);
  EXPECT_LE(most_held_bytes_, 1'100'000U);
  EXPECT_LE(most_grown_bytes_, 1'500'000U);  // with records that are decoded, and what malloc needs
  check();
}

TEST_F(LongCases, MayLeaveAndBeginAgainInOneCommit) {
  ProcessSettings settings;
  settings.end_activities = {"e"};
  settings.retain_micros = minute_micros;
  take({{log::Kind::settings, encode(SettingsChange{"p0", settings})}});
  take(events(1'000));
  commit();
  ASSERT_EQ(cases(), 1U);
  std::vector<log::Record> again = events(300);
  again.insert(again.begin(), {log::Kind::tick, encode(Tick{2'000 * minute_micros})});
  take(std::move(again));
  commit();
  EXPECT_EQ(task_->counters().accepted, 1'300U);
  EXPECT_EQ(task_->counters().duplicates, 0U);
  check();
  take(events(300));
  commit();
  EXPECT_EQ(task_->counters().duplicates, 300U);
  check();
}

}  // namespace
}  // namespace weir::runtime
