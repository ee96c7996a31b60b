#include "api/app/logging.hpp"

#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemas/codec/utf8.hpp"
#include "tests/support/manual_clock.hpp"

namespace weir::app {
namespace {

using testing::HasSubstr;
using testing::Not;

class Logging : public testing::Test {
 protected:
  // What a logger wrote in its life.
  template <class Use>
  std::vector<std::string> lines_of(Use use, LogLevel level = LogLevel::info) {
    std::vector<std::string> lines;
    {
      Logger logger({.level = level, .write = [&](std::string_view line) { lines.emplace_back(line); }}, clock_);
      use(logger);
    }
    return lines;
  }
  std::string line_of(std::string_view message, std::initializer_list<LogField> fields = {},
                      std::string_view trace_id = {}) {
    const auto lines = lines_of([&](Logger& logger) { logger.log(LogLevel::info, message, fields, trace_id); });
    EXPECT_EQ(lines.size(), 1u);
    return lines.empty() ? "" : lines.front();
  }

  ManualClock clock_;
};

TEST_F(Logging, WritesOneObjectALineWithTypedFields) {
  EXPECT_EQ(
      line_of("started",
              {{"port", std::uint64_t{8080}},
               {"offset", std::int64_t{-1}},
               {"share", 0.5},
               {"tls", false},
               {"data", std::string_view("weir-data")}},
              "4bf92f3577b34da6a3ce929d0e0e4736"),
      R"({"ts":"2026-01-01T00:00:00Z","level":"info","msg":"started","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736",)"
      R"("port":8080,"offset":-1,"share":0.5,"tls":false,"data":"weir-data"})"
      "\n");
}

TEST_F(Logging, NoInputEndsItsLineOrItsText) {
  const auto line =
      line_of("a\"b\\c\nd\r{\"level\":\"error\"}", {{"case", std::string_view("x\n\x1b[31m\0y", 9)}}, "t\n1");
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_THAT(line, HasSubstr(R"("msg":"a\"b\\c\nd\r{\"level\":\"error\"}")"));
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
  EXPECT_EQ(line.find('\0'), std::string::npos);
}

TEST_F(Logging, BytesThatAreNotUtf8AreReplaced) {
  const auto line = line_of("bad \xff\xc3 byte", {{"name", std::string_view("caf\xc3\xa9")}});
  EXPECT_TRUE(is_utf8(line));
  EXPECT_THAT(line, HasSubstr("bad \xef\xbf\xbd\xef\xbf\xbd byte"));
  EXPECT_THAT(line, HasSubstr("caf\xc3\xa9"));
}

TEST_F(Logging, LongTextsAreCutBetweenCharacters) {
  std::string text = "x";
  for (int i = 0; i < 5'000; ++i) text += "é";
  const auto line = line_of(text);
  EXPECT_LT(line.size(), 2'200u);
  EXPECT_TRUE(is_utf8(line));
  EXPECT_THAT(line, Not(HasSubstr("\xef\xbf\xbd")));
}

TEST_F(Logging, ALineStaysBelowItsLimitAndSaysWhatIsMissing) {
  const std::string worst(10'000, '\x01');  // six bytes each when escaped
  const auto line = line_of(worst, {{"a", worst}, {"b", std::string_view("short")}});
  EXPECT_LE(line.size(), 16u * 1024);
  EXPECT_THAT(line, HasSubstr("\"cut\":true}\n"));
  EXPECT_THAT(line, Not(HasSubstr("\"a\":")));
}

TEST_F(Logging, LeavesOutWhatIsBelowTheLevel) {
  const auto lines = lines_of(
      [](Logger& logger) {
        for (const auto level : {LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error}) {
          logger.log(level, name_of(level));
        }
      },
      LogLevel::warning);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_THAT(lines[0], HasSubstr(R"("level":"warning")"));
  EXPECT_THAT(lines[1], HasSubstr(R"("level":"error")"));
}

TEST_F(Logging, LevelsHaveNamesThatReadBack) {
  for (const auto level : {LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error}) {
    EXPECT_EQ(log_level_of(name_of(level)), level);
  }
  EXPECT_FALSE(log_level_of("loud"));
}

TEST_F(Logging, ASlowReaderNeitherBlocksTheCallerNorFillsMemory) {
  std::mutex mutex;
  std::condition_variable changed;
  bool open = false;
  std::vector<std::string> lines;
  std::uint64_t dropped = 0;
  {
    const auto write = [&](std::string_view line) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return open; });
      lines.emplace_back(line);
    };
    Logger logger({.queued_lines_max = 16, .write = write}, clock_);
    for (int i = 0; i < 1'000; ++i) logger.log(LogLevel::info, "line " + std::to_string(i));
    dropped = logger.dropped();  // reached although nothing was written
    const std::lock_guard lock(mutex);
    open = true;
    changed.notify_all();
  }
  EXPECT_EQ(lines.size() + dropped, 1'000u);
  EXPECT_GE(dropped, 1'000u - 16 - 1);
  EXPECT_THAT(lines.back(), HasSubstr("line 999"));  // the oldest were dropped, not the newest
}

TEST_F(Logging, TakesLinesFromManyThreadsWhole) {
  const auto lines = lines_of([](Logger& logger) {
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&logger] {
        for (int i = 0; i < 500; ++i) logger.log(LogLevel::info, "same");
      });
    }
    for (auto& thread : threads) thread.join();
  });
  EXPECT_EQ(lines.size(), 2'000u);
  EXPECT_EQ(std::set<std::string>(lines.begin(), lines.end()).size(), 1u);
}

}  // namespace
}  // namespace weir::app
