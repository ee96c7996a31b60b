#include "stream/rules/aggregate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "schemas/base/check.hpp"
#include "schemas/base/int128.hpp"

namespace weir::rules {
namespace {

/// The nearest double to the sum of doubles, whatever their order (Shewchuk 1997: a sum as doubles that do not
/// overlap).
class ExactSum {
 public:
  void add(double x) {
    std::size_t kept = 0;
    for (double part : parts_) {
      if (std::abs(x) < std::abs(part)) std::swap(x, part);
      const double high = x + part;
      const double low = part - (high - x);
      if (low != 0) parts_[kept++] = low;
      x = high;
    }
    parts_.resize(kept);
    parts_.push_back(x);
  }
  void add(std::int64_t whole) {
    add(static_cast<double>(whole >> 32) * 4'294'967'296.0);
    add(static_cast<double>(whole & 0xffff'ffff));
  }

  double rounded() const {
    if (parts_.empty()) return 0;
    std::size_t left = parts_.size();
    double high = parts_[--left], low = 0;
    while (left > 0 && low == 0) {
      const double part = parts_[--left], former = high;
      high = former + part;
      low = part - (high - former);
    }
    // Half way between two doubles what lies below decides.
    if (left > 0 && low != 0 && (low < 0) == (parts_[left - 1] < 0)) {
      const double twice = low * 2, other = high + twice;
      if (twice == other - high) high = other;
    }
    return high;
  }

 private:
  std::vector<double> parts_;
};

Value real_or_missing(double number) { return std::isfinite(number) ? Value{number} : Value{}; }

double as_real(const Value& number) {
  return number.whole() != nullptr ? static_cast<double>(*number.whole()) : *number.real();
}

struct Sum {
  Int128 whole = 0;  // of the whole ones
  ExactSum real;     // of all
  bool is_whole = true;
};

bool is_less(const Value& a, const Value& b) { return compare(a, b) == std::partial_ordering::less; }

/// So that no sum on the way is beyond all doubles unless the last one is: what is taken next has the other sign than
/// the sum so far.
std::vector<Value> balanced(std::span<const Value> numbers) {
  std::vector<Value> sorted(numbers.begin(), numbers.end());
  std::sort(sorted.begin(), sorted.end(), is_less);
  std::vector<Value> order;
  double sum = 0;
  for (auto low = sorted.begin(), high = sorted.end(); low != high;) {
    order.push_back(sum > 0 ? *low++ : *--high);
    sum += as_real(order.back());
  }
  return order;
}

Sum sum_of(std::span<const Value> given) {
  constexpr double large = 1e300;  // of which 10,000 together are no more than a double holds
  const bool may_overflow = std::any_of(given.begin(), given.end(), [](const Value& one) {
    return one.real() != nullptr && std::abs(*one.real()) > large;
  });
  const std::vector<Value> in_order = may_overflow ? balanced(given) : std::vector<Value>{};
  const std::span<const Value> numbers = may_overflow ? std::span{in_order} : given;
  Sum sum;
  for (const Value& one : numbers) {
    if (one.whole() != nullptr) {
      sum.whole += *one.whole();
      sum.real.add(*one.whole());
    } else {
      sum.is_whole = false;
      sum.real.add(*one.real());
    }
  }
  return sum;
}

std::optional<Value> in_64_bits(Int128 whole) {
  if (whole > std::numeric_limits<std::int64_t>::max() || whole < std::numeric_limits<std::int64_t>::min()) return {};
  return Value{static_cast<std::int64_t>(whole)};
}

Value total(const Sum& sum) {
  const auto whole = sum.is_whole ? in_64_bits(sum.whole) : std::nullopt;
  return whole ? *whole : real_or_missing(sum.real.rounded());
}

Value mean(const Sum& sum, std::size_t count) {
  const auto n = static_cast<Int128>(count);
  const auto whole = sum.is_whole && sum.whole % n == 0 ? in_64_bits(sum.whole / n) : std::nullopt;
  return whole ? *whole : real_or_missing(sum.real.rounded() / static_cast<double>(count));
}

Value deviation(std::span<const Value> numbers) {
  const double mean = sum_of(numbers).real.rounded() / static_cast<double>(numbers.size());
  ExactSum squares;
  for (const Value& one : numbers) squares.add((as_real(one) - mean) * (as_real(one) - mean));
  return real_or_missing(std::sqrt(squares.rounded() / static_cast<double>(numbers.size())));
}

Value at_rank(std::span<const Value> all, std::size_t percent) {
  std::vector<Value> numbers(all.begin(), all.end());
  const auto rank = numbers.begin() + static_cast<std::ptrdiff_t>((numbers.size() * percent + 99) / 100 - 1);
  std::nth_element(numbers.begin(), rank, numbers.end(), is_less);
  return *rank;
}

Value distinct(std::span<const Value> values) {
  std::set<std::string> keys;
  for (const Value& one : values) {
    if (!one.is_missing() && !one.is_null()) keys.insert(one.key());
  }
  return Value{static_cast<std::int64_t>(keys.size())};
}

}  // namespace

Value aggregate(Aggregate kind, std::span<const Value> values) {
  if (kind == Aggregate::distinct) return distinct(values);
  const auto is_number = [](const Value& one) { return one.is_number(); };
  std::vector<Value> some;
  const bool is_pure = std::all_of(values.begin(), values.end(), is_number);
  if (!is_pure) std::copy_if(values.begin(), values.end(), std::back_inserter(some), is_number);
  const std::span<const Value> numbers = is_pure ? values : some;
  if (numbers.empty()) return {};
  switch (kind) {
    case Aggregate::sum:
      return total(sum_of(numbers));
    case Aggregate::avg:
      return mean(sum_of(numbers), numbers.size());
    case Aggregate::min:
      return *std::min_element(numbers.begin(), numbers.end(), is_less);
    case Aggregate::max:
      return *std::max_element(numbers.begin(), numbers.end(), is_less);
    case Aggregate::p50:
      return at_rank(numbers, 50);
    case Aggregate::p95:
      return at_rank(numbers, 95);
    case Aggregate::stddev:
      return deviation(numbers);
    default:
      WEIR_CHECK(false, "count and rate need no values");
      return {};
  }
}

Value rate_of(std::int64_t count, Duration per, Duration length) {
  const Int128 product = static_cast<Int128>(count) * per.count();
  const auto whole = product % length.count() == 0 ? in_64_bits(product / length.count()) : std::nullopt;
  return whole ? *whole : Value{static_cast<double>(product) / static_cast<double>(length.count())};
}

}  // namespace weir::rules
