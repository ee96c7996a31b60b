// The fold over a trace, and the variant hash that composes.
#include "stream/dataflow/fold.hpp"

#include <random>

#include <gtest/gtest.h>

#include "stream/dataflow/stored.hpp"

namespace weir::dataflow {
namespace {

struct Times {
  std::int64_t began;
  std::int64_t ended;
};

std::vector<Step> steps_of(const std::vector<Times>& events) {
  Carry carry;
  std::vector<Step> steps;
  NameId activity = 1;
  for (const Times& event : events) steps.push_back(advance(carry, activity++, no_name, event.began, event.ended));
  return steps;
}

TEST(Fold, WaitsFromTheLatestEndThatIsNotAfterTheBegin) {
  // a 0-10, b 2-4, c begins at 7: enabled by b's end at 4, since a is still running.
  const auto steps = steps_of({{0, 10}, {2, 4}, {7, 9}});
  EXPECT_EQ(steps[0].waiting, 0);
  EXPECT_EQ(steps[1].waiting, 2);  // nothing has ended: from the case's start
  EXPECT_EQ(steps[2].waiting, 3);
  EXPECT_EQ(steps[2].sojourn(), 5);
}

TEST(Fold, ClampsTheGapOfOverlappingEventsAndCountsThem) {
  const auto steps = steps_of({{0, 10}, {2, 4}, {7, 9}});
  EXPECT_TRUE(steps[1].overlaps);
  EXPECT_EQ(steps[1].gap, 0);
  EXPECT_FALSE(steps[2].overlaps);
  EXPECT_EQ(steps[2].gap, 3);  // from the previous in order, b
}

TEST(Fold, CountsTheUnionOfServiceOnce) {
  const auto steps = steps_of({{0, 10}, {2, 4}, {7, 12}, {20, 21}});
  std::int64_t busy = 0;
  for (const Step& step : steps) busy += step.busy;
  EXPECT_EQ(busy, 13);
}

TEST(Fold, OfPiecesIsTheFoldOfTheWhole) {
  std::mt19937_64 random{1};
  for (int round = 0; round < 300; ++round) {
    Names names;
    std::vector<Entry> entries(1 + random() % 40);
    for (Entry& entry : entries) {
      entry.began = static_cast<std::int64_t>(random() % 60);
      entry.ended = entry.began + static_cast<std::int64_t>(random() % 20);
      entry.activity = names.intern(std::string(1, static_cast<char>('a' + random() % 5)));
    }
    std::sort(entries.begin(), entries.end(),
              [](const Entry& a, const Entry& b) { return std::tie(a.began, a.ended) < std::tie(b.began, b.ended); });
    Carry whole_carry;
    std::vector<Step> whole_steps;
    const Summary whole = fold(entries, names, whole_carry, whole_steps);
    Carry carry;
    std::vector<Step> steps;
    Summary sum;
    for (std::size_t at = 0; at < entries.size();) {
      const std::size_t size = std::min<std::size_t>(1 + random() % 9, entries.size() - at);
      std::string bytes;
      format::Encoder out{bytes};
      encode(out, carry);
      format::Decoder in{bytes};
      carry = decode_carry(in);  // as a piece of a stored case does
      sum.append(fold(std::span{entries}.subspan(at, size), names, carry, steps));
      at += size;
    }
    ASSERT_EQ(steps, whole_steps);
    ASSERT_EQ(sum, whole);
    ASSERT_EQ(carry, whole_carry);
  }
}

VariantHash hash_of(std::initializer_list<std::string_view> names) {
  VariantHash hash;
  for (const auto name : names) hash.append(activity_hash(name));
  return hash;
}

TEST(VariantHash, DependsOnOrderLengthAndNames) {
  EXPECT_NE(hash_of({"a", "b"}).id(), hash_of({"b", "a"}).id());
  EXPECT_NE(hash_of({"a"}).id(), hash_of({"a", "a"}).id());
  EXPECT_NE(hash_of({"ab"}).id(), hash_of({"a", "b"}).id());
  EXPECT_EQ(hash_of({"a", "b", "a"}).id(), hash_of({"a", "b", "a"}).id());
}

TEST(VariantHash, IsTheSameForEver) {
  EXPECT_EQ(to_hex(hash_of({"register", "decide"}).id()), "a9d7253a1dc3e4ba81accc2941e876fe");
}

TEST(VariantHash, OfTwoPiecesIsThatOfTheWhole) {
  std::mt19937_64 random{2};
  for (int round = 0; round < 500; ++round) {
    VariantHash whole, left, right;
    const std::size_t length = random() % 50, cut = length == 0 ? 0 : random() % length;
    for (std::size_t i = 0; i < length; ++i) {
      const Hash128 activity = activity_hash(std::to_string(random() % 7));
      whole.append(activity);
      (i < cut ? left : right).append(activity);
    }
    left.append(right);
    ASSERT_EQ(left, whole);
  }
}

}  // namespace
}  // namespace weir::dataflow
