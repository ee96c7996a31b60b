// The bytes of every key, and what their order promises: no workspace, process or case within another's range.
#include "state/format/keys.hpp"

#include <functional>
#include <random>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "state/store/store.hpp"

namespace weir::format {
namespace {

using namespace std::string_literals;

TEST(Keys, HaveTheseBytesForGood) {
  const Scope scope{"w"};
  const std::string one = "\0\0\0\x01"s, one64 = "\0\0\0\0\0\0\0\x01"s, epoch = "\x80\0\0\0\0\0\0\x01"s;
  EXPECT_EQ(scope.progress(), "w\0o"s);
  EXPECT_EQ(scope.timer(1, "p", "c"), "w\0t"s + epoch + "p\0c"s);
  EXPECT_EQ(scope.dead_letter(1), "w\0d"s + one64);
  EXPECT_EQ(scope.sweep("p", 1), "w\0sp\0"s + one64);
  EXPECT_EQ(scope.upload("u"), "w\0uu"s);
  EXPECT_EQ(scope.process("p"), "w\0pp"s);
  EXPECT_EQ(scope.record("p", "c"), "w\0cp\0c"s);
  EXPECT_EQ(scope.archived("p", "c"), "w\0Cp\0c"s);
  EXPECT_EQ(scope.piece("p", "c", 1), "w\0kp\0c\0\x01"s + one);
  EXPECT_EQ(scope.identities("p", "c", 1), "w\0ip\0c\0\x01"s + one);
  EXPECT_EQ(scope.name("p", 1), "w\0np\0"s + one);
  EXPECT_EQ(scope.cell("p", 7, 1, 1), "w\0vp\0\x07"s + one64 + one64);
  EXPECT_EQ(scope.erasure("p", {1, 1}), "w\0xp\0"s + one64 + one64);
  EXPECT_EQ(scope.audit_entry(1), "w\0a"s + one64);
  EXPECT_EQ(scope.audit_start(), "w\0b"s);
  EXPECT_EQ(scope.redacted(1), "w\0r"s + one);
  EXPECT_EQ(scope.demo(), "w\0z"s);
  EXPECT_EQ(scope.answer("d"), "w\0wd"s);
  EXPECT_EQ(scope.answer_age(1, "d"), "w\0y"s + epoch + "d"s);
  EXPECT_EQ(scope.token("t"), "w\0ft"s);
  EXPECT_EQ(scope.session("s"), "w\0gs"s);
}

TEST(Keys, EscapeACaseIdThatIsFollowedByMore) {
  EXPECT_EQ(Scope{"w"}.pieces("p", "a\0b"s), "w\0kp\0a\0\xff"s + "b\0\x01"s);
}

TEST(Keys, KeepTheOrderOfNumbers) {
  const Scope scope{"w"};
  EXPECT_LT(scope.timer(-1, "p", "c"), scope.timer(0, "p", "c"));
  EXPECT_LT(scope.dead_letter(255), scope.dead_letter(256));
  for (const std::int64_t value : {std::int64_t{-5}, std::int64_t{0}, std::int64_t{7}}) {
    EXPECT_EQ(from_ordered(ordered(value)), value);
  }
}

bool in_range(const std::string& key, const std::string& prefix) {
  return key >= prefix && key < store::end_of_prefix(prefix);
}

/// Names that lie close to each other: few letters, one often the beginning of the other.
class Names {
 public:
  std::string plain() { return draw("a0_-"s, 1 + random_() % 4); }
  std::string case_id() { return draw("\0\x01\xff"s + "a", 1 + random_() % 4); }
  std::uint32_t number() { return static_cast<std::uint32_t>(random_()); }

 private:
  std::string draw(const std::string& letters, std::size_t size) {
    std::string text;
    while (text.size() < size) text.push_back(letters[random_() % letters.size()]);
    return text;
  }
  std::mt19937_64 random_{7};
};

std::vector<std::string> keys_of(const Scope& scope, const std::string& process, const std::string& case_id,
                                 std::uint32_t number) {
  return {scope.progress(),
          scope.timer(number, process, case_id),
          scope.dead_letter(number),
          scope.sweep(process, number),
          scope.upload(case_id),
          scope.process(process),
          scope.record(process, case_id),
          scope.archived(process, case_id),
          scope.piece(process, case_id, number),
          scope.identities(process, case_id, number),
          scope.name(process, number),
          scope.cell(process, 1, number, number),
          scope.erasure(process, {number, number}),
          scope.audit_entry(number),
          scope.audit_start(),
          scope.answer(case_id),
          scope.answer_age(number, case_id)};
}

TEST(Keys, OfAWorkspaceLieInNoOthersRange) {
  Names names;
  for (int round = 0; round < 2'000; ++round) {
    const Scope mine{names.plain()}, other{names.plain()};
    for (const std::string& key : keys_of(mine, names.plain(), names.case_id(), names.number())) {
      ASSERT_TRUE(in_range(key, mine.everything()));
      ASSERT_EQ(in_range(key, other.everything()), mine.workspace() == other.workspace());
    }
  }
}

TEST(Keys, OfOneKindNeverEqualThoseOfAnother) {
  Names names;
  const Scope scope{"w"};
  for (int round = 0; round < 500; ++round) {
    const auto keys = keys_of(scope, names.plain(), names.case_id(), names.number());
    const std::set<std::string> distinct(keys.begin(), keys.end());
    ASSERT_EQ(distinct.size(), keys.size());
  }
}

TEST(Keys, OfAProcessLieInNoOthersRange) {
  Names names;
  const Scope scope{"w"};
  for (int round = 0; round < 2'000; ++round) {
    const std::string mine = names.plain(), other = names.plain(), case_id = names.case_id();
    const bool same = mine == other;
    ASSERT_EQ(in_range(scope.record(mine, case_id), scope.records(other)), same);
    ASSERT_EQ(in_range(scope.archived(mine, case_id), scope.archive(other)), same);
    ASSERT_EQ(in_range(scope.name(mine, names.number()), scope.names(other)), same);
    ASSERT_EQ(in_range(scope.cell(mine, 1, names.number(), 0), scope.cells(other)), same);
    ASSERT_EQ(in_range(scope.piece(mine, case_id, names.number()), scope.pieces(other, case_id)), same);
  }
}

TEST(Keys, OfACaseLieInNoOthersRange) {
  Names names;
  const Scope scope{"w"};
  for (int round = 0; round < 5'000; ++round) {
    const std::string mine = names.case_id(), other = names.case_id();
    ASSERT_EQ(in_range(scope.piece("p", mine, names.number()), scope.pieces("p", other)), mine == other);
    // The buckets of a case are its identities() keys but for the number.
    const std::string bucket = scope.identities("p", other, 0);
    ASSERT_EQ(in_range(scope.identities("p", mine, names.number()), bucket.substr(0, bucket.size() - 4)),
              mine == other);
  }
}

TEST(KeysDeathTest, NeedCheckedNames) {
  EXPECT_DEATH(Scope{"w\0x"s}, "workspace name");
  EXPECT_DEATH(Scope{"w"}.records("a/b"), "process name");
}

}  // namespace
}  // namespace weir::format
