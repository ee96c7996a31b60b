// What thresholds are judged by, of a few cases over two shards that can be counted by hand.
#include "stream/feed/measures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "state/memory/memory_store.hpp"
#include "stream/operators/operators.hpp"
#include "stream/runtime/case_alerts.hpp"
#include "stream/runtime/task.hpp"
#include "tests/support/fake_block.hpp"
#include "tests/support/history.hpp"

namespace weir::feed {
namespace {

using namespace support;
using std::chrono::minutes;
using testing::Optional;

constexpr std::string_view promises = R"({
  "metrics": {"answer": {"start": {"path": "activity", "op": "eq", "value": "asked"},
                         "stop": {"path": "activity", "op": "eq", "value": "answered"}}},
  "targets": [{"name": "all", "promises": {"answer": "10m"}}]})";

Time at(int minute) { return Time{std::chrono::hours{400'000} + minutes{minute}}; }

class MeasuresTest : public testing::Test {
 protected:
  struct Shard {
    memory::MemoryStore store;
    std::unique_ptr<runtime::Task> task;
    std::uint64_t next = 0;
  };

  MeasuresTest() {
    for (Shard& one : shards_) one.task = *runtime::Task::open(one.store, operators_, test_fingerprint);
    documents::Change change{documents::Kind::sla_policy, "promises", {at(-100), {}}};
    change.version.body = std::string{promises};
    for (std::size_t i = 0; i < 2; ++i) {
      take(i, {{log::Kind::document, documents::encode(change)},
               {log::Kind::tick, runtime::encode(runtime::Tick{to_micros(at(-50))})}});
    }
    // asked, answered in time; asked, asked again and answered late; asked alone
    take(0, {event("a", "asked", 0), event("a", "answered", 4)});
    take(0, {event("b", "asked", 1), event("b", "asked", 3), event("b", "answered", 23)});
    take(1, {event("c", "asked", 30)});
    for (std::size_t i = 0; i < 2; ++i) {
      take(i, {{log::Kind::tick, runtime::encode(runtime::Tick{to_micros(at(60))})}});
    }
  }

  void take(std::size_t shard, std::vector<log::Record> records) {
    Shard& one = shards_[shard];
    const std::size_t count = records.size();
    const FakeBlock block{one.next, at(0), std::move(records)};
    ASSERT_TRUE(one.task->process("w", block).ok());
    one.next += count;
    ASSERT_TRUE(one.task->commit().ok());
  }
  log::Record event(const std::string& case_id, const std::string& activity, int minute) {
    Event event;
    event.process = "p";
    event.case_id = case_id;
    event.activity = activity;
    event.timestamp = at(minute);
    event.id = std::to_string(++ids_);
    event.source = "s";
    return event_record(event);
  }
  Snapshots snapshots() const { return {shards_[0].store.snapshot(), shards_[1].store.snapshot()}; }

  /// As of the 60th minute.
  std::optional<double> value(const std::string& members) {
    std::optional<thresholds::Threshold> threshold;
    const std::string text = R"({"process": "p", "op": "gt", )" + members + '}';
    const auto faults =
        read_document(text, [&](const DocumentNode& node) { threshold = thresholds::read_threshold(node); });
    EXPECT_TRUE(faults && threshold) << text << (faults && !faults->empty() ? faults->front().detail : "");
    if (!threshold) return std::nullopt;
    const Reading reading = reading_of(*threshold, at(60));
    auto view = reading.filter.takes_all() ? read_view(snapshots(), "w", "p", operators_, reading.tables)
                                           : scan_view(snapshots(), "w", "p", operators_, reading.filter, true);
    EXPECT_TRUE(view.ok());
    return measured(*threshold, **view);
  }
  std::optional<double> count(const std::string& measure, const std::string& more = "") {
    return value(R"("value": 1, "measure": ")" + measure + '"' + more);
  }
  std::optional<double> time(const std::string& measure, const std::string& statistic, const std::string& more = "") {
    return value(R"("value": "1s", "measure": ")" + measure + R"(", "statistic": ")" + statistic + '"' + more);
  }

  const dataflow::Operators operators_ = operators::all();
  std::array<Shard, 2> shards_;
  int ids_ = 0;
};

TEST_F(MeasuresTest, CountsOverAllShards) {
  EXPECT_THAT(count("events"), Optional(6));
  EXPECT_THAT(count("cases"), Optional(3));
  EXPECT_THAT(count("running"), Optional(3));
  EXPECT_THAT(count("completed"), Optional(0));
  EXPECT_THAT(count("refused"), Optional(0));
  EXPECT_THAT(count("events", R"(, "activity": "asked")"), Optional(4));
  EXPECT_THAT(count("cases", R"(, "activity": "answered")"), Optional(2));
  EXPECT_THAT(count("events", R"(, "activity": "never heard of")"), Optional(0));
  EXPECT_THAT(count("traversals", R"(, "from": "asked", "to": "answered")"), Optional(2));
  EXPECT_THAT(count("cases", R"(, "from": "asked", "to": "asked")"), Optional(1));
  EXPECT_THAT(count("cases", R"(, "from": "answered", "to": "asked")"), Optional(0));
}

TEST_F(MeasuresTest, TellsTimesInSeconds) {
  EXPECT_THAT(time("cycle_time", "max"), Optional(22 * 60));
  EXPECT_THAT(time("cycle_time", "mean"), Optional((4 + 22 + 0) * 60 / 3.0));
  EXPECT_THAT(time("cycle_time", "min"), Optional(0));
  const std::string edge = R"(, "from": "asked", "to": "answered")";
  EXPECT_THAT(time("waiting_time", "mean", edge), Optional(12 * 60));
  EXPECT_THAT(time("waiting_time", "min", edge), Optional(4 * 60));
  EXPECT_THAT(time("waiting_time", "p95", edge), Optional(testing::DoubleNear(20 * 60, 12)));
  EXPECT_THAT(time("waiting_time", "max", R"(, "activity": "answered")"), Optional(20 * 60));
  EXPECT_EQ(time("waiting_time", "p95", R"(, "from": "answered", "to": "asked")"), std::nullopt);
}

TEST_F(MeasuresTest, TellsShares) {
  EXPECT_THAT(value(R"("value": 1, "measure": "rework_share")"), Optional(1 / 3.0));
  EXPECT_THAT(value(R"("value": 1, "measure": "rework_share", "activity": "answered")"), Optional(0));
  EXPECT_EQ(value(R"("value": 1, "measure": "rework_share", "activity": "never")"), std::nullopt);
}

TEST_F(MeasuresTest, TellsHowPromisesAreKept) {
  EXPECT_THAT(value(R"("value": 1, "measure": "sla_met_share", "policy": "promises")"), Optional(0.5));
  EXPECT_THAT(
      value(R"("value": 1, "measure": "sla_breached", "policy": "promises", "metric": "answer", "target": "all")"),
      Optional(2));
  EXPECT_EQ(value(R"("value": 1, "measure": "sla_met_share", "policy": "promises", "metric": "other")"), std::nullopt);
  EXPECT_EQ(value(R"("value": 1, "measure": "sla_met_share", "policy": "other")"), std::nullopt);
}

TEST_F(MeasuresTest, LooksBackOverSomeTimeAlone) {
  EXPECT_THAT(count("arrivals", R"(, "last": "30m")"), Optional(1));
  EXPECT_THAT(count("arrivals", R"(, "last": "59m")"), Optional(2));
  EXPECT_THAT(count("events", R"(, "last": "57m")"), Optional(4));
  EXPECT_THAT(count("cases", R"(, "last": "40m")"), Optional(2)) << "cases whose last event lies in it";
  EXPECT_THAT(time("cycle_time", "max", R"(, "last": "40m")"), Optional(22 * 60)) << "of whole cases";
  EXPECT_THAT(count("traversals", R"(, "from": "asked", "to": "answered", "last": "57m")"), Optional(1));
  EXPECT_THAT(value(R"("value": 1, "measure": "sla_met_share", "policy": "promises", "last": "40m")"), Optional(0));
}

TEST_F(MeasuresTest, CountsDeadLetters) {
  const auto count = [this](std::optional<Time> since) { return *count_dead_letters(snapshots(), "w", since); };
  EXPECT_EQ(count(std::nullopt), 0U);
  take(0, {{log::Kind::event, "not JSON"}});
  take(1, {{log::Kind::event, "not JSON"}, {log::Kind::event, "neither"}});
  EXPECT_EQ(count(std::nullopt), 3U);
  EXPECT_EQ(count(at(0)), 3U);
  EXPECT_EQ(count(at(1)), 0U) << "they came at the minute 0";
  EXPECT_THAT(this->count("refused"), Optional(0)) << "nobody knows which process they are of";
}

TEST_F(MeasuresTest, CountsTargetsThatWereTriedInVain) {
  const format::Scope scope{"w"};
  const auto wait_for = [&](std::size_t shard, const std::string& target, const std::string& case_id, int attempts) {
    runtime::OutboxRow row{"p", case_id, {"rule/r/1", {"rule/r/1/fired/x", target, 0, true, at(0)}, {}, "effect"}};
    row.announcement.progress.attempts = static_cast<std::uint32_t>(attempts);
    row.announcement.progress.wait = attempts > 0 ? Duration{minutes{1}} : Duration{};
    store::Batch batch;
    batch.put(scope.outbox(target, attempts, "p", case_id, "rule/r/1"), runtime::encode(row));
    ASSERT_TRUE(shards_[shard].store.write(batch, store::Durability::buffered).ok());
  };
  wait_for(0, "fresh", "a", 0);
  EXPECT_EQ(*count_failing_targets(snapshots(), "w"), 0U);
  wait_for(0, "down", "a", 0);
  wait_for(0, "down", "b", 2);
  wait_for(1, "down", "c", 1);
  wait_for(1, "gone", "c", 3);
  EXPECT_EQ(*count_failing_targets(snapshots(), "w"), 2U);
}

}  // namespace
}  // namespace weir::feed
