// Shards that come and go while events arrive, and two owners of one shard at once.
#include "stream/runtime/engine.hpp"

#include <thread>

#include <gtest/gtest.h>

#include "state/format/keys.hpp"
#include "state/memory/memory_store.hpp"
#include "stream/log/appender_thread.hpp"
#include "stream/log/embedded_log.hpp"
#include "stream/log/partitioner.hpp"
#include "stream/operators/operators.hpp"
#include "stream/runtime/control_records.hpp"
#include "tests/support/answers.hpp"
#include "tests/support/history.hpp"

namespace weir::runtime {
namespace {

using namespace support;

constexpr std::uint32_t partitions = 4;

Event event_of(int number) {
  Event event;
  event.process = "p";
  event.case_id = "c" + std::to_string(number % 23);
  event.activity = std::string(1, static_cast<char>('a' + number % 5));
  event.timestamp = from_micros(1'000'000LL * number);
  event.id = std::to_string(number);
  event.source = "s";
  return event;
}

/// A log, and engines that read it.
class Engines : public ::testing::Test {
 protected:
  Engines() { EXPECT_TRUE(log_->ensure_workspace("w")); }

  std::unique_ptr<Engine> engine() {
    return std::make_unique<Engine>(*log_, clock_, test_fingerprint, EngineOptions{},
                                    [](const Error& error) { ADD_FAILURE() << error.detail; });
  }
  /// An engine at work with all shards, new.
  std::unique_ptr<Engine> alone() {
    auto made = engine();
    for (std::uint32_t i = 0; i < partitions; ++i) {
      EXPECT_TRUE(made->open_shard(i, {std::make_shared<memory::MemoryStore>()}));
    }
    made->start();
    made->resume();
    return made;
  }
  static std::string answers(const Engine& engine, std::uint32_t shard) {
    const feed::Snapshots snapshots{engine.snapshot(shard)};
    const auto operators = operators::all();
    return read_answers(snapshots, "w", "p", operators) + scanned_answers(snapshots, "w", "p", operators);
  }
  void append(int from, int to) {
    for (int i = from; i < to; ++i) {
      const Event event = event_of(i);
      const std::uint32_t partition = log::partition_of(event.process, event.case_id, partitions);
      ASSERT_TRUE(log_->append("w", {{partition, event_record(event)}}, [](const auto&) {}));
    }
  }
  static bool soon(const std::function<bool()>& holds) {
    for (int i = 0; i < 4'000 && !holds(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds{5});
    return holds();
  }
  bool has_all(Engine& engine, std::uint32_t shard) const {
    return engine.watch().committed_offset(shard, "w") >= *log_->end_offset("w", shard);
  }

  static std::vector<std::pair<std::string, std::string>> dump(const store::Reader& store) {
    std::vector<std::pair<std::string, std::string>> all;
    EXPECT_TRUE(store.scan("", "", [&](std::string_view key, std::string_view value) {
      all.emplace_back(key, value);
      return true;
    }));
    return all;
  }

  SystemClock clock_;
  memory::MemoryStore log_store_;
  log::HighWaterMemory high_water_;
  std::unique_ptr<log::EmbeddedLog> log_ =
      *log::EmbeddedLog::open(log_store_, high_water_, clock_, {.partitions = partitions});
  log::AppenderThread appender_{*log_, [](const Error& error) { ADD_FAILURE() << error.detail; }};
};

TEST_F(Engines, AShardThatGoesTakesNothingMoreAndCanBeReadAsLongAsSomebodyDoes) {
  const auto engine = this->engine();
  const auto store = std::make_shared<memory::MemoryStore>();
  ASSERT_TRUE(engine->open_shard(1, {store}));
  engine->start();
  engine->resume();
  append(0, 200);
  ASSERT_TRUE(soon([&] { return *log_->end_offset("w", 1) > 0 && has_all(*engine, 1); }));
  EXPECT_TRUE(engine->has(1));
  EXPECT_EQ(engine->snapshot(0), nullptr);
  const auto read = engine->snapshot(1);
  const auto before = dump(*read);
  engine->rest();
  engine->close_shard(1);
  EXPECT_FALSE(engine->has(1));
  EXPECT_EQ(engine->snapshot(1), nullptr);
  EXPECT_EQ(engine->watch().committed_offset(1, "w"), 0U);
  EXPECT_TRUE(engine->status().empty());
  append(200, 400);
  std::this_thread::sleep_for(std::chrono::milliseconds{100});
  EXPECT_EQ(dump(*read), before);
  EXPECT_EQ(dump(*store), before);
  EXPECT_GT(store.use_count(), 1);  // the snapshot holds it
}

TEST_F(Engines, AShardAtRestHasCommittedAndGoesOn) {
  const auto engine = this->engine();
  for (std::uint32_t i = 0; i < partitions; ++i) {
    ASSERT_TRUE(engine->open_shard(i, {std::make_shared<memory::MemoryStore>()}));
  }
  engine->start();
  append(0, 100);
  std::this_thread::sleep_for(std::chrono::milliseconds{50});
  EXPECT_EQ(engine->watch().committed_offset(0, "w"), 0U);  // it was never resumed
  engine->resume();
  ASSERT_TRUE(soon([&] { return has_all(*engine, 0) && has_all(*engine, 3); }));
  engine->rest();
  const auto before = dump(*engine->snapshot(2));
  append(100, 200);
  std::this_thread::sleep_for(std::chrono::milliseconds{50});
  EXPECT_EQ(dump(*engine->snapshot(2)), before);
  engine->resume();
  ASSERT_TRUE(soon([&] { return has_all(*engine, 2); }));
  EXPECT_NE(dump(*engine->snapshot(2)), before);
}

/// Shards wander between two engines, each with stores of its own; the last owner of each holds what a lone one would.
TEST_F(Engines, ShardsThatWanderEndAsThoughTheyHadStayed) {
  std::array engines{engine(), engine()};
  std::array<std::array<std::shared_ptr<memory::MemoryStore>, partitions>, 2> stores;
  for (auto& of_one : stores) {
    for (auto& store : of_one) store = std::make_shared<memory::MemoryStore>();
  }
  for (auto& one : engines) one->start();
  for (int round = 0; round < 12; ++round) {
    for (std::uint32_t shard = 0; shard < partitions; ++shard) {
      const std::size_t owner = (shard + static_cast<std::uint32_t>(round) / 2) % 2, other = 1 - owner;
      if (engines[other]->has(shard)) {
        if (round % 3 == 0) engines[other]->rest();
        engines[other]->close_shard(shard);
      }
      if (engines[owner]->has(shard)) continue;
      ASSERT_TRUE(engines[owner]->open_shard(shard, {stores[owner][shard]}));
    }
    for (auto& one : engines) one->resume();
    append(round * 100, (round + 1) * 100);
    std::this_thread::sleep_for(std::chrono::milliseconds{5 * (round % 4)});
  }
  const auto alone = this->alone();
  for (std::uint32_t shard = 0; shard < partitions; ++shard) {
    Engine& owner = *engines[engines[0]->has(shard) ? 0 : 1];
    ASSERT_TRUE(soon([&] { return has_all(owner, shard) && has_all(*alone, shard); }));
    EXPECT_EQ(answers(owner, shard), answers(*alone, shard));
  }
}

/// A node that does not know yet that another took its shards (reliability R9, F12): both tick, both commit.
TEST_F(Engines, TwoOwnersOfOneShardEndAlike) {
  ProcessSettings settings;
  settings.inactivity_micros = 1'000;
  for (std::uint32_t i = 0; i < partitions; ++i) {
    ASSERT_TRUE(
        log_->append("w", {{i, {log::Kind::settings, encode(SettingsChange{"p", settings})}}}, [](const auto&) {}));
  }
  std::array engines{alone(), alone()};
  for (int i = 0; i < 20; ++i) {
    append(i * 50, (i + 1) * 50);
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  const auto third = alone();
  const auto ticks_have_come = [&](Engine& engine, std::uint32_t shard) {
    return has_all(engine, shard) && engine.snapshot(shard) != nullptr;
  };
  for (std::uint32_t shard = 0; shard < partitions; ++shard) {
    for (Engine* const one : {engines[0].get(), engines[1].get(), third.get()}) {
      ASSERT_TRUE(soon([&] { return ticks_have_come(*one, shard); }));
    }
  }
  for (auto& one : engines) one->stop();  // the last ticks are in the log
  third->stop();
  const auto fourth = alone();
  for (std::uint32_t shard = 0; shard < partitions; ++shard) {
    ASSERT_TRUE(soon([&] { return has_all(*fourth, shard); }));
    const std::string expected = answers(*fourth, shard);
    EXPECT_EQ(answers(*engines[0], shard), expected);
    EXPECT_EQ(answers(*engines[1], shard), expected);
    EXPECT_EQ(answers(*third, shard), expected);
  }
}

}  // namespace
}  // namespace weir::runtime
