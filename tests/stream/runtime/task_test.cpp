// The claim: views are a pure function of the accepted events, the settings and the last tick, whatever the batching,
// the commits, the restarts and the order.
#include "stream/runtime/task.hpp"

#include <random>
#include <set>

#include <gtest/gtest.h>

#include "schemas/codec/event_json.hpp"
#include "state/memory/memory_store.hpp"
#include "stream/dataflow/stored.hpp"
#include "stream/feed/cases.hpp"
#include "stream/operators/operators.hpp"
#include "stream/runtime/conservation.hpp"
#include "tests/support/answers.hpp"
#include "tests/support/fake_block.hpp"
#include "tests/support/history.hpp"

namespace weir::runtime {
namespace {

using namespace support;

class TaskUnderTest {
 public:
  explicit TaskUnderTest(TaskOptions options = {}) : options_(options) {
    options_.sweep_cases_max = 2;
    restart();
  }

  /// As after kill -9: what was not committed is gone and will be read from the log again.
  void restart() {
    auto opened = Task::open(store_, operators_, test_fingerprint, options_);
    ASSERT_TRUE(opened.ok());
    task_ = std::move(*opened);
  }
  void take(const History& history, std::size_t from, std::size_t to) {
    const auto first = history.records().begin() + static_cast<std::ptrdiff_t>(from);
    const auto last = history.records().begin() + static_cast<std::ptrdiff_t>(to);
    take_block(from, {first, last});
  }
  void take_block(std::uint64_t base, std::vector<log::Record> records) {
    const FakeBlock block{base, History::first_time, std::move(records)};
    const auto taken = task_->process("w", block);
    ASSERT_TRUE(taken.ok()) << taken.error().detail;
  }
  std::uint64_t next() { return *task_->next_offset("w"); }
  void commit() {
    const auto committed = task_->commit();
    ASSERT_TRUE(committed.ok()) << committed.error().detail;
  }
  bool sweep() {
    const auto swept = task_->advance_sweeps();
    EXPECT_TRUE(swept.ok());
    return task_->has_sweeps();
  }
  void refill() {
    const auto refilled = task_->refill_extremes();
    ASSERT_TRUE(refilled.ok());
    commit();
  }
  /// Some cell of the store does not know its extremes.
  bool exhausted() const {
    bool some = false;
    for (const auto& [key, value] : content()) {
      if (key[2] != 'v') continue;
      const std::size_t table = key.size() - 17;  // behind it (a, b)
      const auto page = dataflow::read_page({static_cast<dataflow::Table>(key[table])}, value,
                                            [&](auto, const dataflow::Cell& cell) { some |= cell.exhausted(); });
      EXPECT_TRUE(page.ok());
    }
    return some;
  }
  std::string answers() { return read_answers({store_.snapshot()}, "w", "p0", operators_); }
  /// The cases that a list shows, or those that it leaves out.
  std::set<std::string> listed(bool archived) {
    feed::Filter filter;
    filter.archived = archived;
    std::set<std::string> ids;
    const auto rows = feed::list_cases({store_.snapshot()}, "w", "p0", filter, {}, 1'000'000);
    EXPECT_TRUE(rows.ok());
    for (const feed::CaseRow& row : *rows) {
      if (row.archived == archived) ids.insert(row.case_id);
    }
    return ids;
  }
  std::uint64_t archived_cases() {
    return decode_process_record(**store_.get(format::Scope{"w"}.process("p0")))->archived;
  }
  std::string scanned_answers() { return support::scanned_answers({store_.snapshot()}, "w", "p0", operators_); }
  std::map<std::string, std::string> content() const {
    std::map<std::string, std::string> pairs;
    const auto scanned = store_.scan({}, {}, [&](std::string_view key, std::string_view value) {
      pairs.emplace(key, value);
      return true;
    });
    EXPECT_TRUE(scanned.ok());
    return pairs;
  }
  std::vector<std::string> broken_laws() const { return *runtime::broken_laws(store_, format::Scope{"w"}, "p0"); }
  Result<void> try_take(std::uint64_t base, const log::Record& record) {
    return task_->process("w", FakeBlock{base, History::first_time, {record}});
  }
  void erase(const std::string& key) {
    store::Batch batch;
    batch.erase(key);
    ASSERT_TRUE(store_.write(batch, store::Durability::buffered));
  }
  Code read_error() {
    const auto view = feed::read_view({store_.snapshot()}, "w", "p0", operators_, {dataflow::Table::starts});
    return view ? Code::internal : view.error().code;
  }
  void put(const std::string& key, const std::string& value) {
    store::Batch batch;
    batch.put(key, value);
    ASSERT_TRUE(store_.write(batch, store::Durability::buffered));
  }
  /// What became of the events of "p0".
  std::string counters() const {
    const format::Scope scope{"w"};
    const auto counters = decode_process_record(**store_.get(scope.process("p0")))->counters;
    const auto progress = *decode_progress(**store_.get(scope.progress()));
    return "accepted " + std::to_string(counters.accepted) + ", duplicates " + std::to_string(counters.duplicates) +
           ", refused " + std::to_string(counters.refused) + ", withdrawn " + std::to_string(counters.withdrawn) +
           ", dead letters " + std::to_string(progress.dead_letters);
  }
  const dataflow::Operators& operators() const { return operators_; }

 private:
  TaskOptions options_;
  dataflow::Operators operators_ = operators::all();
  memory::MemoryStore store_;
  std::unique_ptr<Task> task_;
};

/// Feeds the history in random batches with random commits, restarts and cache sizes.
void run_history(std::uint64_t seed, const HistoryOptions& options) {
  const History history{seed, options};
  std::mt19937_64 random{seed ^ 0x5eed};
  TaskOptions memory;
  memory.cache_bytes = random() % 2 == 0 ? std::size_t{1} << 24 : std::size_t{1};
  if (random() % 2 == 0) memory.held_bytes_max = 100'000;
  TaskUnderTest task{memory};
  while (task.next() < history.records().size()) {
    const std::size_t from = task.next();
    const std::size_t to = std::min<std::size_t>(from + 1 + random() % 40, history.records().size());
    task.take(history, from, to);
    switch (random() % 4) {
      case 0:
        task.commit();
        break;
      case 1:
        task.restart();
        break;
      case 2:
        task.sweep();
        break;
      default:
        break;
    }
  }
  while (task.sweep()) {
  }
  task.commit();
  const auto outcome = history.outcome(history.records().size());
  const std::string expected = batch_answers({outcome}, task.operators());
  ASSERT_EQ(task.answers(), expected) << "seed " << seed;
  ASSERT_EQ(task.scanned_answers(), expected) << "seed " << seed;
  std::set<std::string> kept;
  for (const auto& [case_id, events] : outcome.cases) {
    if (!outcome.archived.contains(case_id)) kept.insert(case_id);
  }
  ASSERT_EQ(task.listed(false), kept) << "seed " << seed;
  ASSERT_EQ(task.listed(true), outcome.archived) << "seed " << seed;
  ASSERT_EQ(task.archived_cases(), outcome.archived.size()) << "seed " << seed;
  task.refill();
  ASSERT_FALSE(task.exhausted()) << "seed " << seed;
  ASSERT_EQ(task.answers(), expected) << "seed " << seed;
}

TEST(Task, GivesTheBatchAnswerForShortCases) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    run_history(seed, {});
    if (HasFatalFailure()) return;
  }
}

TEST(Task, GivesTheBatchAnswerForCasesOfManyPieces) {
  HistoryOptions options;
  options.records = 3'000;
  options.cases = 2;
  options.span_micros = 100'000;
  options.controls = 0.001;
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    run_history(seed, options);
    if (HasFatalFailure()) return;
  }
}

TEST(Task, GivesTheBatchAnswerWhereCompleteCasesLeave) {
  HistoryOptions options;
  options.records = 400;
  options.cases = 40;
  options.controls = 0.15;
  options.span_micros = std::int64_t{10} * 86'400'000'000;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    run_history(seed, options);
    if (HasFatalFailure()) return;
  }
}

TEST(Task, GivesTheBatchAnswerWhereAllTimesAreTies) {
  HistoryOptions options;
  options.records = 1'500;
  options.cases = 2;
  options.span_micros = 4;
  options.controls = 0.002;
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    run_history(seed, options);
    if (HasFatalFailure()) return;
  }
}

Event simple_event(const std::string& id, const std::string& activity) {
  Event event;
  event.process = "p0";
  event.case_id = "c";
  event.activity = activity;
  event.timestamp = History::first_time;
  event.id = id;
  event.source = "s";
  return event;
}

TEST(Task, LeavesNothingOfErasedCasesButTheirFingerprints) {
  HistoryOptions options;
  options.controls = 0;
  options.conflicts = 0;
  const History history{7, options};
  TaskUnderTest task;
  task.take(history, 0, history.records().size());
  task.commit();
  std::vector<log::Record> erasures;
  for (std::size_t i = 0; i < options.cases; ++i) {
    const std::string case_id = "case" + std::to_string(i);
    erasures.push_back({log::Kind::erase, encode(Erasure{"p0", test_fingerprint("w", "p0", case_id), case_id})});
  }
  task.take_block(history.records().size(), erasures);
  task.take_block(history.records().size() + erasures.size(), history.records());  // all are sent once more
  task.commit();
  std::map<char, int> kinds;
  for (const auto& [key, value] : task.content()) {
    ++kinds[key[2]];  // w NUL kind
    EXPECT_EQ((key + value).find("case"), std::string::npos);
  }
  EXPECT_EQ(kinds, (std::map<char, int>{{'o', 1}, {'p', 1}, {'x', static_cast<int>(options.cases)}}));
}

TEST(Task, RemembersWhichErasedCasesCameAgainAndWhere) {
  TaskUnderTest task;
  const auto mark = [&] {
    const auto content = task.content();
    const auto found = content.find(format::Scope{"w"}.erasure("p0", test_fingerprint("w", "p0", "c")));
    return found == content.end() ? "not erased" : found->second;
  };
  Event later = simple_event("2", "b");
  later.upload = "u";
  task.take_block(0, {event_record(simple_event("1", "a"))});
  task.commit();
  EXPECT_EQ(mark(), "not erased");
  task.take_block(1, {{log::Kind::erase, encode(Erasure{"p0", test_fingerprint("w", "p0", "c"), "c"})}});
  task.commit();
  EXPECT_EQ(mark(), "");
  task.take_block(2, {event_record(simple_event("1", "a")), event_record(simple_event("1", "a"))});
  task.commit();
  EXPECT_EQ(decode_sent_again(mark())->offset, 3U);
  EXPECT_EQ(decode_sent_again(mark())->appended, History::first_time);
  task.take_block(4, {{log::Kind::withdraw, encode(UploadMark{"p0", "u"})}, event_record(later)});
  task.commit();
  EXPECT_EQ(decode_sent_again(mark())->offset, 5U);  // also what a withdrawn upload brings
}

TEST(Task, ErasesACaseWhoseErasureNoLongerNamesIt) {
  HistoryOptions options;
  options.controls = 0;
  options.conflicts = 0;
  const History history{9, options};
  TaskUnderTest named, redacted;
  for (auto* task : {&named, &redacted}) {
    task->take(history, 0, history.records().size());
    task->commit();
    const std::string case_id = task == &named ? "case1" : "";
    task->take_block(history.records().size(),
                     {{log::Kind::erase, encode(Erasure{"p", test_fingerprint("w", "p", "case1"), case_id})}});
    task->commit();
  }
  EXPECT_EQ(named.content(), redacted.content());
}

TEST(Task, GivesTheSameBytesFromTheSameRecordsWithTheSameCommits) {
  const History history{11, {}};
  std::array<TaskUnderTest, 2> tasks;
  for (auto& task : tasks) {
    for (std::size_t at = 0; at < history.records().size(); at += 20) {
      task.take(history, at, at + 20);
      task.commit();
    }
  }
  EXPECT_EQ(tasks[0].content(), tasks[1].content());
}

TEST(Task, ObeysTheLawsOfConservationAfterEveryCommit) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const History history{seed, {}};
    TaskUnderTest task;
    for (std::size_t at = 0; at < history.records().size(); at += 10) {
      task.take(history, at, at + 10);
      task.commit();
      ASSERT_EQ(task.broken_laws(), std::vector<std::string>{}) << "seed " << seed;
    }
  }
}

TEST(Task, TellsNumbersOfNamesThatCannotBeTrue) {
  TaskUnderTest task;
  task.take_block(0, {event_record(simple_event("1", "a"))});
  task.commit();
  const format::Scope scope{"w"};
  const std::string sound = task.content().at(scope.name("p0", 1));
  const auto opened_with = [&](const std::string& key) {
    task.put(key, sound);
    task.restart();
    const auto outcome = task.try_take(1, event_record(simple_event("2", "b")));
    task.erase(key);
    return outcome.ok() ? "taken" : name_of(outcome.error().code);
  };
  EXPECT_EQ(opened_with(scope.name("p0", 0)), "state_format");           // the number of no name
  EXPECT_EQ(opened_with(scope.name("p0", 0xfffffff0)), "state_format");  // gigabytes of gaps
  EXPECT_EQ(opened_with(scope.name("p0", 9)), "state_format");           // one name twice
  EXPECT_EQ(opened_with(scope.name("p0", 9) + "x"), "state_format");     // no number
  task.put(scope.cell("p0", static_cast<std::uint8_t>(dataflow::Table::starts), 999, 0),
           dataflow::encode_cell(dataflow::Cell{}));
  EXPECT_EQ(task.read_error(), Code::state_format);  // a cell of a name that there is not
}

/// The page with another count in its first cell.
std::string with_one_more(dataflow::Table table, const std::string& page) {
  if (table == dataflow::Table::variants) {
    auto members = *dataflow::decode_bucket(page);
    ++members.front().cell.counts[0];
    return dataflow::encode_bucket(members);
  }
  dataflow::Cell cell = *dataflow::decode_cell(page);
  ++cell.counts[0];
  return dataflow::encode_cell(cell);
}

TEST(Task, TellsWhichLawACellBreaks) {
  HistoryOptions options;
  options.controls = 0;
  const History history{3, options};
  TaskUnderTest task;
  task.take(history, 0, history.records().size());
  task.commit();
  std::set<char> tables;
  for (const auto& [key, value] : task.content()) {
    const bool checked = key[2] == 'v' && key[6] <= static_cast<char>(dataflow::Table::variants);
    if (!checked || !tables.insert(key[6]).second) continue;  // w NUL v p 0 NUL table: one cell of each
    task.put(key, with_one_more(static_cast<dataflow::Table>(key[6]), value));
    EXPECT_NE(task.broken_laws(), std::vector<std::string>{}) << "table " << int{key[6]};
    task.put(key, value);
    EXPECT_EQ(task.broken_laws(), std::vector<std::string>{});
  }
  EXPECT_EQ(tables.size(), 7U);
}

TEST(Task, ClosesSilentCasesByTheTickAndReopensThemByALateEvent) {
  constexpr std::int64_t now = 1'700'000'000'000'000;
  ProcessSettings settings;
  settings.inactivity_micros = 1'000;
  const auto event = [&](std::int64_t at) {
    std::string bytes;
    Event one;
    one.process = "p0";
    one.case_id = "c";
    one.activity = "a";
    one.timestamp = from_micros(at);
    one.id = std::to_string(at);
    one.source = "s";
    encode_event(one, bytes);
    return log::Record{log::Kind::event, bytes};
  };
  const auto completed = [](TaskUnderTest& task) {
    task.commit();
    const std::string answers = task.answers();
    return answers.find("\"completed\":1") != std::string::npos;
  };
  TaskUnderTest task;
  task.take_block(0, {{log::Kind::settings, encode(SettingsChange{"p0", settings})}, event(now)});
  EXPECT_FALSE(completed(task));
  task.take_block(2, {{log::Kind::tick, encode(Tick{now + 999})}});
  EXPECT_FALSE(completed(task));
  task.restart();
  task.take_block(3, {{log::Kind::tick, encode(Tick{now + 1'000})}});
  EXPECT_TRUE(completed(task));
  task.take_block(4, {event(now + 500)});
  EXPECT_FALSE(completed(task));
  task.take_block(5, {{log::Kind::tick, encode(Tick{now + 1'500})}});
  EXPECT_TRUE(completed(task));
}

TEST(Task, KeepsOneTimerOfACaseAndNoneOfOneThatIsGone) {
  const auto silent_for = [](std::int64_t inactivity_micros) {
    ProcessSettings settings;
    settings.inactivity_micros = inactivity_micros;
    return log::Record{log::Kind::settings, encode(SettingsChange{"p0", settings})};
  };
  TaskUnderTest task;
  const auto timers = [&] {
    const std::string prefix = format::Scope{"w"}.timers();
    std::size_t count = 0;
    for (const auto& [key, value] : task.content()) count += key.starts_with(prefix) ? 1 : 0;
    return count;
  };
  task.take_block(0, {silent_for(1'000), event_record(simple_event("1", "a"))});
  task.commit();
  EXPECT_EQ(timers(), 1U);
  task.take_block(2, {silent_for(500)});  // the case is due sooner
  task.sweep();
  EXPECT_EQ(timers(), 1U);
  task.take_block(3, {{log::Kind::erase, encode(Erasure{"p0", test_fingerprint("w", "p0", "c"), "c"})}});
  task.commit();
  EXPECT_EQ(timers(), 0U);
}

/// Takes the records in, each in a block of its own; true: a commit after each.
std::string counters_after(const std::vector<log::Record>& records, bool committed) {
  TaskUnderTest task;
  for (std::size_t i = 0; i < records.size(); ++i) {
    task.take_block(i, {records[i]});
    if (committed) task.commit();
  }
  task.commit();
  return task.counters();
}

TEST(Task, KeepsAnUploadWithdrawnWhenItsEndIsSentAgain) {
  Event event = simple_event("1", "a");
  event.upload = "u";
  const std::string mark = encode(UploadMark{"p0", "u"});
  const std::vector<log::Record> records{
      {log::Kind::withdraw, mark}, {log::Kind::upload_end, mark}, event_record(event)};
  EXPECT_EQ(counters_after(records, true), "accepted 0, duplicates 0, refused 0, withdrawn 1, dead letters 0");
  EXPECT_EQ(counters_after(records, false), "accepted 0, duplicates 0, refused 0, withdrawn 1, dead letters 0");
}

TEST(Task, TakesADeadLetterOnceHoweverOftenItIsReplayed) {
  const std::string mark = encode(UploadMark{"p0", "u"});
  Event first = simple_event("1", "a");
  first.upload = "u";
  const log::Record replay{log::Kind::replay, encode(Replay{1})};
  std::vector<log::Record> records{
      event_record(first), event_record(simple_event("1", "b")), {log::Kind::withdraw, mark}};
  TaskUnderTest task;
  task.take_block(0, records);
  task.commit();
  EXPECT_EQ(task.counters(), "accepted 1, duplicates 0, refused 1, withdrawn 0, dead letters 1");
  task.take_block(3, {replay, replay});
  task.commit();
  EXPECT_EQ(task.counters(), "accepted 2, duplicates 0, refused 1, withdrawn 0, dead letters 0");
}

}  // namespace
}  // namespace weir::runtime
