// The one source of chance of the company. Integers alone: the same seed gives the same draws on every machine, which
// neither std's distributions nor floating-point logarithms promise.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "schemas/base/time.hpp"

namespace weir::company {

/// How long something takes: the median, and by which factor (in percent) it is mostly off: two thirds of all draws lie
/// between median / factor and median * factor, log-normal.
struct Span {
  Duration median{};
  unsigned factor_percent = 150;
};

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}

  /// 64 bits of SplitMix64 (Steele, Lea, Flood 2014).
  std::uint64_t draw();
  /// 0 <= answer < n; n > 0.
  std::uint64_t below(std::uint64_t n);
  /// True in so many of 1,000 cases.
  bool permille(std::uint64_t rate) { return below(1000) < rate; }
  /// An index, each as often as its weight says. The weights are not all 0.
  std::uint8_t pick(std::initializer_list<unsigned> weights);
  /// Until the next of events that come `mean` apart on average, at random; at most 45 times the mean.
  Duration exponential(Duration mean);
  /// A log-normal draw; within the sixth power of the factor.
  Duration log_normal(Span span);

 private:
  std::uint64_t state_;
};

/// log2(value) and 2^exponent with 16 binary digits behind the point. value > 0; exponent below 2^20, less than 2^-16
/// is 0. Exact to 2^-14, so good for chance and nothing else.
std::int64_t log2_q16(std::uint64_t value);
std::uint64_t exp2_q16(std::int64_t exponent_q16);

}  // namespace weir::company
