// The bytes of a stored case: fixed for good, read as written, refused when damaged.
#include <gtest/gtest.h>

#include "state/memory/memory_store.hpp"
#include "stream/operators/operators.hpp"
#include "stream/runtime/case_state.hpp"

namespace weir::runtime {
namespace {

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const unsigned char c : bytes) text.append({digits[c >> 4], digits[c & 15]});
  return text;
}

class StoredCase : public testing::Test {
 protected:
  /// Event number `number` of a case that has one every 10 µs.
  dataflow::Entry entry(std::uint64_t number) {
    dataflow::Entry entry;
    entry.began = 1000 + static_cast<std::int64_t>(number) * 10;
    entry.ended = entry.began + 5;
    entry.has_start = true;
    entry.activity = names_.intern("a");
    entry.resource = names_.intern("r");
    entry.source = names_.intern("s");
    entry.identity = {number + 1, number + 1};
    entry.content = 7;
    entry.bringers = {{dataflow::no_name, 7}};
    entry.detail = dataflow::pack({"i" + std::to_string(number + 1), "", "", {}});
    return entry;
  }

  void grow(CaseState& state, std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t number = from; number < to; ++number) {
      const auto inserted = state.insert(entry(number), home_, names_);
      ASSERT_TRUE(inserted.ok() && *inserted == Insertion::accepted);
    }
  }

  /// Settles and stores the case; what its record holds.
  std::string store(CaseState& state) {
    EXPECT_TRUE(state.settle(home_, names_, {}, {}, operators_, views_, settling_).ok());
    store::Batch batch;
    EXPECT_TRUE(state.encode(home_, names_, false, batch).ok());
    EXPECT_TRUE(store_.write(batch, store::Durability::buffered).ok());
    return record();
  }
  std::string record() { return store_.get(scope_.record(process_, case_id_))->value_or(""); }

  memory::MemoryStore store_;
  format::Scope scope_{"w"};
  std::string process_ = "p", case_id_ = "c";
  CaseHome home_{store_, scope_, process_, case_id_};
  dataflow::Names names_;
  dataflow::Views views_;
  Settling settling_;
  dataflow::Operators operators_ = operators::all();
};

TEST_F(StoredCase, ThatIsShortHasTheseBytesForGood) {
  CaseState state;
  grow(state, 0, 1);
  EXPECT_EQ(to_hex(store(state)),
            "010001d00f050501020301000000000000000100000000000000070000000000000001000706026931000000");
}

TEST_F(StoredCase, ThatIsLongHasThisDirectoryForGood) {
  CaseState state;
  grow(state, 0, CaseState::piece_events_max + 1);
  const std::string bytes = store(state);
  // version, in pieces, rework of one activity, 2 numbers given, 4 buckets, 2 pieces; piece 0 has 96 events, 1 first
  EXPECT_EQ(to_hex(bytes.substr(0, 9)), "010102020202006001");
  EXPECT_EQ(weir::to_hex(hash128(bytes)), "df1104e589cbc2fd74ada8061ea81c80");
}

TEST_F(StoredCase, ReadsAsItWasWritten) {
  for (const std::uint64_t events : {1, 2, 128, 129, 1000}) {
    CaseState state;
    case_id_ = "c" + std::to_string(events);
    grow(state, 0, events);
    const std::string bytes = store(state);
    auto read = CaseState::decode(bytes, home_, names_);
    ASSERT_TRUE(read.ok()) << read.error().detail;
    EXPECT_EQ(read->events(), events);
    EXPECT_EQ(read->facts()->summary, state.facts()->summary);
    EXPECT_EQ(read->facts()->rework, state.facts()->rework);
    const auto again = read->insert(entry(events / 2), home_, names_);
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(*again, Insertion::duplicate);
    EXPECT_EQ(store(*read), bytes);
  }
}

TEST_F(StoredCase, RefusesEveryCut) {
  for (const std::uint64_t events : {2, 129}) {
    CaseState state;
    case_id_ = "c" + std::to_string(events);
    grow(state, 0, events);
    const std::string bytes = store(state);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      ASSERT_FALSE(CaseState::decode(std::string_view{bytes}.substr(0, size), home_, names_).ok()) << size;
    }
  }
}

TEST_F(StoredCase, RefusesNamesThatItsProcessHasNot) {
  CaseState state;
  grow(state, 0, 1);
  const std::string bytes = store(state);
  const dataflow::Names others;
  EXPECT_EQ(CaseState::decode(bytes, home_, others).error().code, Code::state_format);
  EXPECT_EQ(CaseState::read(bytes, home_, others).error().code, Code::state_format);
  EXPECT_TRUE(CaseState::read(bytes, home_, names_));
}

TEST_F(StoredCase, TellsAPieceThatIsNotWhatTheDirectorySays) {
  CaseState state;
  grow(state, 0, 129);
  const std::string bytes = store(state);
  store::Batch batch;
  batch.put(scope_.piece(process_, case_id_, 0), std::string{"\x01\x00", 2});  // no events
  ASSERT_TRUE(store_.write(batch, store::Durability::buffered).ok());
  auto read = CaseState::decode(bytes, home_, names_);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->insert(entry(0), home_, names_).error().code, Code::state_format);
}

}  // namespace
}  // namespace weir::runtime
