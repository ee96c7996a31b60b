// What an owner tells other nodes, and what it does not.
#include "stream/asking/pins.hpp"

#include <gmock/gmock.h>

#include "state/format/keys.hpp"
#include "state/memory/memory_store.hpp"
#include "stream/runtime/task_records.hpp"
#include "tests/stream/asking/in_process.hpp"

namespace weir::asking {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

void put(memory::MemoryStore& store, const std::string& key, const std::string& value) {
  store::Batch batch;
  batch.put(key, value);
  ASSERT_TRUE(store.write(batch, store::Durability::buffered));
}

Question about(const std::string& workspace, std::variant<Keys, Range> wanted) {
  Question question;
  question.workspace = workspace;
  question.wanted = std::move(wanted);
  question.bytes_max = 1'000;
  return question;
}

class Asking : public ::testing::Test {
 protected:
  Asking() {
    for (const char* workspace : {"v", "w", "x"}) {
      const format::Scope scope{workspace};
      for (const char* case_id : {"1", "2", "3"}) put(store_, scope.record("p", case_id), std::string{"of "} + case_id);
    }
  }
  Code refusal(const Question& question) {
    const auto answer = owner_.ask(question);
    return answer ? Code::internal : answer.error().code;
  }

  memory::MemoryStore store_;
  InProcess owner_{store_, {.pins_max = 9}};
  const format::Scope scope_{"w"};
  const std::string records_ = scope_.records("p");
  const Range all_{records_, store::end_of_prefix(records_)};
};

TEST_F(Asking, TheSnapshotStaysWhatItWas) {
  const auto first = owner_.ask(about("w", Keys{{scope_.record("p", "1"), scope_.record("p", "9")}}));
  ASSERT_TRUE(first.ok());
  EXPECT_THAT(first->values, ElementsAre("of 1", std::nullopt));
  EXPECT_FALSE(first->more);
  EXPECT_EQ(first->lag, 7u);
  put(store_, scope_.record("p", "4"), "late");
  Question again = about("w", all_);
  again.pin = first->pin;
  owner_.is_here = false;  // it moved: what is pinned can still be read
  const auto second = owner_.ask(again);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->rows.size(), 3u);
  EXPECT_EQ(second->pin, first->pin);
  EXPECT_EQ(refusal(about("w", all_)), Code::shard_elsewhere);
}

TEST_F(Asking, PagesAreBoundedButHoldARow) {
  Question question = about("w", all_);
  question.bytes_max = 1;
  auto answer = owner_.ask(question);
  ASSERT_EQ(answer->rows.size(), 1u);
  EXPECT_TRUE(answer->more);
  EXPECT_EQ(answer->rows.front(), std::pair(scope_.record("p", "1"), std::string{"of 1"}));
  std::get<Range>(question.wanted).backwards = true;
  answer = owner_.ask(question);
  EXPECT_THAT(answer->rows, ElementsAre(Pair(scope_.record("p", "3"), "of 3")));
  Keys many;
  for (int i = 0; i < 40; ++i) many.keys.push_back(scope_.record("p", "1"));
  question.wanted = many;
  answer = owner_.ask(question);
  EXPECT_TRUE(answer->more);
  EXPECT_LT(answer->values.size(), many.keys.size());
  EXPECT_GT(answer->values.size(), 0u);
}

TEST_F(Asking, NothingOfAnotherWorkspaceIsTold) {
  const format::Scope other{"x"};
  const std::string theirs = other.records("p");
  for (const std::variant<Keys, Range>& wanted : std::initializer_list<std::variant<Keys, Range>>{
           Keys{{scope_.record("p", "1"), other.record("p", "1")}}, Keys{{""}},
           Range{theirs, store::end_of_prefix(theirs)}, Range{records_, ""},
           Range{records_, store::end_of_prefix(theirs)}, Range{"", all_.to}, Range{"v", all_.to, true}}) {
    EXPECT_EQ(refusal(about("w", wanted)), Code::forbidden);
  }
  EXPECT_EQ(refusal(about("", Range{"", ""})), Code::forbidden);
  EXPECT_EQ(refusal(about(std::string{"w\0x", 3}, Keys{{other.record("p", "1")}})), Code::forbidden);
  const auto pinned = owner_.ask(about("w", all_));
  Question question = about("x", Keys{{other.record("p", "1")}});
  question.pin = pinned->pin;
  EXPECT_EQ(refusal(question), Code::forbidden) << "a pin is its workspace's";
  question = about("w", all_);
  question.pin = pinned->pin;
  question.shard = 1;
  EXPECT_EQ(refusal(question), Code::forbidden) << "and its shard's";
  EXPECT_TRUE(owner_.ask(about("w", Range{scope_.everything(), store::end_of_prefix(scope_.everything())})).ok());
}

TEST_F(Asking, ASnapshotThatLacksWhatWasShownIsRefused) {
  Question question = about("w", all_);
  question.includes = 5;
  EXPECT_EQ(refusal(question), Code::not_caught_up);
  runtime::Progress progress;
  progress.next_offset = 5;
  put(store_, scope_.progress(), runtime::encode(progress));
  EXPECT_TRUE(owner_.ask(question).ok());
}

TEST_F(Asking, PinsLapseAndAreLetGo) {
  const auto first = owner_.ask(about("w", all_)), second = owner_.ask(about("x", Keys{{}}));
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(owner_.pins.count(), 2u);
  owner_.let_go.push_back(second->pin);
  Question question = about("w", all_);
  question.pin = first->pin;
  EXPECT_TRUE(owner_.ask(question).ok());
  EXPECT_EQ(owner_.pins.count(), 1u);
  for (int seconds = 0; seconds < 100; seconds += 50) {  // renewed by use
    owner_.clock.advance(std::chrono::seconds{50});
    owner_.pins.expire();
    EXPECT_TRUE(owner_.ask(question).ok());
  }
  owner_.clock.advance(std::chrono::seconds{61});
  owner_.pins.expire();
  EXPECT_EQ(owner_.pins.count(), 0u);
  EXPECT_EQ(refusal(question), Code::shard_elsewhere);
}

TEST_F(Asking, NoWorkspaceTakesAllPins) {
  std::size_t taken = 0;
  while (owner_.ask(about("w", all_)).ok()) ++taken;
  EXPECT_EQ(taken, 5u);
  EXPECT_EQ(refusal(about("w", all_)), Code::overloaded);
  EXPECT_TRUE(owner_.ask(about("x", Keys{{}})).ok());
  owner_.clock.advance(std::chrono::seconds{61});
  owner_.pins.expire();
  EXPECT_TRUE(owner_.ask(about("w", all_)).ok());
  owner_.pins.close();
  EXPECT_EQ(owner_.pins.count(), 0u);
  EXPECT_EQ(refusal(about("w", all_)), Code::overloaded);
}

}  // namespace
}  // namespace weir::asking
