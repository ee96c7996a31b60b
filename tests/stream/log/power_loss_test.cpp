// Acknowledged records survive; whatever else survives is a prefix of what was appended.
#include <random>

#include <gtest/gtest.h>

#include "tests/stream/log/log_home.hpp"

namespace weir::log {
namespace {

constexpr std::uint32_t partition_count = 3;

/// What was appended to each partition in order, and how much of it was acknowledged.
struct Model {
  std::vector<std::string> appended[partition_count];
  std::size_t acknowledged[partition_count] = {};

  std::vector<Addressed> body(std::mt19937_64& random) {
    std::vector<Addressed> records;
    for (std::uint64_t i = random() % 5; i > 0; --i) {
      const auto partition = static_cast<std::uint32_t>(random() % partition_count);
      std::string value = std::to_string(random());
      appended[partition].push_back(value);
      records.push_back({partition, {Kind::event, std::move(value)}});
    }
    return records;
  }
  void acknowledge(const Position& position) {
    for (const auto& part : position.parts) acknowledged[part.partition] = part.next;
  }
  /// The process is gone: what was not recovered never was.
  void recovered(const EmbeddedLog& log) {
    for (std::uint32_t i = 0; i < partition_count; ++i) {
      const auto found = texts(log, i, 0, 1 << 16);
      ASSERT_GE(found.size(), acknowledged[i]);
      ASSERT_LE(found.size(), appended[i].size());
      for (std::size_t at = 0; at < found.size(); ++at) {
        ASSERT_EQ(found[at], std::to_string(at) + ":1:" + appended[i][at]);
      }
      appended[i].resize(found.size());
      acknowledged[i] = found.size();
    }
  }
};

void live(std::uint64_t seed) {
  std::mt19937_64 random{seed};
  LogHome home(
      EmbeddedOptions{.partitions = partition_count, .tail_bytes = 2000, .block_bytes = 60, .commit_bytes = 500});
  home.start();
  Model model;
  for (int step = 0; step < 1000; ++step) {
    const std::uint64_t dice = random() % 100;
    if (dice < 70) {
      ASSERT_TRUE(home.log->append("acme", model.body(random), [&](const Result<Position>& position) {
        if (position) model.acknowledge(*position);
      }));
    } else if (dice < 92) {
      ASSERT_TRUE(home.log->commit_pending());
    } else if (dice < 95) {
      home.clock.advance(std::chrono::seconds{2});
    } else {
      if (dice < 97) {
        const auto outcome = dice == 95 ? memory::MemoryStore::Outcome::applied : memory::MemoryStore::Outcome::lost;
        home.store.fail_next_write(outcome);
        while (home.log->queued_bytes() > 0) ASSERT_FALSE(home.log->commit_pending());
      }
      home.store.lose_unsynced(random());
      ASSERT_TRUE(home.reopen());
      model.recovered(*home.log);
    }
    if (::testing::Test::HasFatalFailure()) return;
  }
}

TEST(LogPowerLoss, AcknowledgedIsRecoveredAndTheRestIsAPrefix) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    live(seed);
    if (HasFatalFailure()) return;
  }
}

TEST(LogPowerLoss, WhatIsReadAfterOpeningIsOnTheDisk) {
  LogHome home(EmbeddedOptions{.partitions = 1});
  home.start();
  ASSERT_TRUE(home.log->append("acme", {{0, {Kind::event, "a"}}}, [](const auto& answer) { EXPECT_FALSE(answer); }));
  home.store.fail_next_write(memory::MemoryStore::Outcome::applied);
  ASSERT_FALSE(home.log->commit_pending());
  home.store.reopen();  // the process ended, not the machine
  ASSERT_TRUE(home.reopen());
  const auto read = texts(*home.log, 0);
  EXPECT_EQ(read.size(), 1U);
  for (std::uint64_t seed = 0; seed < 8; ++seed) EXPECT_EQ(home.store.lose_unsynced(seed), 0U);
  ASSERT_TRUE(home.reopen());
  EXPECT_EQ(texts(*home.log, 0), read);
}

TEST(LogPowerLoss, TheSameSeedLeavesTheSameLog) {
  const auto run = [](std::uint64_t seed) {
    std::mt19937_64 random{seed};
    LogHome home(EmbeddedOptions{.partitions = partition_count});
    home.start();
    Model model;
    std::string rows;
    for (int i = 0; i < 50; ++i) {
      EXPECT_TRUE(home.log->append("acme", model.body(random), [](const auto&) {}));
      if (random() % 2 == 0) {
        EXPECT_TRUE(home.log->commit_pending());
      }
    }
    EXPECT_TRUE(home.store.scan("", "", [&](std::string_view key, std::string_view row) {
      rows.append(key).append(row);
      return true;
    }));
    return rows;
  };
  EXPECT_EQ(run(5), run(5));
  EXPECT_NE(run(5), run(6));
}

}  // namespace
}  // namespace weir::log
