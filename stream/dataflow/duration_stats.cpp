#include "stream/dataflow/duration_stats.hpp"

#include <cmath>

#include <boost/multiprecision/cpp_int.hpp>

#include "schemas/base/check.hpp"

namespace weir::dataflow {

using boost::multiprecision::int256_t;

void WideSum::add(unsigned __int128 value) {
  low += value;
  if (low < value) ++high;
}

void WideSum::subtract(unsigned __int128 value) {
  if (low < value) --high;
  low -= value;
}

void WideSum::add(const WideSum& other) {
  add(other.low);
  high += other.high;
}

void DurationStats::add(std::int64_t micros, std::int64_t count) {
  WEIR_CHECK(micros >= 0, "a duration is never negative");
  const auto value = static_cast<unsigned __int128>(micros);
  count_ += count;
  sum_ += static_cast<Int128>(micros) * count;
  for (std::int64_t i = 0; i < count; ++i) squares_.add(value * value);
  for (std::int64_t i = 0; i > count; --i) squares_.subtract(value * value);
  sketch_.add(micros, count);
  extremes_.add(micros, count);
}

void DurationStats::merge(const DurationStats& other) {
  count_ += other.count_;
  sum_ += other.sum_;
  squares_.add(other.squares_);
  sketch_.merge(other.sketch_);
  extremes_.merge(other.extremes_);
}

double DurationStats::mean_micros() const {
  if (count_ == 0) return 0;
  const Int128 whole = sum_ / count_;
  const Int128 rest = sum_ % count_;
  return static_cast<double>(whole) + static_cast<double>(rest) / static_cast<double>(count_);
}

std::optional<double> DurationStats::stdev_micros() const {
  if (count_ < 2) return std::nullopt;
  // n * sum(x^2) - sum(x)^2, exactly; then one division and one root.
  const int256_t squares = (int256_t(squares_.high) << 128) + int256_t(squares_.low);
  const int256_t spread = int256_t(count_) * squares - int256_t(sum_) * int256_t(sum_);
  const double pairs = static_cast<double>(count_) * static_cast<double>(count_ - 1);
  return std::sqrt(spread.convert_to<double>() / pairs);
}

void DurationStats::restore(std::int64_t count, Int128 sum, WideSum squares, Sketch sketch, Extremes extremes) {
  count_ = count;
  sum_ = sum;
  squares_ = squares;
  sketch_ = std::move(sketch);
  extremes_ = std::move(extremes);
}

}  // namespace weir::dataflow
