#include "stream/log/appender_thread.hpp"

#include <condition_variable>
#include <mutex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "state/rocksdb/rocksdb_store.hpp"
#include "tests/stream/log/log_home.hpp"
#include "tests/support/temp_folder.hpp"

namespace weir::log {
namespace {

/// Waits for so many calls.
class Countdown {
 public:
  explicit Countdown(int count) : left_(count) {}
  void hit() {
    const std::lock_guard lock(mutex_);
    if (--left_ == 0) done_.notify_all();
  }
  bool wait() {
    std::unique_lock lock(mutex_);
    return done_.wait_for(lock, std::chrono::seconds{60}, [&] { return left_ <= 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable done_;
  int left_;
};

TEST(AppenderThread, ManyProducersEachInTheirOrderSurviveReopening) {
  constexpr int producers = 4;
  constexpr int bodies = 50;
  const tests::TempFolder folder;
  const rocks::RocksEnvironment environment({});
  const SystemClock clock;
  HighWaterFile high_water(folder.at("high-water"));
  const auto open = [&](store::Store& store) { return EmbeddedLog::open(store, high_water, clock, {.partitions = 2}); };
  {
    const auto store = rocks::open_rocksdb(folder.at("log"), {}, environment).value();
    const auto log = open(*store).value();
    ASSERT_TRUE(log->ensure_workspace("acme"));
    Countdown answers(producers * bodies);
    const AppenderThread appender(*log, [](const Error& error) { ADD_FAILURE() << error.detail; });
    std::vector<std::thread> threads;
    for (int producer = 0; producer < producers; ++producer) {
      threads.emplace_back([&, producer] {
        for (int i = 0; i < bodies; ++i) {
          const std::string value = std::to_string(producer) + "/" + std::to_string(i);
          EXPECT_TRUE(log->append("acme", {{0, {Kind::event, value}}, {1, {Kind::event, value}}},
                                  [&](const Result<Position>& position) {
                                    EXPECT_TRUE(position);
                                    answers.hit();
                                  }));
        }
      });
    }
    for (auto& thread : threads) thread.join();
    ASSERT_TRUE(answers.wait());
  }
  const auto store = rocks::open_rocksdb(folder.at("log"), {}, environment).value();
  const auto log = open(*store).value();
  std::map<std::string, int> next;
  const auto zero = texts(*log, 0, 0, 1 << 20);
  for (const std::string& text : zero) {
    const std::string value = text.substr(text.rfind(':') + 1);
    const std::string producer = value.substr(0, value.find('/'));
    EXPECT_EQ(value, producer + "/" + std::to_string(next[producer]++));
  }
  EXPECT_EQ(zero.size(), std::size_t{producers * bodies});
  EXPECT_EQ(texts(*log, 1, 0, 1 << 20), zero);  // bodies are whole: both partitions have them in one order
}

TEST(AppenderThread, CommitsWhatIsQueuedBeforeItEnds) {
  LogHome home;
  home.start();
  int answers = 0;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(home.log->append("acme", {{0, {Kind::event, "x"}}}, [&](const auto&) { ++answers; }));
  }
  {
    const AppenderThread appender(*home.log, {});
  }
  EXPECT_EQ(answers, 100);
  EXPECT_EQ((**home.high_water.load()).marks.at({"acme", 0}).end, 100u);
}

TEST(AppenderThread, EndsAndReportsWhenTheStoreFails) {
  LogHome home;
  home.start();
  Countdown fatal(1);
  Countdown answered(1);
  const AppenderThread appender(*home.log, [&](const Error& error) {
    EXPECT_EQ(error.code, Code::storage_failed);
    fatal.hit();
  });
  home.store.fail_next_write(memory::MemoryStore::Outcome::lost);
  ASSERT_TRUE(home.log->append("acme", {{0, {Kind::event, "x"}}}, [&](const Result<Position>& position) {
    EXPECT_FALSE(position);
    answered.hit();
  }));
  EXPECT_TRUE(answered.wait());
  EXPECT_TRUE(fatal.wait());
}

}  // namespace
}  // namespace weir::log
