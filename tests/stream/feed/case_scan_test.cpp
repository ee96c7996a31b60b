// What lifecycle=complete makes of the transitions of activity instances (reference process-mining B8).
#include "stream/feed/case_scan.hpp"

#include <gtest/gtest.h>

#include "state/memory/memory_store.hpp"
#include "stream/operators/activities.hpp"
#include "stream/operators/operators.hpp"
#include "stream/operators/totals.hpp"
#include "stream/runtime/task.hpp"
#include "tests/support/fake_block.hpp"
#include "tests/support/model.hpp"
#include "tests/support/random_records.hpp"

namespace weir::feed {
namespace {

using namespace operators;

struct Transition {
  std::int64_t at;
  std::string activity;
  std::string lifecycle;
};

/// The view of lifecycle=complete over one case with these transitions.
struct Paired {
  explicit Paired(const std::vector<Transition>& transitions) {
    std::vector<log::Record> records;
    for (const Transition& one : transitions) {
      Event event;
      event.process = "p";
      event.case_id = "c";
      event.activity = one.activity;
      event.lifecycle = one.lifecycle;
      event.timestamp = from_micros(one.at);
      event.id = std::to_string(records.size());
      event.source = "s";
      records.push_back(support::event_record(event));
    }
    const auto task = *runtime::Task::open(store, all, support::test_fingerprint);
    EXPECT_TRUE(task->process("w", support::FakeBlock{0, from_micros(1'000'000), records}));
    EXPECT_TRUE(task->commit());
    Filter filter;
    filter.complete_only = true;
    view = *scan_view({store.snapshot()}, "w", "p", all, filter);
  }
  std::int64_t service_of(const std::string& activity) { return sum_of(activity, ActivityCell::service); }
  std::int64_t sojourn_of(const std::string& activity) { return sum_of(activity, ActivityCell::sojourn); }
  std::int64_t sum_of(const std::string& activity, std::size_t duration) {
    const auto* cell = view->views.find({dataflow::Table::activities, view->names.find(activity)});
    return cell == nullptr ? -1 : static_cast<std::int64_t>(cell->durations[duration].sum_micros());
  }
  std::int64_t busy() {
    return static_cast<std::int64_t>(
        view->views.find({dataflow::Table::totals})->durations[TotalsCell::busy].sum_micros());
  }

  memory::MemoryStore store;
  const dataflow::Operators all = operators::all();
  std::unique_ptr<ProcessView> view;
};

TEST(PairedLifecycles, LeaveOutOfServiceWhatIsSuspended) {
  Paired one({{0, "a", "start"}, {10, "a", "suspend"}, {30, "a", "resume"}, {50, "a", "complete"}});
  EXPECT_EQ(one.service_of("a"), 30);
  EXPECT_EQ(one.sojourn_of("a"), 50);
  EXPECT_EQ(one.busy(), 30);
}

TEST(PairedLifecycles, SuspendUntilTheCompleteWhatIsNeverResumed) {
  Paired one({{0, "a", "start"}, {10, "a", "suspend"}, {50, "a", "complete"}});
  EXPECT_EQ(one.service_of("a"), 10);
}

TEST(PairedLifecycles, CountWorkOfOthersDuringAPause) {
  Paired one({{0, "a", "start"},
              {10, "a", "suspend"},
              {15, "b", "start"},
              {25, "b", "complete"},
              {30, "a", "resume"},
              {50, "a", "complete"}});
  EXPECT_EQ(one.service_of("a"), 30);
  EXPECT_EQ(one.service_of("b"), 10);
  EXPECT_EQ(one.busy(), 40);
}

TEST(PairedLifecycles, ForgetPausesThatNoInstanceHas) {
  Paired one({{0, "a", "suspend"},
              {5, "a", "resume"},
              {10, "a", "start"},
              {12, "a", "resume"},
              {20, "a", "complete"},
              {30, "a", "complete"}});
  EXPECT_EQ(one.service_of("a"), 10);
  EXPECT_EQ(one.busy(), 10);
}

}  // namespace
}  // namespace weir::feed
