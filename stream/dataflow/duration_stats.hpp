// Statistics of a set of durations that grows and shrinks, exact whatever the order: integer count, sum and sum of
// squares, extremes, and a sketch for quantiles. Floating point appears only where a figure is read out.
#pragma once

#include <cstdint>
#include <optional>

#include "stream/dataflow/extremes.hpp"
#include "stream/dataflow/sketch.hpp"

namespace weir::dataflow {

using Int128 = __int128;

/// Sum of squares of up to 2^63 values of up to 2^63: 192 bits, two's complement.
struct WideSum {
  unsigned __int128 low = 0;
  std::int64_t high = 0;

  void add(unsigned __int128 value);
  void subtract(unsigned __int128 value);
  void add(const WideSum& other);

  friend bool operator==(const WideSum&, const WideSum&) = default;
};

class DurationStats {
 public:
  /// Adds (count > 0) or takes back (count < 0) observations of `micros` >= 0.
  void add(std::int64_t micros, std::int64_t count);
  void merge(const DurationStats& other);

  std::int64_t count() const { return count_; }
  Int128 sum_micros() const { return sum_; }
  const WideSum& squares() const { return squares_; }
  double mean_micros() const;
  /// Sample standard deviation (n - 1), computed from exact integers; empty for fewer than two observations.
  std::optional<double> stdev_micros() const;

  const Sketch& sketch() const { return sketch_; }
  const Extremes& extremes() const { return extremes_; }
  Extremes& extremes() { return extremes_; }

  void restore(std::int64_t count, Int128 sum, WideSum squares, Sketch sketch, Extremes extremes);

  friend bool operator==(const DurationStats&, const DurationStats&) = default;

 private:
  std::int64_t count_ = 0;
  Int128 sum_ = 0;
  WideSum squares_;
  Sketch sketch_;
  Extremes extremes_;
};

}  // namespace weir::dataflow
