#include "stream/documents/documents.hpp"

#include <algorithm>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "state/memory/memory_store.hpp"

namespace weir::documents {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Change change(int minute, std::optional<std::string> body, std::string name = "office", Kind kind = Kind::calendar) {
  return {kind, std::move(name), {Time{std::chrono::minutes{minute}}, std::move(body)}};
}

TEST(Documents, TheirVersionsAreASetWhateverOrderTheyCameIn) {
  std::vector<Change> changes{change(1, "{}"),         change(3, "{\"a\":1}"), change(2, std::nullopt),
                              change(3, "{\"b\":1}"), change(3, "{\"b\":1}"), change(1, "{}", "other")};
  const auto versions_of = [&] {
    Documents documents;
    for (const Change& one : changes) documents.insert(one);
    const auto versions = documents.versions(Kind::calendar, "office");
    return std::vector<Version>{versions.begin(), versions.end()};
  };
  const auto expected = versions_of();
  ASSERT_THAT(expected, SizeIs(4));
  EXPECT_EQ(expected[1].body, std::nullopt);
  std::mt19937_64 random{1};
  for (int i = 0; i < 50; ++i) {
    std::shuffle(changes.begin(), changes.end(), random);
    EXPECT_EQ(versions_of(), expected);
  }
}

TEST(Documents, TheLastVersionIsWhatHoldsUnlessItIsAWithdrawal) {
  Documents documents;
  EXPECT_EQ(documents.current(Kind::calendar, "office"), nullptr);
  EXPECT_TRUE(documents.insert(change(1, "{}")));
  EXPECT_FALSE(documents.insert(change(1, "{}")));
  EXPECT_EQ(documents.current(Kind::calendar, "office")->body, "{}");
  EXPECT_EQ(documents.current(Kind::sla_policy, "office"), nullptr);
  EXPECT_TRUE(documents.insert(change(2, std::nullopt)));
  EXPECT_EQ(documents.current(Kind::calendar, "office"), nullptr);
  EXPECT_THAT(documents.all(Kind::calendar), SizeIs(1));
}

TEST(Documents, AreReadBackFromTheirRows) {
  memory::MemoryStore store;
  const format::Scope scope{"w"};
  store::Batch batch;
  // The second name goes on where the first one ends.
  for (const Change& one : {change(1, "{}", "a"), change(2, std::nullopt, "a"), change(-5, "{}", "a1"),
                            change(1, "[]", "a", Kind::sla_policy)}) {
    batch.put(row_of(scope, one), encode(one));
  }
  batch.put(format::Scope{"x"}.document(2, "a", 0, {}), "of another workspace");
  ASSERT_TRUE(store.write(batch, store::Durability::buffered).ok());
  const auto documents = Documents::read(store, scope);
  ASSERT_TRUE(documents.ok());
  EXPECT_THAT(documents->versions(Kind::calendar, "a"), SizeIs(2));
  EXPECT_THAT(documents->versions(Kind::calendar, "a1"), SizeIs(1));
  EXPECT_EQ(documents->current(Kind::sla_policy, "a")->body, "[]");
  EXPECT_THAT(documents->after(Time{std::chrono::minutes{1}}), SizeIs(1));
}

TEST(Documents, DamagedBytesAreRefused) {
  const std::string bytes = encode(change(1, "{}"));
  ASSERT_TRUE(decode_change(bytes).ok());
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    EXPECT_EQ(decode_change(std::string_view{bytes}.substr(0, cut)).error().code, Code::state_format) << cut;
  }
  EXPECT_FALSE(decode_change(bytes + "x").ok());
  EXPECT_FALSE(decode_change(encode(change(1, "{}", "No Name"))).ok());
}

}  // namespace
}  // namespace weir::documents
