// The least and the greatest of a multiset that also shrinks. The few values nearest to each end are kept exactly; when
// removals have used one end up although values remain, that end says so (`exhausted`) and is refilled from the cases.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace weir::dataflow {

/// One end: the least values. (The greatest are the least of the negated.)
class LeastValues {
 public:
  struct Kept {
    std::int64_t value;
    std::int64_t count;
    friend bool operator==(const Kept&, const Kept&) = default;
  };
  static constexpr std::size_t kept_max = 16;
  static constexpr std::int64_t no_limit = std::numeric_limits<std::int64_t>::max();

  /// Adds (count > 0) or takes back (count < 0). O(kept_max), nearly always O(1): a value that is only counted.
  void add(std::int64_t value, std::int64_t count) {
    if (value > limit_ && outside_ + count > 0) {
      outside_ += count;
    } else {
      add_near(value, count);
    }
  }
  void merge(const LeastValues& other);

  /// The least value; empty when nothing is held or when exhausted().
  std::optional<std::int64_t> least() const;
  /// Values remain, but none of them is known.
  bool exhausted() const { return kept_.empty() && outside_ > 0; }

  const std::vector<Kept>& kept() const { return kept_; }
  std::int64_t outside() const { return outside_; }
  std::int64_t limit() const { return limit_; }
  void restore(std::vector<Kept> kept, std::int64_t outside, std::int64_t limit);

  friend bool operator==(const LeastValues&, const LeastValues&) = default;

 private:
  void add_near(std::int64_t value, std::int64_t count);
  void trim();

  std::vector<Kept> kept_;         // ascending; every held value <= limit_ is here
  std::int64_t limit_ = no_limit;  // values above it are only counted
  std::int64_t outside_ = 0;       // how many those are
};

class Extremes {
 public:
  void add(std::int64_t value, std::int64_t count) {
    low_.add(value, count);
    high_.add(-value, count);
  }
  void merge(const Extremes& other) {
    low_.merge(other.low_);
    high_.merge(other.high_);
  }
  std::optional<std::int64_t> min() const { return low_.least(); }
  std::optional<std::int64_t> max() const {
    const auto negated = high_.least();
    return negated ? std::optional{-*negated} : std::nullopt;
  }
  bool exhausted() const { return low_.exhausted() || high_.exhausted(); }

  LeastValues& low() { return low_; }
  LeastValues& high() { return high_; }
  const LeastValues& low() const { return low_; }
  const LeastValues& high() const { return high_; }

  friend bool operator==(const Extremes&, const Extremes&) = default;

 private:
  LeastValues low_;
  LeastValues high_;
};

}  // namespace weir::dataflow
