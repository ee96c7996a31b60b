// An embedded log on the memory store, that can lose its process.
#pragma once

#include <gtest/gtest.h>

#include "state/memory/memory_store.hpp"
#include "stream/log/embedded_log.hpp"
#include "tests/support/manual_clock.hpp"

namespace weir::log {

struct LogHome {
  explicit LogHome(const EmbeddedOptions& with) : options(with) {}
  LogHome() : LogHome(EmbeddedOptions{.partitions = 4}) {}

  Result<void> reopen() {
    log.reset();
    auto opened = EmbeddedLog::open(store, high_water, clock, options);
    if (!opened) return opened.error();
    log = *std::move(opened);
    return {};
  }
  /// Opens, with the workspace "acme".
  void start() {
    ASSERT_TRUE(reopen());
    ASSERT_TRUE(log->ensure_workspace("acme"));
  }
  /// Appends events and commits them.
  Position append(std::vector<std::pair<std::uint32_t, std::string>> events) {
    std::vector<Addressed> records;
    for (auto& [partition, value] : events) records.push_back({partition, {Kind::event, std::move(value)}});
    Result<Position> answer = Error{};
    EXPECT_TRUE(
        log->append("acme", std::move(records), [&](Result<Position> position) { answer = std::move(position); }));
    EXPECT_TRUE(log->commit_pending());
    EXPECT_TRUE(answer);
    return answer ? *answer : Position{};
  }

  EmbeddedOptions options;
  memory::MemoryStore store;
  HighWaterMemory high_water;
  ManualClock clock;
  std::unique_ptr<EmbeddedLog> log;
};

/// "offset:kind:value" of each record from `from` on, read in pieces of about `piece_bytes`.
inline std::vector<std::string> texts(const Log& log, std::uint32_t partition, std::uint64_t from = 0,
                                      std::size_t piece_bytes = 1, const std::string& workspace = "acme") {
  std::vector<std::string> found;
  for (;;) {
    const auto blocks = log.read(workspace, partition, from, piece_bytes);
    EXPECT_TRUE(blocks) << (blocks ? "" : blocks.error().detail);
    if (!blocks || blocks->empty()) return found;
    for (const auto& block : *blocks) {
      for (const Entry& entry : block->entries()) {
        if (entry.offset < from) continue;
        found.push_back(std::to_string(entry.offset) + ":" + std::to_string(static_cast<int>(entry.kind)) + ":" +
                        std::string(entry.value));
      }
      from = block->end_offset();
    }
  }
}

}  // namespace weir::log
