// Whatever is read of cases is the same where the shard is here and where it is elsewhere.
#include "stream/asking/elsewhere.hpp"

#include <gtest/gtest.h>

#include "state/format/keys.hpp"
#include "state/memory/memory_store.hpp"
#include "stream/feed/cases.hpp"
#include "stream/operators/operators.hpp"
#include "stream/replica/rows.hpp"
#include "stream/replica/shown_snapshot.hpp"
#include "stream/runtime/task.hpp"
#include "tests/stream/asking/in_process.hpp"
#include "tests/support/answers.hpp"
#include "tests/support/fake_block.hpp"
#include "tests/support/history.hpp"

namespace weir::asking {
namespace {

using namespace support;

/// A shard that took a history, and what other nodes are shown of it: its rows of some moment.
class Shard {
 public:
  explicit Shard(std::uint64_t seed) : history_(seed, {}) {
    take(history_.records().size() / 2);
    show();
    take(history_.records().size());
  }

  std::shared_ptr<const store::Snapshot> here() const { return store_.snapshot(); }
  std::shared_ptr<const store::Snapshot> elsewhere() {
    const auto open = [this](const std::string& workspace, std::uint64_t includes) -> Result<Whole> {
      const auto opened = AskedSnapshot::open(owner_.door(), workspace, 0, includes);
      if (!opened) return opened.error();
      return Whole{*opened, (*opened)->lag()};
    };
    return std::make_shared<Elsewhere>(std::make_shared<replica::ShownSnapshot>(mirror_.snapshot(), "shown"), open);
  }
  void show() {
    store::Batch batch;
    ASSERT_TRUE(replica::each_row(*store_.snapshot(), {}, [&](std::string_view key, std::string_view value) {
      batch.put("shown" + std::string{key}, value);
      return true;
    }));
    ASSERT_TRUE(mirror_.write(batch, store::Durability::buffered));
  }
  InProcess& owner() { return owner_; }

 private:
  void take(std::size_t to) {
    const auto task = *runtime::Task::open(store_, operators_, test_fingerprint);
    const std::size_t from = *task->next_offset("w");
    const auto first = history_.records().begin();
    const FakeBlock block{from,
                          History::first_time,
                          {first + static_cast<std::ptrdiff_t>(from), first + static_cast<std::ptrdiff_t>(to)}};
    ASSERT_TRUE(task->process("w", block));
    ASSERT_TRUE(task->commit());
  }

  const History history_;
  const dataflow::Operators operators_ = operators::all();
  memory::MemoryStore store_, mirror_;
  InProcess owner_{store_, {.page_bytes_max = 500}};
};

std::string text_of(const std::vector<feed::CaseRow>& rows) {
  std::string text;
  for (const feed::CaseRow& row : rows) {
    text.append(row.case_id).append(1, ' ').append(std::to_string(row.events)).append(1, ' ').append(row.variant);
    text.append(1, ' ').append(row.last_activity).append(1, '\n');
  }
  return text;
}

std::string text_of(const feed::CaseHistory& history) {
  std::string text = history.archived ? "archived\n" : "";
  for (const Event& event : history.events) {
    text.append(event.activity).append(1, ' ').append(event.id).append(1, ' ');
    text.append(std::to_string(to_micros(event.timestamp))).append(1, '\n');
  }
  return text;
}

TEST(Elsewhere, CasesReadAsWhereTheyAre) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Shard one{2 * seed}, two{2 * seed + 1};
    const feed::Snapshots here{one.here(), two.here()}, mixed{one.here(), two.elsewhere()},
        elsewhere{one.elsewhere(), two.elsewhere()};
    const dataflow::Operators operators = operators::all();
    const auto rows = feed::list_cases(here, "w", "p0", {}, {}, 1'000);
    ASSERT_TRUE(rows.ok());
    for (const auto& snapshots : {mixed, elsewhere}) {
      EXPECT_EQ(scanned_answers(snapshots, "w", "p0", operators), scanned_answers(here, "w", "p0", operators));
      EXPECT_EQ(text_of(feed::list_cases(snapshots, "w", "p0", {}, {}, 1'000).value()), text_of(*rows));
      EXPECT_EQ(text_of(feed::list_cases(snapshots, "w", "p0", {}, "c3", 2).value()),
                text_of(feed::list_cases(here, "w", "p0", {}, "c3", 2).value()));
      for (const feed::CaseRow& row : *rows) {
        for (std::size_t i = 0; i < here.size(); ++i) {
          EXPECT_EQ(text_of(feed::read_case(snapshots[i], "w", "p0", row.case_id).value()),
                    text_of(feed::read_case(here[i], "w", "p0", row.case_id).value()));
        }
      }
    }
  }
}

TEST(Elsewhere, ViewsAreThoseThatAreShownUntilTheOwnerIsAsked) {
  Shard shard{5};
  const auto elsewhere = shard.elsewhere();
  const format::Scope scope{"w"};
  const auto shown = elsewhere->get(scope.progress());
  EXPECT_NE(shown.value(), shard.here()->get(scope.progress()).value());
  EXPECT_EQ(elsewhere->get(scope.record("p0", "c1")).error().code, Code::shard_elsewhere);
  EXPECT_EQ(shard.owner().asked, 0u);
  EXPECT_FALSE(as_elsewhere(*elsewhere)->lag_of_whole());
  const auto all = whole(elsewhere, "w");
  ASSERT_TRUE(all.ok());
  EXPECT_EQ((*all)->get(scope.progress()).value(), shard.here()->get(scope.progress()).value());
  EXPECT_EQ(as_elsewhere(*elsewhere)->lag_of_whole(), 7u);
  EXPECT_EQ(whole(elsewhere, "w").value(), *all) << "one moment for all that is read";
  EXPECT_EQ(whole(shard.here(), "w").value()->get(scope.progress()).value(),
            shard.here()->get(scope.progress()).value());
}

TEST(Elsewhere, AnOwnerThatIsBehindWhatIsShownIsNotBelieved) {
  Shard ahead{6};
  ahead.show();
  memory::MemoryStore empty;
  InProcess behind{empty};
  const auto snapshot =
      std::make_shared<Elsewhere>(std::make_shared<replica::ShownSnapshot>(ahead.here(), ""),
                                  [&](const std::string& workspace, std::uint64_t includes) -> Result<Whole> {
                                    const auto opened = AskedSnapshot::open(behind.door(), workspace, 0, includes);
                                    if (!opened) return opened.error();
                                    return Whole{*opened, (*opened)->lag()};
                                  });
  EXPECT_EQ(whole(snapshot, "w").error().code, Code::not_caught_up);
}

}  // namespace
}  // namespace weir::asking
