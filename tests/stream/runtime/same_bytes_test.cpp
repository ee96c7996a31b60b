// Two tasks on one log. With the same commits they end identical in every key and every value, whatever was cached,
// however the records came, and however often one of them died on the way: so a state that was restored and replayed is
// the one that was lost. With other commits they are equal but for two things that a state may remember of its way:
// which numbers its names got, and the form of a cell (values or a sketch, how many extremes;
// dataflow/duration_stats.hpp). Nothing that is told of it depends on either.
#include <random>

#include <gtest/gtest.h>

#include "state/memory/memory_store.hpp"
#include "stream/feed/cases.hpp"
#include "stream/operators/operators.hpp"
#include "stream/runtime/task.hpp"
#include "tests/support/answers.hpp"
#include "tests/support/fake_block.hpp"
#include "tests/support/history.hpp"

namespace weir::runtime {
namespace {

using Dump = std::map<std::string, std::string>;

void must(const Result<void>& result) {
  if (!result) throw std::runtime_error(result.error().detail);
}

/// Where a task commits.
std::vector<std::uint64_t> cuts(std::uint64_t seed, std::uint64_t end) {
  std::mt19937_64 random{seed};
  std::vector<std::uint64_t> found;
  for (std::uint64_t at = 1 + random() % 40; at < end; at += 1 + random() % 40) found.push_back(at);
  found.push_back(end);
  return found;
}

/// A task that goes through the log in a way of its own, and commits where it is told to.
class Reader {
 public:
  Reader(const support::History& history, std::uint64_t way) : history_(history), random_(way) {
    options_.cache_bytes = random_() % 2 == 0 ? 1 : std::size_t{1} << 20;
    options_.sweep_cases_max = 3;
    open();
  }

  void run(const std::vector<std::uint64_t>& commits) {
    for (const std::uint64_t until : commits) {
      if (random_() % 4 == 0) {
        take(until);
        open();  // what was not committed is taken again
      }
      take(until);
      must(task_->advance_sweeps());
      must(task_->commit());
      if (random_() % 4 == 0) open();
    }
    take(commits.back());  // a task that was just opened knows its workspace, and its sweeps, from then on
    while (task_->has_sweeps()) {
      must(task_->advance_sweeps());
      must(task_->commit());
    }
    must(task_->refill_extremes());
    must(task_->commit());
  }

  Dump dump() const {
    Dump dump;
    must(store_.scan("", "", [&](auto key, auto value) { return dump.emplace(key, value).second; }));
    return dump;
  }

  /// All but what is left of its way: rows without it as they are, names with their uses, events, and what is told.
  Dump meaning() const {
    static constexpr std::string_view of_its_way =
        "cCkinvt";  // cases, kept or archived, pieces, identities, names, cells, timers
    Dump meaning;
    for (const auto& [key, value] : dump()) {
      const char kind = key[2];  // behind "w" NUL
      if (kind == 'n') {
        meaning.emplace("name " + value, "");
      } else if (of_its_way.find(kind) == std::string_view::npos) {
        meaning.emplace(key, value);
      }
    }
    const feed::Snapshots snapshots{store_.snapshot()};
    std::string events;
    must(feed::each_event(snapshots, "w", "p0", {}, [&](const Event& event) {
      events += support::event_record(event).value + ' ' + event.upload + '\n';
      return true;
    }));
    meaning.emplace("events", events);
    meaning.emplace("cells", support::read_answers(snapshots, "w", "p0", operators_));
    meaning.emplace("cases", support::scanned_answers(snapshots, "w", "p0", operators_));
    return meaning;
  }

 private:
  void open() {
    task_.reset();
    task_ = *Task::open(store_, operators_, support::test_fingerprint, options_);
  }
  void take(std::uint64_t until) {
    for (std::uint64_t next = *task_->next_offset("w"); next < until;) {
      const std::uint64_t end = std::min(until, next + 1 + random_() % 30);
      const auto begin = history_.records().begin();
      const support::FakeBlock block{
          next,
          support::History::first_time,
          {begin + static_cast<std::ptrdiff_t>(next), begin + static_cast<std::ptrdiff_t>(end)}};
      must(task_->process("w", block));
      next = end;
    }
  }

  const support::History& history_;
  std::mt19937_64 random_;
  const dataflow::Operators operators_ = operators::all();
  memory::MemoryStore store_;
  TaskOptions options_;
  std::unique_ptr<Task> task_;
};

/// The first key that only one has or whose values differ.
std::string difference(const Dump& a, const Dump& b) {
  for (const auto& [key, value] : a) {
    const auto other = b.find(key);
    if (other == b.end()) return testing::PrintToString(key) + " is in one of them";
    if (other->second != value) {
      return testing::PrintToString(key) + ":\n" + testing::PrintToString(value) + "\n" +
             testing::PrintToString(other->second);
    }
  }
  for (const auto& [key, value] : b) {
    if (!a.contains(key)) return testing::PrintToString(key) + " is in the other";
  }
  return {};
}

void compare(const support::HistoryOptions& options, std::uint64_t histories) {
  for (std::uint64_t seed = 1; seed <= histories; ++seed) {
    const support::History history{seed, options};
    const std::uint64_t end = history.records().size();
    Reader first{history, 0};
    first.run(cuts(seed, end));
    ASSERT_GT(first.dump().size(), 5u);
    for (std::uint64_t way = 1; way <= 4; ++way) {
      Reader same{history, way}, other{history, way};
      same.run(cuts(seed, end));
      ASSERT_EQ(difference(same.dump(), first.dump()), "") << "history " << seed << ", way " << way;
      other.run(cuts(seed * 100 + way, end));
      ASSERT_EQ(difference(other.meaning(), first.meaning()), "") << "history " << seed << ", cut otherwise, " << way;
    }
  }
}

TEST(TwoTasks, EndIdenticalForShortCases) { compare({}, 30); }

TEST(TwoTasks, EndIdenticalForCasesOfManyPieces) {
  support::HistoryOptions options;
  options.records = 1'500;
  options.cases = 2;
  compare(options, 5);
}

TEST(TwoTasks, EndIdenticalWhereCompleteCasesLeave) {
  support::HistoryOptions options;
  options.cases = 20;
  options.controls = 0.15;
  options.span_micros = std::int64_t{10} * 86'400'000'000;
  compare(options, 30);
}

TEST(TwoTasks, EndIdenticalUnderManyConflictsAndControls) {
  support::HistoryOptions options;
  options.duplicates = 0.4;
  options.conflicts = 0.2;
  options.controls = 0.2;
  compare(options, 30);
}

}  // namespace
}  // namespace weir::runtime
