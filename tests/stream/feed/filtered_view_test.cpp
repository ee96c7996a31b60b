// The claim: a filtered view that follows changed cases is what a scan of all cases answers.
#include "stream/feed/filtered_view.hpp"

#include <gtest/gtest.h>

#include "state/memory/memory_store.hpp"
#include "stream/operators/operators.hpp"
#include "stream/runtime/task.hpp"
#include "tests/support/answers.hpp"
#include "tests/support/fake_block.hpp"
#include "tests/support/history.hpp"

namespace weir::feed {
namespace {

using namespace support;

std::vector<Filter> filters() {
  std::vector<Filter> all(6);
  all[0].activities = {"a"};
  all[1].resources = {"r0"};
  all[2].from = to_micros(History::first_time) + 100;
  all[3].to = to_micros(History::first_time) + 300;
  all[3].window = Window::contained;
  all[4].window = Window::events;
  all[5].complete_only = true;
  return all;
}

/// A shard that takes a random history piece by piece, and filtered views that follow it.
struct Followed {
  explicit Followed(std::uint64_t seed, std::size_t bytes_max) : history(seed, options()) {
    task = *runtime::Task::open(store, operators, test_fingerprint);
    task->tell(*channel.sinks().front());
    follower = channel.follow("w", "p0", [] {});
    for (const Filter& filter : filters()) {
      views.push_back(std::make_unique<FilteredView>(operators, "w", "p0", filter, bytes_max));
    }
  }
  static HistoryOptions options() {
    HistoryOptions options;
    options.records = 150;
    return options;
  }

  void take(std::size_t from, std::size_t to) {
    const auto first = history.records().begin();
    const FakeBlock block{from,
                          History::first_time,
                          {first + static_cast<std::ptrdiff_t>(from), first + static_cast<std::ptrdiff_t>(to)}};
    ASSERT_TRUE(task->process("w", block).ok());
    ASSERT_TRUE(task->commit().ok());
  }

  void expect_equal_to_scans() {
    const auto [changes, snapshot] = follower->take(0, [this] { return store.snapshot(); });
    for (std::size_t i = 0; i < views.size(); ++i) {
      auto view = *views[i]->advance({snapshot}, changes);
      advanced += view != nullptr;
      loaded += view == nullptr;
      if (view == nullptr) view = *views[i]->load({snapshot});
      const auto scanned = *scan_view({snapshot}, "w", "p0", operators, filters()[i]);
      ASSERT_EQ(answers_of(*view), answers_of(*scanned)) << "filter " << i;
    }
  }

  const dataflow::Operators operators = operators::all();
  memory::MemoryStore store;
  ChangeChannel channel{1};
  History history;
  std::unique_ptr<runtime::Task> task;
  std::unique_ptr<ChangeChannel::Follower> follower;
  std::vector<std::unique_ptr<FilteredView>> views;
  int advanced = 0, loaded = 0;
};

void run(Followed& followed) {
  const std::size_t records = followed.history.records().size();
  for (std::size_t at = 0; at < records; at += 5) {
    followed.take(at, std::min(at + 5, records));
    followed.expect_equal_to_scans();
    if (::testing::Test::HasFatalFailure()) return;
  }
}

TEST(FilteredView, EqualsAScanAfterEveryCommit) {
  int advanced = 0, loaded = 0;
  for (std::uint64_t seed = 1; seed <= 15; ++seed) {
    Followed followed{seed, std::size_t{64} << 20};
    run(followed);
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
    advanced += followed.advanced;
    loaded += followed.loaded;
  }
  EXPECT_GT(advanced, loaded);  // two of the six filters always scan
}

TEST(FilteredView, KeepsNothingThatIsTooLarge) {
  Followed followed{1, 100};
  run(followed);
  EXPECT_LT(followed.advanced, followed.loaded);  // those that select nothing yet take no memory
}

}  // namespace
}  // namespace weir::feed
