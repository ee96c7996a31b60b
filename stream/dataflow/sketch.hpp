// A histogram of durations from which any quantile can be read within 1 %, that merges in any order and gives back what
// was taken from it. Integer buckets, log-linear: 64 per power of two, so a bucket is at most 1/64 of its lower bound
// wide and its middle at most 1/128 (0.8 %) off. Below 64 µs every value has a bucket of its own (exact).
// After "HdrHistogram" (log-linear buckets) and DDSketch (relative error, decrements; Masson et al., VLDB 2019).
#pragma once

#include <array>
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

  /// Adds `count` observations of `value` (µs, >= 0); a negative count takes them back. O(1) amortised.
  void add(std::int64_t value, std::int64_t count);
  void merge(const Sketch& other);

  /// The value at the nearest rank, ceil(p * n) with p = `per_mille` / 1000, of the `n` observations held; within 1 %
  /// of the true order statistic. 0 where nothing is held.
  std::int64_t quantile(int per_mille) const;

  /// Ascending by index, counts not zero. O(buckets).
  std::vector<Bucket> buckets() const;
  /// What buckets() returned once.
  void restore(std::vector<Bucket> buckets);

  friend bool operator==(const Sketch& a, const Sketch& b) { return a.buckets() == b.buckets(); }

  /// One more than the index of the greatest value.
  static constexpr std::uint16_t indexes = 58 * 64;
  static std::uint16_t index_of(std::int64_t value);
  static std::int64_t middle_of(std::uint16_t index);

 private:
  /// Up to here the buckets are a sorted list (16 bytes each): a set of few durations stays small.
  static constexpr std::size_t few_max = 64;
  /// So many single observations wait to be counted together. Thousands of sketches do not fit into a core's cache; one
  /// line of each does.
  static constexpr std::size_t waiting_max = 256;
  /// The 64 buckets of one power of two.
  using Page = std::array<std::int64_t, 64>;

  bool paged() const { return !pages_.empty(); }
  void count(std::uint16_t index, std::int64_t count);
  std::int64_t& count_at(std::uint16_t index);
  void settle();
  void become_paged();
  template <class Visit>
  void each_settled(const Visit& visit) const;
  template <class Visit>
  void each(const Visit& visit) const;

  std::vector<std::uint16_t> waiting_;              // indices of observations that are in none of the following yet
  std::vector<Bucket> few_;                         // ascending, counts not zero; empty once paged
  std::vector<Page> pages_;                         // in the order they came; counts may be zero
  std::array<std::uint8_t, indexes / 64> place_{};  // of each power's page in pages_, 1-based; 0: it has none
};

}  // namespace weir::dataflow
