// A histogram of durations from which any quantile can be read within 1 %, that merges in any order and gives back what
// was taken from it. Integer buckets, log-linear: 64 per power of two, so a bucket is at most 1/64 of its lower bound
// wide and its middle at most 1/128 (0.8 %) off. Below 64 µs every value has a bucket of its own (exact).
// After "HdrHistogram" (log-linear buckets) and DDSketch (relative error, decrements; Masson et al., VLDB 2019).
#pragma once

#include <cstdint>
#include <vector>

namespace weir::dataflow {

class Sketch {
 public:
  struct Bucket {
    std::uint16_t index;
    std::int64_t count;
    friend bool operator==(const Bucket&, const Bucket&) = default;
  };

  /// Adds `count` observations of `value` (µs, >= 0); a negative count takes them back. O(log buckets), O(buckets) for
  /// a bucket that appears or goes.
  void add(std::int64_t value, std::int64_t count);
  void merge(const Sketch& other);

  /// The value at the nearest rank, ceil(p * n) with p = `per_mille` / 1000, of the `n` observations held; within 1 %
  /// of the true order statistic. 0 where nothing is held.
  std::int64_t quantile(int per_mille) const;

  bool empty() const { return buckets_.empty(); }
  const std::vector<Bucket>& buckets() const { return buckets_; }
  /// Ascending by index, counts not zero: what buckets() returned once.
  void restore(std::vector<Bucket> buckets) { buckets_ = std::move(buckets); }

  friend bool operator==(const Sketch&, const Sketch&) = default;

  /// One more than the index of the greatest value.
  static constexpr std::uint16_t indexes = 58 * 64;
  static std::uint16_t index_of(std::int64_t value);
  static std::int64_t middle_of(std::uint16_t index);

 private:
  std::vector<Bucket> buckets_;
};

}  // namespace weir::dataflow
