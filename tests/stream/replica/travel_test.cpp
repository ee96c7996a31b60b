// The claim: whatever a replica shows is what some commit of an owner left, whole; who follows it is told of all that
// changes; and once things are quiet it is what the last owner has. Whichever owners publish at once, die, come back or
// are late, whatever the topic takes away, and wherever readers begin.
#include <random>

#include "tests/stream/replica/nodes.hpp"

namespace weir::replica {
namespace {

using namespace support;

class Travel {
 public:
  Travel(std::uint64_t seed, const HistoryOptions& options) : random_(seed), history_(seed, options) {
    for (const char* address : {"a:1", "b:1"}) {
      owners_.push_back(std::make_unique<OwnerNode>(address, topic_, clock_, committed_));
      readers_.push_back(std::make_unique<ShowingNode>(topic_, clock_));
      shown_.emplace_back();
    }
  }

  void run(std::size_t steps) {
    for (std::size_t i = 0; i < steps && !::testing::Test::HasFailure(); ++i) {
      const std::size_t node = random_() % owners_.size();
      clock_.advance(std::chrono::milliseconds{random_() % 30});
      move(node);
      look(node);
    }
  }

  /// One owner is left, takes the whole history, and all comes to rest.
  void settle() {
    const std::size_t last = random_() % owners_.size();
    OwnerNode& owner = *owners_[last];
    owners_[1 - last]->publisher.reset();
    owners_[1 - last]->topic->settle();
    owner.topic->refuse(false);
    if (!owner.publisher) owner.own(readers_[last]->replica.get());
    owner.take_all(history_);
    for (int i = 0; i < 1'500 && !::testing::Test::HasFailure(); ++i) {
      clock_.advance(std::chrono::milliseconds{10});
      publish(last);
      owner.topic->settle();
      for (std::size_t node = 0; node < readers_.size(); ++node) {
        readers_[node]->step();
        look(node);
      }
    }
    const std::string expected = owner.answers();
    for (const auto& reader : readers_) {
      ASSERT_NE(reader->replica->snapshot(), nullptr);
      EXPECT_EQ(rows_of(*reader->replica->snapshot()), rows_of(*owner.snapshot()));
      EXPECT_EQ(reader->answers(), expected);
      EXPECT_EQ(reader->replica->status().owner, last == 0 ? "a:1" : "b:1");
      EXPECT_EQ(reader->replica->status().lag, 7u);
      EXPECT_LT(reader->replica->status().staleness, std::chrono::milliseconds{150});
    }
    // Of former generations nothing is left: rows, a head, a mark, a claim of each node.
    std::size_t rows = 0;
    ASSERT_TRUE(each_row(*owner.snapshot(), {}, [&](auto, auto) { return ++rows; }));
    EXPECT_LE(topic_.live(0), rows + 4);
  }

 private:
  void publish(std::size_t node) {
    OwnerNode& owner = *owners_[node];
    if (!owner.publisher) return;
    owner.publisher->saw(readers_[node]->replica->newest());
    ASSERT_TRUE(owner.publisher->step().ok());
  }

  void move(std::size_t node) {
    OwnerNode& owner = *owners_[node];
    switch (random_() % 16) {
      case 0:
        owner.own(readers_[node]->replica.get());
        break;
      case 1:
        if (random_() % 4 == 0) owner.publisher.reset();
        break;
      case 2:
        if (random_() % 4 == 0) owner.topic->fail_one(random_);
        break;
      case 3:
        topic_.compact(0, random_);
        break;
      case 4:
        owner.topic->refuse(random_() % 3 == 0);
        break;
      case 5:
        if (random_() % 6 == 0) restart(node);
        break;
      case 6:
      case 7:
        owner.take(history_, 1 + random_() % 12);
        owner.commit();
        break;
      case 8:
        owner.sweep();
        break;
      case 9:
      case 10:
      case 11:
        owner.topic->settle(1 + random_() % 3);
        break;
      case 12:
      case 13:
        publish(node);
        break;
      default:
        for (std::size_t i = random_() % 8; i > 0; --i) readers_[node]->step();
        break;
    }
  }

  void restart(std::size_t node) {
    owners_[node]->publisher.reset();  // whose source the replica is
    readers_[node]->restart();
    shown_[node].reset();
    seen_[node] = {};
  }

  /// What the node shows is whole, and it was told of what changed since it was looked at last.
  void look(std::size_t node) {
    const ReplicaStatus status = readers_[node]->replica->status();
    const auto now = std::tuple{status.readings, status.generation, status.batches};
    if (std::exchange(seen_[node], now) == now) return;
    auto [changes, shown] = readers_[node]->look();
    if (shown == nullptr) return;
    EXPECT_TRUE(committed_.contains(rows_of(*shown))) << "torn";
    EXPECT_EQ(readers_[node]->watch->committed_offset(0, "w"), settled_offset(*shown, "w").value());
    if (shown_[node] != nullptr) expect_cells_told(changes, *shown_[node], *shown);
    shown_[node] = std::move(shown);
  }

  std::mt19937_64 random_;
  ManualClock clock_;
  const History history_;
  MemoryTopic topic_{1};
  std::set<std::string> committed_;
  std::vector<std::unique_ptr<OwnerNode>> owners_;
  std::vector<std::unique_ptr<ShowingNode>> readers_;
  std::vector<std::shared_ptr<const store::Snapshot>> shown_;  // by reader, as the next
  std::array<std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>, 2> seen_;
};

void travel(std::uint64_t seeds, const HistoryOptions& options) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    Travel travel{seed, options};
    travel.run(600);
    travel.settle();
    ASSERT_FALSE(::testing::Test::HasFailure()) << "seed " << seed;
  }
}

TEST(TravellingViews, AreWhatSomeCommitLeftAndInTheEndTheLast) {
  HistoryOptions options;
  options.controls = 0.05;
  travel(60, options);
}

TEST(TravellingViews, WithManyNamesAndVariants) {
  HistoryOptions options;
  options.records = 400;
  options.cases = 60;
  options.activities = 40;
  options.controls = 0.02;
  travel(20, options);
}

}  // namespace
}  // namespace weir::replica
