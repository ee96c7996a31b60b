// What can happen to views on their way, one thing at a time.
#include <random>

#include "tests/stream/replica/nodes.hpp"

namespace weir::replica {
namespace {

using namespace support;
using std::chrono::milliseconds;

class Views : public ::testing::Test {
 protected:
  /// One owner publishes and one reader shows until both have nothing left to do.
  void go(OwnerNode& owner, milliseconds time = milliseconds{2'000}) {
    for (auto gone = milliseconds{0}; gone < time; gone += milliseconds{10}) {
      clock_.advance(milliseconds{10});
      owner.publisher->saw(reader_.replica->newest());
      ASSERT_TRUE(owner.publisher->step().ok());
      owner.topic->settle();
      reader_.step();
    }
  }
  void take(OwnerNode& owner, std::size_t count) {
    owner.take(history_, count);
    owner.commit();
  }
  std::string shown() const {
    const auto snapshot = reader_.replica->snapshot();
    return snapshot == nullptr ? "nothing" : rows_of(*snapshot);
  }

  const History history_{3, {}};
  ManualClock clock_;
  MemoryTopic topic_{1};
  std::set<std::string> committed_;
  OwnerNode one_{"one:1", topic_, clock_, committed_};
  OwnerNode two_{"two:1", topic_, clock_, committed_};
  ShowingNode reader_{topic_, clock_};
};

TEST_F(Views, AreShownOnceTheyAreWhole) {
  take(one_, 100);
  one_.own(nullptr);
  for (int i = 0; i < 200 && reader_.replica->snapshot() == nullptr; ++i) {
    for (const auto& entry : topic_.content(0)) {
      EXPECT_NE(parse_key(entry.record.key)->kind, RecordKind::head) << "a whole view is not shown";
    }
    clock_.advance(milliseconds{1});
    ASSERT_TRUE(one_.publisher->step().ok());
    one_.topic->settle();
    while (reader_.step()) {
    }
  }
  EXPECT_EQ(shown(), rows_of(*one_.snapshot()));
  EXPECT_EQ(reader_.replica->status().generation, 1u);
}

TEST_F(Views, OfALateClaimGiveWayToThoseOfWhoHasTheShard) {
  take(one_, 100);
  take(two_, 40);
  two_.own(nullptr);
  ASSERT_TRUE(two_.publisher->step().ok());  // its claim waits: it is stopped, and loses the shard
  one_.own(nullptr);
  go(one_);
  const std::string owned = shown();
  EXPECT_EQ(owned, rows_of(*one_.snapshot()));
  for (int i = 0; i < 200; ++i) {  // it goes on before it learns that, and nothing of the owner comes meanwhile
    two_.topic->settle();
    ASSERT_TRUE(two_.publisher->step().ok());
    reader_.step();
  }
  EXPECT_EQ(shown(), rows_of(*two_.snapshot()));
  two_.publisher.reset();
  go(one_);
  EXPECT_EQ(shown(), owned);
}

TEST_F(Views, OfAnOlderGenerationChangeNothing) {
  take(one_, 60);
  one_.own(nullptr);
  go(one_);
  take(two_, 100);
  two_.own(nullptr);
  go(two_);
  const std::string newest = rows_of(*two_.snapshot());
  EXPECT_EQ(shown(), newest);
  take(one_, 10);
  for (int i = 0; i < 100; ++i) {  // it does not see the newer claim
    clock_.advance(milliseconds{10});
    ASSERT_TRUE(one_.publisher->step().ok());
    one_.topic->settle();
    reader_.step();
    EXPECT_EQ(shown(), newest);
  }
  EXPECT_GT(one_.publisher->figures().rows, 0u);
}

TEST_F(Views, TellWhichCellsChangedButNotWhichCases) {
  take(one_, 60);
  one_.own(nullptr);
  go(one_);
  EXPECT_TRUE(reader_.look().first.all_cells);
  EXPECT_FALSE(reader_.look().first.any);
  take(one_, 10);
  go(one_);
  const feed::Changes changes = reader_.look().first;
  EXPECT_FALSE(changes.all_cells);
  EXPECT_FALSE(changes.cells.empty());
  EXPECT_TRUE(changes.all_cases) << "who shows cases has to look at all of them";
}

TEST_F(Views, StayWhileWhatIsMissingIsReadAgain) {
  take(one_, 60);
  one_.own(nullptr);
  go(one_);
  for (int i = 0; i < 20; ++i) {  // the reader stands still, and the topic goes on and is compacted
    take(one_, 5);
    clock_.advance(milliseconds{100});
    for (int step = 0; step < 20; ++step) {
      ASSERT_TRUE(one_.publisher->step().ok());
      one_.topic->settle();
    }
  }
  const std::string before = shown();
  std::mt19937_64 random{1};
  for (int i = 0; i < 20; ++i) topic_.compact(0, random);
  for (int i = 0; i < 5; ++i) {
    reader_.step();
    EXPECT_TRUE(committed_.contains(shown()));
  }
  go(one_);
  EXPECT_NE(shown(), before);
  EXPECT_EQ(shown(), rows_of(*one_.snapshot()));
  EXPECT_EQ(reader_.replica->status().readings, 2u);
  std::size_t rows = 0, mirrored = 0;
  ASSERT_TRUE(each_row(*one_.snapshot(), {}, [&](auto, auto) { return ++rows; }));
  ASSERT_TRUE(reader_.mirror->scan({}, {}, [&](auto, auto) { return ++mirrored; }));
  EXPECT_EQ(mirrored, rows) << "the former reading's rows are gone";
}

TEST_F(Views, AreShownToWhoComesLaterThoughMuchWasTakenAway) {
  one_.own(nullptr);
  for (int i = 0; i < 20; ++i) {
    take(one_, 8);
    go(one_, milliseconds{200});
  }
  std::mt19937_64 random{2};
  for (std::uint64_t before = 0; before <= topic_.content(0).back().offset + 1; before += 3) {
    topic_.compact(0, before, random);  // also in the middle of a batch
    reader_.restart();
    for (bool more = true; more;) {
      more = reader_.step();
      if (reader_.replica->snapshot() != nullptr) {
        ASSERT_TRUE(committed_.contains(shown())) << before;
      }
    }
  }
  reader_.restart();
  go(one_);
  EXPECT_EQ(shown(), rows_of(*one_.snapshot()));
  EXPECT_EQ(reader_.replica->status().readings, 1u);
}

TEST_F(Views, GoOnInANewGenerationAfterATopicThatFailed) {
  std::mt19937_64 random{5};
  take(one_, 60);
  one_.own(nullptr);
  go(one_);
  take(one_, 60);
  clock_.advance(milliseconds{100});
  ASSERT_TRUE(one_.publisher->step().ok());
  ASSERT_TRUE(one_.publisher->step().ok());
  one_.topic->fail_one(random);
  go(one_);
  EXPECT_EQ(one_.publisher->figures().generations, 2u);
  EXPECT_EQ(shown(), rows_of(*one_.snapshot()));
}

TEST_F(Views, WaitWhileTheTopicTakesNothing) {
  take(one_, 60);
  one_.own(nullptr);
  go(one_);
  one_.topic->refuse(true);
  for (int i = 0; i < 10; ++i) {
    take(one_, 3);
    go(one_, milliseconds{500});
  }
  EXPECT_GE(reader_.replica->status().staleness, milliseconds{5'000});
  one_.topic->refuse(false);
  go(one_);
  EXPECT_EQ(one_.publisher->figures().generations, 1u);
  EXPECT_EQ(shown(), rows_of(*one_.snapshot()));
  EXPECT_LT(reader_.replica->status().staleness, milliseconds{150});
}

TEST_F(Views, AreSentOncePerGapHoweverOftenTheyChange) {
  take(one_, 60);
  one_.own(nullptr);
  go(one_);
  const std::uint64_t sent = one_.publisher->figures().rows;
  std::size_t rows = 0;
  ASSERT_TRUE(each_row(*one_.snapshot(), {}, [&](auto, auto) { return ++rows; }));
  while (one_.take(history_, 1)) {  // 140 commits in the time of two batches
    one_.commit();
    clock_.advance(std::chrono::microseconds{200});
    for (int i = 0; i < 20; ++i) {
      ASSERT_TRUE(one_.publisher->step().ok());
      one_.topic->settle();
    }
  }
  EXPECT_LT(one_.publisher->figures().rows - sent, 4 * rows);
  go(one_);
  EXPECT_EQ(shown(), rows_of(*one_.snapshot()));
}

TEST_F(Views, OfAnotherFormatAreNotShown) {
  take(one_, 60);
  one_.own(nullptr);
  go(one_);
  const std::string known = shown();
  std::string head = encode(Head{0, 0, "newer:1"});
  head[0] = 2;
  ASSERT_TRUE(
      two_.topic->append(0, {{row_key(1'000, "w"), "?"}, {head_key(1'000), head}, {"strange", "record"}}, [](auto) {}));
  two_.topic->settle();
  reader_.step();
  EXPECT_EQ(shown(), known);
  EXPECT_EQ(reader_.replica->status().strange, 2u);
}

/// The shortest ways from a to b, of which a cell keeps sixteen, get something between them.
TEST_F(Views, AnswerWithoutWhatOnlyCasesTellUntilItIsLookedUp) {
  const auto event = [](int number, const char* activity, int second) {
    Event made;
    made.process = "p0";
    made.case_id = "c" + std::to_string(number);
    made.activity = activity;
    made.timestamp = History::first_time + std::chrono::seconds{second};
    made.source = "s";
    made.id = std::string{activity} + std::to_string(number);
    return made;
  };
  std::vector<Event> ways, later;
  for (int i = 1; i <= 40; ++i) {
    ways.push_back(event(i, "a", 0));
    ways.push_back(event(i, "b", 2 * i));
    if (i <= 20) later.push_back(event(i, "c", i));
  }
  one_.own(nullptr);
  one_.take(ways);
  one_.commit();
  one_.take(later);
  one_.commit();
  go(one_);
  EXPECT_EQ(shown(), rows_of(*one_.snapshot()));
  const auto least = [this] {
    const auto view =
        feed::read_view({reader_.replica->snapshot()}, "w", "p0", operators::all(), {dataflow::Table::edges});
    EXPECT_TRUE(view.ok());
    const dataflow::NameId a = (*view)->names.find("a"), b = (*view)->names.find("b");
    return (*view)->views.find({dataflow::Table::edges, a, b})->duration(0).min();
  };
  EXPECT_EQ(least(), std::nullopt);
  one_.refill();
  one_.commit();
  go(one_);
  EXPECT_EQ(least(), 42'000'000);
  EXPECT_EQ(reader_.answers(), one_.answers());
}

TEST_F(Views, OfAShardThatIsHereAreNotToldByItsReplica) {
  ASSERT_TRUE(reader_.replica->tell(false));
  take(one_, 60);
  one_.own(nullptr);
  go(one_);
  reader_.look();
  take(one_, 60);
  go(one_);
  EXPECT_EQ(shown(), rows_of(*one_.snapshot()));
  EXPECT_FALSE(reader_.look().first.any);
  EXPECT_EQ(reader_.watch->committed_offset(0, "w"), 0u);
  ASSERT_TRUE(reader_.replica->tell(true));  // it goes
  EXPECT_TRUE(reader_.look().first.all_cells);
  EXPECT_EQ(reader_.watch->committed_offset(0, "w"), settled_offset(*one_.snapshot(), "w").value());
}

}  // namespace
}  // namespace weir::replica
