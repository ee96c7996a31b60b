// Statistics of a set of durations that grows and shrinks, exact whatever the order: integer count, sum and sum of
// squares, extremes, and a sketch for quantiles. Floating point appears only where a figure is read out.
//
// Most sets are tiny (a variant of one case, a rare edge), so up to few_max distinct values are simply kept; beyond,
// the set is `full` and stays so.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "schemas/base/int128.hpp"
#include "stream/dataflow/extremes.hpp"
#include "stream/dataflow/sketch.hpp"

namespace weir::dataflow {

/// Sum of squares of up to 2^63 values of up to 2^63: 192 bits, two's complement.
struct WideSum {
  unsigned __int128 low = 0;
  std::int64_t high = 0;

  /// Adds `value` `times` times; times below 0 take it back. O(1).
  void add(unsigned __int128 value, std::int64_t times);
  void add(const WideSum& other);

  friend bool operator==(const WideSum&, const WideSum&) = default;
};

class DurationStats {
 public:
  struct Few {
    std::int64_t value;
    std::int64_t count;
    friend bool operator==(const Few&, const Few&) = default;
  };
  static constexpr std::size_t few_max = 8;
  using FewList = boost::container::small_vector<Few, 1>;  // one has room within: most variants are of one case

  struct Full {
    std::int64_t count = 0;
    Int128 sum = 0;
    WideSum squares;
    Extremes extremes;
    Sketch sketch;  // last: of what an addition touches the least is far from the rest

    void add(std::int64_t micros, std::int64_t observations);
    friend bool operator==(const Full&, const Full&) = default;
  };

  DurationStats() = default;
  DurationStats(const DurationStats& other);
  DurationStats& operator=(const DurationStats& other);
  DurationStats(DurationStats&&) noexcept = default;
  DurationStats& operator=(DurationStats&&) noexcept = default;
  ~DurationStats() = default;

  /// Adds (count > 0) or takes back (count < 0) observations of `micros` >= 0.
  void add(std::int64_t micros, std::int64_t count);
  void merge(const DurationStats& other);

  std::int64_t count() const;
  Int128 sum_micros() const;
  WideSum squares() const;
  double mean_micros() const;
  /// Sample standard deviation (n - 1), computed from exact integers; empty for fewer than two observations.
  std::optional<double> stdev_micros() const;
  /// The value at the nearest rank (Sketch::quantile), never outside the extremes. 0 where nothing is held.
  std::int64_t quantile(int per_mille) const;
  /// Empty where nothing is held, or where exhausted().
  std::optional<std::int64_t> min() const;
  std::optional<std::int64_t> max() const;
  bool exhausted() const { return full_ && full_->extremes.exhausted(); }
  /// Takes the extremes from another account of the same set.
  void refill_extremes(const DurationStats& same);

  const FewList& few() const { return few_; }
  const Full* full() const { return full_.get(); }
  void restore(const std::vector<Few>& few) { few_.assign(few.begin(), few.end()); }
  void restore(Full full) { full_ = std::make_unique<Full>(std::move(full)); }

 private:
  Full& become_full();

  FewList few_;  // ascending, counts not zero; empty when full
  std::unique_ptr<Full> full_;
};

}  // namespace weir::dataflow
