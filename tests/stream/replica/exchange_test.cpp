// Two nodes with their own threads on one topic: what one has the other shows, and shards change hands.
#include "stream/replica/exchange.hpp"

#include <gtest/gtest.h>

#include "state/format/keys.hpp"
#include "state/memory/memory_store.hpp"
#include "stream/feed/change_channel.hpp"
#include "stream/runtime/task_records.hpp"
#include "tests/stream/replica/memory_topic.hpp"

namespace weir::replica {
namespace {

using std::chrono::milliseconds;

constexpr std::uint32_t shards = 3;
constexpr milliseconds patience{20'000};

/// A topic for many threads that confirms at once.
class SharedTopic final : public log::KeyedTopic {
 public:
  std::uint32_t partitions() const override { return shards; }
  Result<void> append(std::uint32_t partition, std::vector<log::KeyedRecord> records, Appended appended) override {
    const std::lock_guard lock{mutex_};
    const auto taken = topic_.append(partition, std::move(records), std::move(appended));
    topic_.settle();
    return taken;
  }
  Result<std::unique_ptr<log::KeyedReader>> read(std::uint32_t partition, std::function<void()> arrived) override {
    const std::lock_guard lock{mutex_};
    auto reader = topic_.read(partition, std::move(arrived));
    return std::unique_ptr<log::KeyedReader>{std::make_unique<Reader>(*this, std::move(*reader))};
  }

 private:
  class Reader final : public log::KeyedReader {
   public:
    Reader(SharedTopic& topic, std::unique_ptr<log::KeyedReader> of) : topic_(topic), of_(std::move(of)) {}
    ~Reader() override {
      const std::lock_guard lock{topic_.mutex_};
      of_.reset();
    }
    Result<log::KeyedPiece> take(std::size_t bytes_max) override {
      const std::lock_guard lock{topic_.mutex_};
      return of_->take(bytes_max);
    }

   private:
    SharedTopic& topic_;
    std::unique_ptr<log::KeyedReader> of_;
  };

  std::mutex mutex_;
  MemoryTopic topic_{shards};
};

struct Node {
  Node(log::KeyedTopic& topic, std::string address)
      : exchange({topic, mirror, clock, watch, channel.sinks()}, options_of(std::move(address)),
                 [](const Error& error) { ADD_FAILURE() << error.detail; }) {
    exchange.start();
  }
  static ExchangeOptions options_of(std::string address) {
    ExchangeOptions options;
    options.publisher.address = std::move(address);
    options.publisher.gap = milliseconds{5};
    options.publisher.claim_gap = milliseconds{50};
    return options;
  }
  /// The shard comes, with the state that it left behind.
  void own(std::uint32_t shard, std::shared_ptr<memory::MemoryStore> state) {
    stores[shard] = exchange.own(shard, std::move(state), [] { return std::uint64_t{3}; });
  }
  void write(std::uint32_t shard, std::uint64_t next_offset) {
    runtime::Progress progress;
    progress.next_offset = next_offset;
    store::Batch batch;
    batch.put(format::Scope{"w"}.progress(), encode(progress));
    ASSERT_TRUE(stores[shard]->write(batch, store::Durability::buffered));
  }
  void release(std::uint32_t shard) {
    stores.erase(shard);
    ASSERT_TRUE(exchange.release(shard));
  }
  /// Waits until the shard's views are those of that offset.
  bool shows(std::uint32_t shard, std::uint64_t next_offset) const {
    for (auto waited = milliseconds{0}; waited < patience; waited += milliseconds{1}) {
      const auto shown = exchange.snapshot(shard);
      if (shown != nullptr && runtime::read_progress(*shown, "w")->next_offset == next_offset) return true;
      std::this_thread::sleep_for(milliseconds{1});
    }
    return false;
  }

  SystemClock clock;
  memory::MemoryStore mirror;
  runtime::CommitWatch watch;
  feed::ChangeChannel channel{shards};
  std::map<std::uint32_t, std::shared_ptr<store::Store>> stores;
  Exchange exchange;
};

TEST(Exchange, ShowsTheShardsOfOtherNodesWhileTheyChangeHands) {
  SharedTopic topic;
  Node one{topic, "one:1"}, two{topic, "two:1"};
  std::vector<std::shared_ptr<memory::MemoryStore>> states;
  for (std::uint32_t shard = 0; shard < shards; ++shard) {
    states.push_back(std::make_shared<memory::MemoryStore>());
    (shard == 0 ? one : two).own(shard, states.back());
    (shard == 0 ? one : two).write(shard, 10 + shard);
  }
  for (std::uint32_t shard = 0; shard < shards; ++shard) {
    EXPECT_TRUE(one.shows(shard, 10 + shard));
    EXPECT_TRUE(two.shows(shard, 10 + shard));
    EXPECT_EQ(one.exchange.status(shard).owner, shard == 0 ? "one:1" : "two:1");
    EXPECT_EQ(one.exchange.status(shard).lag, 3u);
  }
  two.release(1);
  EXPECT_TRUE(two.shows(1, 11)) << "what it had is shown until the next owner's comes";
  one.own(1, states[1]);
  one.write(1, 21);
  EXPECT_TRUE(two.shows(1, 21));
  EXPECT_EQ(two.exchange.status(1).owner, "one:1");
  for (std::uint64_t offset = 22; offset < 200; ++offset) one.write(1, offset);
  EXPECT_TRUE(two.shows(1, 199));
  one.exchange.stop();
  two.exchange.stop();
  EXPECT_TRUE(two.shows(1, 199));
}

TEST(Exchange, PublishesNoViewsOlderThanThoseThatAreShown) {
  SharedTopic topic;
  Node one{topic, "one:1"}, two{topic, "two:1"};
  one.own(0, std::make_shared<memory::MemoryStore>());
  one.write(0, 100);
  EXPECT_TRUE(two.shows(0, 100));
  one.release(0);
  two.own(0, std::make_shared<memory::MemoryStore>());  // without any state: it reads the log from its begin
  for (std::uint64_t offset = 1; offset < 100; ++offset) {
    two.write(0, offset);
    std::this_thread::sleep_for(milliseconds{1});
    EXPECT_EQ(runtime::read_progress(*one.exchange.snapshot(0), "w")->next_offset, 100u);
  }
  two.write(0, 101);
  EXPECT_TRUE(one.shows(0, 101));
}

TEST(Exchange, TellsWhoWaitsForAPosition) {
  SharedTopic topic;
  Node one{topic, "one:1"}, two{topic, "two:1"};
  one.own(2, std::make_shared<memory::MemoryStore>());
  std::atomic<bool> included{false};
  two.watch.when_included("w", log::Position{{{2, 50}}}, Clock::Steady::max(), [&](bool is) { included = is; });
  one.write(2, 49);
  EXPECT_TRUE(two.shows(2, 49));
  EXPECT_FALSE(included);
  one.write(2, 50);
  EXPECT_TRUE(two.shows(2, 50));
  for (int i = 0; i < 2'000 && !included; ++i) std::this_thread::sleep_for(milliseconds{1});
  EXPECT_TRUE(included);
}

}  // namespace
}  // namespace weir::replica
