// Complete cases that are archived: figures keep them, lists do not, and whatever concerns one later finds it. Random
// histories with archived cases are in task_test and same_bytes_test.
#include <random>

#include <gtest/gtest.h>

#include "schemas/codec/event_json.hpp"
#include "state/memory/memory_store.hpp"
#include "stream/feed/cases.hpp"
#include "stream/ingest/identity.hpp"
#include "stream/operators/operators.hpp"
#include "stream/runtime/task.hpp"
#include "tests/support/answers.hpp"
#include "tests/support/fake_block.hpp"
#include "tests/support/model.hpp"
#include "tests/support/random_records.hpp"

namespace weir::runtime {
namespace {

using namespace support;

constexpr std::int64_t minute = 60'000'000, hour = 60 * minute, begin = hour * 400'000;

std::vector<std::string> ids_of(const std::vector<feed::CaseRow>& rows) {
  std::vector<std::string> ids;
  for (const feed::CaseRow& row : rows) ids.push_back(row.case_id + (row.archived ? " (archived)" : ""));
  return ids;
}

using Ids = std::vector<std::string>;

class Archive : public testing::Test {
 protected:
  void SetUp() override { keep_for(hour, true); }

  void keep_for(std::optional<std::int64_t> micros, bool archives) {
    ProcessSettings settings;
    settings.end_activities = {"done"};
    settings.retain_micros = micros;
    settings.archives = archives;
    take({log::Kind::settings, encode(SettingsChange{"p0", settings})});
  }
  static Event event(const std::string& case_id, const std::string& activity, std::int64_t at) {
    Event event;
    event.process = "p0";
    event.case_id = case_id;
    event.activity = activity;
    event.timestamp = from_micros(begin + at);
    event.resource = "somebody";
    event.attributes = {{"amount", std::to_string(at % 97)}};
    ingest::identify(event);
    return event;
  }
  void take(const log::Record& record) {
    model_.take(next_, from_micros(begin), record.kind, record.value);
    ASSERT_TRUE(task_->process("w", FakeBlock{next_, from_micros(begin), {record}}));
    ++next_;
  }
  void take(const Event& one) { take(event_record(one)); }
  void tick(std::int64_t time) {
    take({log::Kind::tick, encode(Tick{begin + time})});
    commit();
  }
  void commit() {
    ASSERT_TRUE(task_->commit());
    while (task_->has_sweeps()) {
      ASSERT_TRUE(task_->advance_sweeps());
    }
    ASSERT_TRUE(task_->commit());
  }
  void reopen() { task_ = *Task::open(store_, operators_, test_fingerprint); }

  /// Views, scanned cases and the batch agree, whoever reads them.
  void check() {
    const std::string expected = batch_answers({model_.outcome("p0")}, operators_);
    EXPECT_EQ(read_answers({store_.snapshot()}, "w", "p0", operators_), expected);
    EXPECT_EQ(scanned_answers({store_.snapshot()}, "w", "p0", operators_), expected);
  }
  Ids listed(bool archived_too = false, const std::string& after = {}, std::size_t limit = 1'000) {
    feed::Filter filter;
    filter.archived = archived_too;
    return ids_of(*feed::list_cases({store_.snapshot()}, "w", "p0", filter, after, limit));
  }
  feed::CaseHistory history(const std::string& case_id) {
    return *feed::read_case(store_.snapshot(), "w", "p0", case_id);
  }
  ProcessRecord record() { return *decode_process_record(**store_.get(format::Scope{"w"}.process("p0"))); }
  std::size_t bytes_under(const std::string& prefix) {
    std::size_t bytes = 0;
    EXPECT_TRUE(store_.scan(prefix, store::end_of_prefix(prefix), [&](auto key, auto value) {
      bytes += key.size() + value.size();
      return true;
    }));
    return bytes;
  }
  /// Of the kinds of keys under which cases lie.
  std::size_t bytes_of_cases() {
    const format::Scope scope{"w"};
    return bytes_under(scope.records("p0")) + bytes_under(scope.archive("p0")) +
           bytes_under(std::string{"w\0kp0\0", 6});  // pieces
  }

  memory::MemoryStore store_;
  const dataflow::Operators operators_ = operators::all();
  PartitionModel model_{"w"};
  std::uint64_t next_ = 0;
  std::unique_ptr<Task> task_ = *Task::open(store_, operators_, test_fingerprint);
};

TEST_F(Archive, TakesCompleteCasesOutOfListsAndLeavesFiguresAsTheyAre) {
  for (const char* case_id : {"a", "b", "c"}) {
    take(event(case_id, "asked", 0));
    if (*case_id != 'b') take(event(case_id, "done", minute));
  }
  commit();
  EXPECT_EQ(task_->next_due("w"), from_micros(begin + 2 * hour));
  const std::string before = read_answers({store_.snapshot()}, "w", "p0", operators_);
  tick(2 * hour);
  EXPECT_EQ(read_answers({store_.snapshot()}, "w", "p0", operators_), before);
  check();
  EXPECT_EQ(listed(), Ids{"b"});
  EXPECT_EQ(listed(true), (Ids{"a (archived)", "b", "c (archived)"}));
  EXPECT_EQ(listed(true, "a", 1), Ids{"b"});
  EXPECT_EQ(listed(true, {}, 1), Ids{"a (archived)"});
  EXPECT_EQ(record().archived, 2U);
  EXPECT_EQ(task_->counters().archived, 2U);
  EXPECT_EQ(history("a").events.size(), 2U);
  EXPECT_TRUE(history("a").archived);
  EXPECT_FALSE(history("b").archived);
  EXPECT_TRUE(history("nobody").events.empty());
  EXPECT_EQ(task_->next_due("w"), std::nullopt);
}

TEST_F(Archive, KnowsItsEventsAgain) {
  const Event first = event("a", "asked", 0), done = event("a", "done", minute);
  take(first);
  take(done);
  tick(2 * hour);
  reopen();
  take(done);  // sent again
  Event other = first;
  other.activity = "cancelled";
  take(other);  // the id of what was accepted
  commit();
  EXPECT_EQ(record().counters.duplicates, 1U);
  EXPECT_EQ(record().counters.refused, 1U);
  EXPECT_EQ(record().archived, 1U);
  EXPECT_EQ(history("a").events.size(), 2U);
  check();
}

/// Where a case lies is a function of its events, the settings and the clock, not of when they came.
TEST_F(Archive, TakesLateEventsInAndStaysWhereItIs) {
  take(event("a", "done", minute));
  tick(2 * hour);
  take(event("a", "asked", 0));
  commit();
  EXPECT_EQ(listed(), Ids{});
  EXPECT_EQ(history("a").events.size(), 2U);
  check();
  take(event("a", "asked", 90 * minute));  // it goes on, so it is not complete
  commit();
  EXPECT_EQ(listed(), Ids{"a"});
  EXPECT_EQ(record().archived, 0U);
  EXPECT_EQ(task_->counters().revived, 1U);
  check();
  take(event("a", "done", 91 * minute));
  commit();
  EXPECT_EQ(listed(), Ids{"a"});
  tick(4 * hour);
  EXPECT_EQ(listed(), Ids{});
  check();
}

TEST_F(Archive, OfOldEventsThatComeLateIsWhereTheyGo) {
  tick(5 * hour);
  take(event("a", "done", 0));
  commit();
  EXPECT_EQ(listed(true), Ids{"a (archived)"});
  check();
}

TEST_F(Archive, ErasesExactly) {
  for (const char* case_id : {"a", "b"}) take(event(case_id, "done", 0));
  tick(2 * hour);
  take({log::Kind::erase, encode(Erasure{"p0", test_fingerprint("w", "p0", "a"), "a"})});
  commit();
  check();
  EXPECT_EQ(listed(true), Ids{"b (archived)"});
  take(event("a", "done", 0));                                                            // sent again: it stays away
  take({log::Kind::erase, encode(Erasure{"p0", test_fingerprint("w", "p0", "b"), ""})});  // no longer names its case
  commit();
  EXPECT_EQ(listed(true), Ids{});
  EXPECT_EQ(record().archived, 0U);
  EXPECT_EQ(bytes_of_cases(), 0U);
  EXPECT_EQ(read_answers({store_.snapshot()}, "w", "p0", operators_),
            batch_answers({Outcome{{}, model_.outcome("p0").settings, {}, {}, begin + 2 * hour}}, operators_));
}

TEST_F(Archive, GivesBackWhatAWithdrawnUploadBrought) {
  Event brought = event("a", "done", minute);
  brought.upload = "u";
  take(event("a", "asked", 0));
  take(brought);
  take(event("b", "done", 0));
  tick(2 * hour);
  take({log::Kind::withdraw, encode(UploadMark{"p0", "u"})});
  commit();
  EXPECT_EQ(listed(), Ids{"a"});  // it ended with what is gone
  check();
}

TEST_F(Archive, FollowsTheSettings) {
  take(event("a", "done", 0));
  tick(2 * hour);
  keep_for(std::nullopt, false);
  commit();
  EXPECT_EQ(listed(true), Ids{"a"});
  keep_for(hour, true);
  commit();
  EXPECT_EQ(listed(true), Ids{"a (archived)"});
  keep_for(hour, false);
  commit();
  check();
  tick(3 * hour);
  EXPECT_EQ(listed(true), Ids{});
  check();
}

TEST_F(Archive, LooksUpExtremesInItToo) {
  // More cases take back their extremes than a cell keeps at hand; the archived one has the least and the greatest.
  take(event("z", "asked", 0));
  take(event("z", "done", 50 * minute));
  tick(3 * hour);
  for (int i = 0; i < 100; ++i) {
    const std::string id = "c" + std::to_string(i);
    take(event(id, "asked", 0));
    take(event(id, "done", (100 + i) * minute));
  }
  commit();
  for (int i = 99; i >= 0; --i) {
    const std::string id = "c" + std::to_string(i);
    take({log::Kind::erase, encode(Erasure{"p0", test_fingerprint("w", "p0", id), id})});
  }
  commit();
  EXPECT_TRUE(task_->has_exhausted());
  check();
  ASSERT_TRUE(task_->refill_extremes());
  commit();
  EXPECT_FALSE(task_->has_exhausted());
  check();
}

TEST_F(Archive, HoldsLongCasesPieceByPiece) {
  constexpr int events = 1'000;
  for (int i = 0; i < events; ++i) take(event("a", "step", i * 1'000));
  take(event("a", "done", minute));
  commit();
  const std::size_t kept_bytes = bytes_of_cases();
  tick(2 * hour);
  EXPECT_EQ(listed(true), Ids{"a (archived)"});
  EXPECT_LT(bytes_of_cases(), kept_bytes * 6 / 10);
  reopen();
  take(event("a", "late", 500'500));  // between two others
  take(event("a", "step", 7'000));    // one of them again
  commit();
  EXPECT_EQ(history("a").events.size(), events + 2U);
  EXPECT_EQ(record().counters.duplicates, 1U);
  EXPECT_EQ(listed(true), Ids{"a (archived)"});
  check();
  keep_for(std::nullopt, false);  // back it comes, most pieces as they are
  commit();
  take(event("a", "late", 1'500));
  commit();
  EXPECT_EQ(listed(true), Ids{"a"});
  check();
  take({log::Kind::erase, encode(Erasure{"p0", test_fingerprint("w", "p0", "a"), "a"})});
  commit();
  EXPECT_EQ(bytes_of_cases(), 0U);
  check();
}

TEST_F(Archive, TakesLessThanHalfOfWhatCasesTake) {
  for (int i = 0; i < 200; ++i) {
    for (int step = 0; step < 11; ++step) take(event("case-" + std::to_string(i), "step", i * 7 + step * 1'000'001));
    take(event("case-" + std::to_string(i), "done", 20 * minute));
  }
  commit();
  const std::size_t kept_bytes = bytes_of_cases();
  const std::size_t held_bytes = task_->held_bytes();
  tick(2 * hour);
  EXPECT_EQ(record().archived, 200U);
  EXPECT_LT(bytes_of_cases(), kept_bytes / 2);
  EXPECT_LT(task_->held_bytes(), held_bytes / 4);  // none stays in memory
  check();
}

}  // namespace
}  // namespace weir::runtime
