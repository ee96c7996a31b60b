// The one source of chance of a simulation, and the trace of what it did.
#pragma once

#include <cstdint>
#include <cstdio>
#include <random>
#include <stdexcept>
#include <string>

#include "schemas/base/hash.hpp"

namespace weir::simulation {

/// What should have been equal, or never, or always, and was not.
struct Difference : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}

  /// 0 <= answer < n; n > 0.
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most - least) + 1));
  }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  /// True in so many of 1,000 cases.
  bool permille(std::uint64_t rate) { return below(1000) < rate; }
  std::mt19937_64& source() { return random_; }

 private:
  std::mt19937_64 random_;
};

/// Every step leaves a line; all lines together have one hash, by which two runs are told apart.
class Trace {
 public:
  explicit Trace(bool printed) : printed_(printed) {}

  void line(const std::string& text) {
    std::string chained = to_hex(hash_);
    chained.append(text);
    hash_ = hash128(chained);
    ++lines_;
    if (printed_) std::printf("%6llu %s\n", static_cast<unsigned long long>(lines_), text.c_str());
  }
  const Hash128& hash() const { return hash_; }

 private:
  bool printed_;
  Hash128 hash_;
  std::uint64_t lines_ = 0;
};

}  // namespace weir::simulation
