// The views of a file: the same as those of its cases put together one by one, however they are mixed, over however
// many batches and threads.
#include "stream/feed/batch_view.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "stream/dataflow/whole_case.hpp"
#include "stream/operators/operators.hpp"
#include "stream/operators/variants.hpp"
#include "tests/support/answers.hpp"

namespace weir::feed {
namespace {

struct Happening {
  std::string case_id, activity, id;
  std::int64_t began, ended;
};

/// More events than a few batches hold; ties, late events, overlaps, and ids that come again in their case or another.
std::vector<Happening> happenings(unsigned seed, std::size_t count) {
  std::mt19937 random{seed};
  const auto below = [&random](std::size_t bound) { return random() % bound; };
  std::vector<Happening> all;
  for (std::size_t i = 0; i < count; ++i) {
    // One case is long: its variant names its members instead of its activities.
    const std::size_t number = below(20) == 0 ? 0 : below(count / 6 + 1);
    const auto began = static_cast<std::int64_t>(below(2'000) * 60'000'000);
    all.push_back({"case " + std::to_string(number), "step " + std::to_string(below(7)),
                   below(10) == 0 ? "" : std::to_string(below(count)), began,
                   began + static_cast<std::int64_t>(below(3) * 90'000'000)});
  }
  return all;
}

void tell(ingest::EventSink& sink, const Happening& one) {
  ingest::EventView view;
  view.case_id = one.case_id;
  view.activity = one.activity;
  view.id = one.id;
  view.start = from_micros(one.began);
  view.timestamp = from_micros(one.ended);
  sink.event(view);
}

std::unique_ptr<ProcessView> viewed(BatchView& batch, const std::vector<Happening>& all, unsigned threads) {
  for (const Happening& one : all) tell(batch, one);
  return batch.build(operators::of_discovery(), threads);
}

/// The same in pieces of any size, some of which go on after their end, and some of which never were.
std::unique_ptr<ProcessView> viewed_in_pieces(BatchView& batch, const std::vector<Happening>& all, unsigned threads) {
  std::mt19937 random{static_cast<unsigned>(all.size())};
  std::unique_ptr<ingest::PieceSink> piece = batch.piece();
  for (const Happening& one : all) {
    tell(*piece, one);
    const auto fate = random() % 1'000;
    if (fate < 4) piece->end();
    if (fate > 1) continue;
    batch.take(std::exchange(piece, batch.piece()), 0, 0);
    const auto dropped = batch.piece();
    tell(*dropped, one);
    dropped->end();
  }
  piece->end();
  batch.take(std::move(piece), 0, 0);
  return batch.build(operators::of_discovery(), threads);
}

std::map<std::string, std::vector<Happening>> by_case(const std::vector<Happening>& all) {
  std::map<std::string, std::vector<Happening>> cases;
  std::set<std::pair<std::string, std::string>> seen;
  for (const Happening& one : all) {
    if (one.id.empty() || seen.emplace(one.case_id, one.id).second) cases[one.case_id].push_back(one);
  }
  for (auto& [id, events] : cases) {
    std::stable_sort(events.begin(), events.end(), [](const Happening& a, const Happening& b) {
      return std::tie(a.began, a.ended) < std::tie(b.began, b.ended);
    });
  }
  return cases;
}

ProcessView& plain(const std::map<std::string, std::vector<Happening>>& cases, ProcessView& view) {
  dataflow::WholeCase whole;
  for (const auto& [id, events] : cases) {
    whole.begin();
    for (const Happening& one : events) {
      whole.add(view.names, view.names.intern(one.activity), dataflow::no_name, one.began, one.ended);
    }
    whole.apply(id, dataflow::Completion{}, operators::of_discovery(), view.views);
  }
  return view;
}

TEST(BatchView, IsThatOfItsCasesOneByOne) {
  for (const std::size_t count : {0, 1, 100, 30'000}) {
    const auto all = happenings(static_cast<unsigned>(count), count);
    const auto cases = by_case(all);
    ProcessView expected;
    const std::string answers = support::answers_of(plain(cases, expected));
    for (const unsigned threads : {1U, 3U}) {
      BatchView batch;
      const auto view = viewed(batch, all, threads);
      std::size_t kept = 0;
      for (const auto& [id, events] : cases) kept += events.size();
      EXPECT_EQ(batch.events(), kept);
      EXPECT_EQ(view->record.counters.duplicates, all.size() - kept);
      EXPECT_EQ(support::answers_of(*view), answers) << count << " events, " << threads << " threads";
      BatchView pieces;
      EXPECT_EQ(support::answers_of(*viewed_in_pieces(pieces, all, threads)), answers) << count << " in pieces";
      EXPECT_EQ(pieces.last(), batch.last());
    }
  }
}

TEST(BatchView, TellsTheActivitiesOfEachLongCaseAndNoneOfOthers) {
  const auto all = happenings(4, 10'000);
  BatchView batch;
  viewed(batch, all, 2);
  std::size_t long_cases = 0;
  for (const auto& [id, events] : by_case(all)) {
    std::vector<std::string> activities;
    const bool listed = events.size() <= operators::VariantNote::listed_max;
    for (const Happening& one : events) {
      if (!listed) activities.push_back(one.activity);
    }
    long_cases += activities.empty() ? 0 : 1;
    ASSERT_EQ(batch.activities_of(id), activities) << id;
  }
  EXPECT_EQ(long_cases, 1U);
  EXPECT_TRUE(batch.activities_of("nowhere").empty());
}

TEST(BatchView, MayBeLeftWithoutBeingBuilt) {
  BatchView batch;
  for (const Happening& one : happenings(5, 20'000)) {
    ingest::EventView view;
    view.case_id = one.case_id;
    view.activity = one.activity;
    batch.event(view);
  }
}

}  // namespace
}  // namespace weir::feed
