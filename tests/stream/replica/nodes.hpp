// Nodes by hand: one that has a shard (or thinks so) and publishes its views, and one that shows them.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "state/format/keys.hpp"
#include "state/memory/memory_store.hpp"
#include "stream/feed/change_channel.hpp"
#include "stream/operators/operators.hpp"
#include "stream/replica/publisher.hpp"
#include "stream/replica/replica.hpp"
#include "stream/replica/rows.hpp"
#include "stream/runtime/task.hpp"
#include "tests/stream/replica/memory_topic.hpp"
#include "tests/support/answers.hpp"
#include "tests/support/fake_block.hpp"
#include "tests/support/history.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/random_records.hpp"
#include "tests/support/told_changes.hpp"

namespace weir::replica {

/// The hash of all rows of views that the reader holds of the workspace "w".
inline std::string rows_of(const store::Reader& reader) {
  const format::Scope scope{"w"};
  std::string text;
  for (const std::string& prefix :
       {scope.progress(), scope.sweeps(), scope.processes(), scope.names("p0"), scope.cells("p0")}) {
    for (const auto& [rest, value] : support::content_of(reader, prefix)) {
      text.append(std::to_string(rest.size())).append(rest);
      text.append(std::to_string(value.size())).append(value);
    }
    text.append(1, '.');
  }
  return to_hex(hash128(text));
}

/// Limits small enough that a history of a few hundred records meets them all.
inline PublisherOptions small_options(const std::string& address) {
  PublisherOptions options;
  options.address = address;
  options.piece_bytes = 600;
  options.flight_bytes = 4'000;
  options.batch_bytes_max = 60'000;
  options.bytes_per_second = std::size_t{1} << 20;
  options.gap = std::chrono::milliseconds{20};
  options.heartbeat = std::chrono::milliseconds{100};
  options.claim_gap = std::chrono::milliseconds{500};
  options.retire_gap = std::chrono::milliseconds{200};
  return options;
}

/// A task with its store; what each commit left of the views goes into `committed`.
class OwnerNode {
 public:
  OwnerNode(std::string address, const MemoryTopic& views, const ManualClock& clock, std::set<std::string>& committed)
      : topic(views.of_another_node()), address_(std::move(address)), clock_(clock), committed_(committed) {
    committed_.insert(rows_of(*store_));
    open_task();
  }

  /// As Exchange::own() does; the task goes on from what was committed.
  void own(Replica* replica) {
    state_ = std::make_shared<PublishedStore>(store_, [] {}, 6'000);
    open_task();
    const auto obsolete = [replica](std::uint64_t generation, const std::string& after) {
      return replica != nullptr ? replica->obsolete(generation, after)
                                : Result<std::vector<std::string>>{std::vector<std::string>{}};
    };
    publisher = std::make_unique<Publisher>(
        0, *topic, clock_, small_options(address_),
        Publisher::Source{state_, [] { return std::uint64_t{7}; }, [] { return Result<bool>{true}; }, obsolete}, [] {});
  }
  void open_task() {
    runtime::TaskOptions options;
    options.sweep_cases_max = 2;
    store::Store& state = state_ ? static_cast<store::Store&>(*state_) : *store_;
    task_ = *runtime::Task::open(state, operators_, support::test_fingerprint, options);
  }
  /// True: there is more of the history.
  bool take(const support::History& history, std::size_t count) {
    const std::size_t from = *task_->next_offset("w");
    const std::size_t to = std::min(from + count, history.records().size());
    const auto first = history.records().begin();
    const support::FakeBlock block{
        from,
        support::History::first_time,
        {first + static_cast<std::ptrdiff_t>(from), first + static_cast<std::ptrdiff_t>(to)}};
    EXPECT_TRUE(task_->process("w", block).ok());
    return to < history.records().size();
  }
  void take(const std::vector<Event>& events) {
    std::vector<log::Record> records;
    for (const Event& event : events) records.push_back(support::event_record(event));
    const support::FakeBlock block{*task_->next_offset("w"), support::History::first_time, std::move(records)};
    EXPECT_TRUE(task_->process("w", block).ok());
  }
  void refill() { ASSERT_TRUE(task_->refill_extremes().ok()); }
  void commit() {
    ASSERT_TRUE(task_->commit().ok());
    committed_.insert(rows_of(*store_));
  }
  bool sweep() {
    EXPECT_TRUE(task_->advance_sweeps().ok());  // which commits first
    committed_.insert(rows_of(*store_));
    return task_->has_sweeps();
  }
  void take_all(const support::History& history) {
    while (take(history, 50)) {
    }
    while (sweep()) commit();
    refill();
    commit();
  }
  std::shared_ptr<const store::Snapshot> snapshot() const { return store_->snapshot(); }
  std::string answers() const { return to_hex(hash128(support::read_answers({snapshot()}, "w", "p0", operators_))); }

  std::unique_ptr<MemoryTopic> topic;
  std::unique_ptr<Publisher> publisher;

 private:
  const std::string address_;
  const ManualClock& clock_;
  std::set<std::string>& committed_;
  const dataflow::Operators operators_ = operators::all();
  const std::shared_ptr<memory::MemoryStore> store_ = std::make_shared<memory::MemoryStore>();
  std::shared_ptr<PublishedStore> state_;
  std::unique_ptr<runtime::Task> task_;
};

/// A replica with what it tells.
class ShowingNode {
 public:
  ShowingNode(MemoryTopic& topic, const ManualClock& clock) : topic_(topic), clock_(clock) { restart(); }

  /// As when its process is killed.
  void restart() {
    replica.reset();
    follower.reset();
    mirror = std::make_unique<memory::MemoryStore>();
    changes = std::make_unique<feed::ChangeChannel>(1);
    watch = std::make_unique<runtime::CommitWatch>();
    ReplicaOptions options;
    options.piece_bytes = 900;
    options.reading_gap = std::chrono::milliseconds{300};
    replica = std::make_unique<Replica>(
        0, topic_, *mirror, clock_, Replica::Listeners{watch.get(), changes->sinks().front()}, [] {}, options);
    EXPECT_TRUE(replica->tell(true));
    follower = changes->follow("w", "p0", [] {});
  }
  bool step() {
    const auto stepped = replica->step();
    EXPECT_TRUE(stepped.ok());
    return *stepped;
  }
  std::pair<feed::Changes, std::shared_ptr<const store::Snapshot>> look() {
    return follower->take(0, [this] { return replica->snapshot(); });
  }
  std::string answers() const {
    return to_hex(hash128(support::read_answers({replica->snapshot()}, "w", "p0", operators_)));
  }

  std::unique_ptr<memory::MemoryStore> mirror;
  std::unique_ptr<feed::ChangeChannel> changes;
  std::unique_ptr<runtime::CommitWatch> watch;
  std::unique_ptr<Replica> replica;
  std::unique_ptr<feed::ChangeChannel::Follower> follower;

 private:
  MemoryTopic& topic_;
  const ManualClock& clock_;
  const dataflow::Operators operators_ = operators::all();
};

}  // namespace weir::replica
