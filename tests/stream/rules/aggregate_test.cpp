#include "stream/rules/aggregate.hpp"

#include <algorithm>
#include <limits>

#include <gtest/gtest.h>

namespace weir::rules {
namespace {

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();

/// The same in every order.
Value of(Aggregate kind, std::vector<Value> values) {
  const Value found = aggregate(kind, values);
  const auto is_less = [](const Value& a, const Value& b) { return a.key() < b.key(); };
  std::sort(values.begin(), values.end(), is_less);
  do {
    EXPECT_EQ(aggregate(kind, values), found);
  } while (std::next_permutation(values.begin(), values.end(), is_less));
  return found;
}

Value whole(std::int64_t number) { return Value{number}; }
Value text(const char* content) { return Value{std::string{content}}; }

TEST(Aggregate, WholeNumbersStayExact) {
  EXPECT_EQ(of(Aggregate::sum, {whole(largest - 1), whole(1)}), whole(largest));
  EXPECT_EQ(of(Aggregate::sum, {whole(largest), whole(largest), whole(-largest)}), whole(largest));
  EXPECT_EQ(of(Aggregate::sum, {whole(largest), whole(1)}), Value{9'223'372'036'854'775'808.0});
  EXPECT_EQ(of(Aggregate::avg, {whole(largest), whole(largest - 2)}), whole(largest - 1));
  EXPECT_EQ(of(Aggregate::avg, {whole(1), whole(2)}), Value{1.5});
}

TEST(Aggregate, RealNumbersDoNotDependOnTheirOrder) {
  EXPECT_EQ(of(Aggregate::sum, {Value{1e16}, Value{1.0}, Value{-1e16}, Value{0.5}}), Value{1.5});
  EXPECT_EQ(of(Aggregate::sum, {Value{0.1}, Value{0.2}, Value{0.3}, Value{-0.6}}), Value{2.7755575615628914e-17});
  EXPECT_EQ(of(Aggregate::sum, {Value{1e308}, Value{1e308}, Value{-1e308}}), Value{1e308});
  EXPECT_TRUE(of(Aggregate::sum, {Value{1e308}, Value{1e308}}).is_missing());
  EXPECT_TRUE(of(Aggregate::stddev, {Value{1e200}, Value{-1e200}, whole(1)}).is_missing());
}

TEST(Aggregate, TakesNumbersAlone) {
  EXPECT_TRUE(of(Aggregate::sum, {}).is_missing());
  EXPECT_TRUE(of(Aggregate::avg, {text("7"), Value{nullptr}, Value{}}).is_missing());
  EXPECT_EQ(of(Aggregate::max, {text("9"), whole(7), Value{7.5}}), Value{7.5});
  EXPECT_EQ(of(Aggregate::min, {text("9"), whole(7), Value{7.5}}), whole(7));
  EXPECT_EQ(of(Aggregate::distinct, {text("1"), whole(1), Value{1.0}, Value{nullptr}, Value{}, text("1")}), whole(2));
  EXPECT_EQ(of(Aggregate::distinct, {}), whole(0));
}

TEST(Aggregate, RanksAndSpread) {
  std::vector<Value> hundred;
  for (int i = 100; i > 0; --i) hundred.push_back(whole(i));
  EXPECT_EQ(aggregate(Aggregate::p50, hundred), whole(50));
  EXPECT_EQ(aggregate(Aggregate::p95, hundred), whole(95));
  EXPECT_EQ(of(Aggregate::p95, {whole(3), whole(1)}), whole(3));
  EXPECT_EQ(of(Aggregate::stddev, {whole(1), whole(3)}), whole(1));
  EXPECT_EQ(rate_of(6, std::chrono::minutes{1}, std::chrono::minutes{4}), Value{1.5});
  EXPECT_EQ(rate_of(8, std::chrono::minutes{1}, std::chrono::minutes{4}), whole(2));
}

}  // namespace
}  // namespace weir::rules
