// Records on which the whole process dies. Each start of the shard is a child process, so that it really does.
#include <csignal>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "schemas/codec/event_json.hpp"
#include "state/rocksdb/rocksdb_store.hpp"
#include "stream/log/embedded_log.hpp"
#include "stream/operators/operators.hpp"
#include "stream/runtime/shard_runner.hpp"
#include "tests/support/answers.hpp"
#include "tests/support/event_at.hpp"
#include "tests/support/history.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/temp_folder.hpp"

namespace weir::runtime {
namespace {

using namespace support;

constexpr int done = 0, stopped_with_an_error = 3;

/// Ends the process, without a word, at the step of this time, or when a case goes.
class Deadly final : public dataflow::Operator {
 public:
  Deadly(std::int64_t at, bool when_gone) : at_(at), when_gone_(when_gone) {}
  void apply(const dataflow::CaseChange& change, dataflow::Views&) const override {
    for (const dataflow::Step& step : change.added) {
      if (step.ended == at_) ::raise(SIGKILL);
    }
    if (when_gone_ && change.after == nullptr) ::raise(SIGKILL);
  }
  bool relabel(const dataflow::Relabel&, dataflow::CellKey&, dataflow::Cell&) const override { return false; }

 private:
  const std::int64_t at_;
  const bool when_gone_;
};

/// A log of one partition and a shard, on the disk.
class CrashTest : public ::testing::Test {
 protected:
  void SetUp() override {
#ifdef __SANITIZE_THREAD__
    GTEST_SKIP() << "skipped: the thread sanitizer does not follow a process that forks when it has threads";
#endif
  }

  struct Stores {
    explicit Stores(const tests::TempFolder& folder)
        : environment({}, {}),
          log(*rocks::open_rocksdb(folder.at("log"), {}, environment)),
          state(*rocks::open_rocksdb(folder.at("state"), {}, environment)) {}
    rocks::RocksEnvironment environment;
    std::unique_ptr<store::Store> log, state;
  };

  void append(std::vector<std::pair<std::string, log::Record>> records) {
    in_a_child([&] {
      Stores stores{folder_};
      auto log = *log::EmbeddedLog::open(*stores.log, high_water_, clock_, {.partitions = 1});
      for (auto& [workspace, record] : records) {
        EXPECT_TRUE(log->ensure_workspace(workspace));
        EXPECT_TRUE(log->append(workspace, {{0, record}}, [](const auto&) {}));
      }
      while (*log->commit_pending() > 0) {
      }
      return done;
    });
  }

  /// One start: takes all that the log has. What the process ended with.
  int start(bool when_gone = false) {
    return in_a_child([&] {
      Stores stores{folder_};
      auto log = *log::EmbeddedLog::open(*stores.log, high_water_, clock_, {.partitions = 1});
      dataflow::Operators operators = operators::all();
      operators.push_back(std::make_unique<Deadly>(deadly_at, when_gone));
      const auto task = *Task::open(*stores.state, operators, test_fingerprint);
      const auto mark = *store::MarkerFile::open(folder_.at("mark"));
      CommitWatch watch;
      ShardRunner runner{0, *log, *task, watch, clock_, {}, mark.get()};
      for (bool more = true; more || task->dirty();) {
        clock_.advance(std::chrono::milliseconds{10});
        const auto stepped = runner.step();
        if (!stepped) {
          runner.forgive();
          return stepped.error().code == Code::operator_crash ? stopped_with_an_error : 4;
        }
        more = *stepped;
      }
      return runner.finish() ? done : 5;
    });
  }

  /// How often it was started until it took all there is, or stopped in order.
  int starts_until(int end, bool when_gone = false) {
    for (int count = 1; count <= 20; ++count) {
      const int ended = start(when_gone);
      if (ended == end) return count;
      EXPECT_EQ(ended, SIGKILL + 128);
    }
    return -1;
  }

  static int in_a_child(const std::function<int()>& work) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(work());
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) + 128 : WEXITSTATUS(status);
  }

  static constexpr std::int64_t deadly_at = 7'777;
  tests::TempFolder folder_;
  log::HighWaterMemory high_water_;
  ManualClock clock_;
};

std::vector<DeadLetter> dead_letters_of(const store::Store& store, const std::string& workspace) {
  const std::string prefix = format::Scope{workspace}.dead_letters();
  std::vector<DeadLetter> letters;
  EXPECT_TRUE(store.scan(prefix, store::end_of_prefix(prefix), [&](std::string_view, std::string_view value) {
    letters.push_back(*decode_dead_letter(value));
    return true;
  }));
  return letters;
}

TEST_F(CrashTest, AnEventOnWhichTheProcessDiesBecomesADeadLetterAndAllElseIsTaken) {
  std::vector<std::pair<std::string, log::Record>> records;
  for (std::int64_t i = 0; i < 300; ++i) records.emplace_back("a", event_record(event_at(i, std::to_string(i % 7))));
  const log::Record deadly = event_record(event_at(deadly_at, "3"));
  records.insert(records.begin() + 200, {"a", deadly});
  append(records);
  EXPECT_EQ(starts_until(done), 7);  // three without a commit, three inside the record, and the one that leaves it out
  append({{"a", event_record(event_at(1'000, "3"))}});
  EXPECT_EQ(start(), done);

  const Stores stores{folder_};
  const auto letters = dead_letters_of(*stores.state, "a");
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters.front().code, Code::operator_crash);
  EXPECT_EQ(letters.front().offset, 200U);
  EXPECT_EQ(letters.front().bytes, deadly.value);
  const auto operators = operators::all();
  const auto task = *Task::open(*stores.state, operators, test_fingerprint);
  EXPECT_EQ(*task->next_offset("a"), 302U);
}

TEST_F(CrashTest, TheRecordToBlameIsFoundAlthoughAnotherWorkspaceGoesOn) {
  append({{"b", event_record(event_at(1, "c"))}, {"b", event_record(event_at(deadly_at, "c"))}});
  int starts = 1;
  for (; starts <= 20 && start() != done; ++starts) append({{"a", event_record(event_at(starts, "c"))}});
  EXPECT_EQ(starts, 7);
  const Stores stores{folder_};
  EXPECT_EQ(dead_letters_of(*stores.state, "b").size(), 1U);
  EXPECT_TRUE(dead_letters_of(*stores.state, "a").empty());
}

TEST_F(CrashTest, AnErasureIsNeverLeftOutButEndsTheProcessInOrder) {
  append({{"a", event_record(event_at(1, "c"))}});
  ASSERT_EQ(start(), done);
  append({{"a", {log::Kind::erase, encode(Erasure{"p0", test_fingerprint("a", "p0", "c"), "c"})}}});
  EXPECT_EQ(starts_until(stopped_with_an_error, true), 7);
  EXPECT_EQ(starts_until(stopped_with_an_error, true), 2);  // tried once more, and named again
  EXPECT_EQ(start(), done);                                 // a version without the fault goes on where it was
}

TEST_F(CrashTest, AnEndInOrderIsNoDeath) {
  const auto mark = *store::MarkerFile::open(folder_.at("mark"));
  for (int i = 0; i < 10; ++i) {
    CrashRecord record{mark.get()};
    EXPECT_FALSE(record.single_step());
    record.taking("a", 7);
    record.forgive();
    record.committed();  // nothing is marked any more
  }
  for (int i = 0; i < 3; ++i) CrashRecord{mark.get()}.taking("a", 7);
  for (int i = 0; i < 10; ++i) {
    CrashRecord record{mark.get()};
    EXPECT_TRUE(record.single_step());
    record.taking("a", 7);
    record.forgive();
  }
  EXPECT_FALSE(CrashRecord{mark.get()}.blames("a", 7));
}

TEST_F(CrashTest, KillsFromOutsideBlameNobody) {
  const auto mark = *store::MarkerFile::open(folder_.at("mark"));
  for (std::uint64_t offset = 0; offset < 100; ++offset) {  // each start is killed, at another record each time
    CrashRecord record{mark.get()};
    EXPECT_FALSE(record.blames("a", offset));
    record.taking("a", offset);
  }
  CrashRecord record{mark.get()};
  EXPECT_TRUE(record.single_step());
  for (std::uint64_t i = 0; i < CrashRecord::steps_max; ++i) {
    record.taking("a", 100 + i);
    record.committed();
  }
  EXPECT_FALSE(record.single_step());
  EXPECT_FALSE(CrashRecord{mark.get()}.single_step());
}

}  // namespace
}  // namespace weir::runtime
