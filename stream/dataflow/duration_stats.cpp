#include "stream/dataflow/duration_stats.hpp"

#include <algorithm>
#include <cmath>

#include <boost/multiprecision/cpp_int.hpp>

#include "schemas/base/check.hpp"

namespace weir::dataflow {

using boost::multiprecision::int256_t;

namespace {

auto few_at(auto& few, std::int64_t value) {
  return std::lower_bound(few.begin(), few.end(), value,
                          [](const DurationStats::Few& one, std::int64_t wanted) { return one.value < wanted; });
}

unsigned __int128 square(std::int64_t value) {
  const auto wide = static_cast<unsigned __int128>(value);
  return wide * wide;
}

}  // namespace

void WideSum::add(const WideSum& other) {
  low += other.low;
  high += other.high + (low < other.low ? 1 : 0);
}

void WideSum::add(unsigned __int128 value, std::int64_t times) {
  using Word = unsigned __int128;
  const auto count = static_cast<std::uint64_t>(times < 0 ? -times : times);
  const Word upper = (value >> 64) * count;  // of the product, from bit 64 on
  WideSum product{Word{static_cast<std::uint64_t>(value)} * count, 0};
  product.add({upper << 64, static_cast<std::int64_t>(upper >> 64)});
  if (times < 0) product = {-product.low, ~product.high + (product.low == 0 ? 1 : 0)};
  add(product);
}

void DurationStats::Full::add(std::int64_t micros, std::int64_t observations) {
  count += observations;
  sum += static_cast<Int128>(micros) * observations;
  if (observations == 1) {
    squares.add({square(micros), 0});
  } else {
    squares.add(square(micros), observations);
  }
  sketch.add(micros, observations);
  extremes.add(micros, observations);
}

DurationStats::DurationStats(const DurationStats& other)
    : few_(other.few_), full_(other.full_ ? std::make_unique<Full>(*other.full_) : nullptr) {}

DurationStats& DurationStats::operator=(const DurationStats& other) {
  *this = DurationStats{other};
  return *this;
}

DurationStats::Full& DurationStats::become_full() {
  if (full_) return *full_;
  full_ = std::make_unique<Full>();
  for (const Few& one : std::exchange(few_, {})) full_->add(one.value, one.count);
  return *full_;
}

void DurationStats::add(std::int64_t micros, std::int64_t count) {
  WEIR_CHECK(micros >= 0, "a duration is never negative");
  if (full_) {
    full_->add(micros, count);
    return;
  }
  const auto at = few_at(few_, micros);
  if (at == few_.end() || at->value != micros) {
    WEIR_CHECK(count >= 0, "a duration taken back that was not added");
    if (few_.size() == few_max) {
      become_full().add(micros, count);
    } else if (count != 0) {
      few_.insert(at, {micros, count});
    }
    return;
  }
  at->count += count;
  WEIR_CHECK(at->count >= 0, "more durations taken back than were added");
  if (at->count == 0) few_.erase(at);
}

void DurationStats::merge(const DurationStats& other) {
  for (const Few& one : other.few_) add(one.value, one.count);
  if (!other.full_) return;
  Full& mine = become_full();
  mine.count += other.full_->count;
  mine.sum += other.full_->sum;
  mine.squares.add(other.full_->squares);
  mine.sketch.merge(other.full_->sketch);
  mine.extremes.merge(other.full_->extremes);
}

std::int64_t DurationStats::count() const {
  if (full_) return full_->count;
  std::int64_t count = 0;
  for (const Few& one : few_) count += one.count;
  return count;
}

Int128 DurationStats::sum_micros() const {
  if (full_) return full_->sum;
  Int128 sum = 0;
  for (const Few& one : few_) sum += static_cast<Int128>(one.value) * one.count;
  return sum;
}

WideSum DurationStats::squares() const {
  if (full_) return full_->squares;
  WideSum squares;
  for (const Few& one : few_) squares.add(square(one.value), one.count);
  return squares;
}

double DurationStats::mean_micros() const {
  const std::int64_t n = count();
  if (n == 0) return 0;
  const Int128 sum = sum_micros();
  return static_cast<double>(sum / n) + static_cast<double>(sum % n) / static_cast<double>(n);
}

std::optional<double> DurationStats::stdev_micros() const {
  const std::int64_t n = count();
  if (n < 2) return std::nullopt;
  // n * sum(x^2) - sum(x)^2, exactly; then one division and one root.
  const WideSum wide = squares();
  const int256_t sum_of_squares = (int256_t(wide.high) << 128) + int256_t(wide.low);
  const int256_t spread = int256_t(n) * sum_of_squares - int256_t(sum_micros()) * int256_t(sum_micros());
  const double pairs = static_cast<double>(n) * static_cast<double>(n - 1);
  return std::sqrt(spread.convert_to<double>() / pairs);
}

std::int64_t DurationStats::quantile(int per_mille) const {
  const auto within = [&](std::int64_t value) {
    const auto least = min(), greatest = max();
    return least && greatest ? std::clamp(value, *least, *greatest) : value;
  };
  if (full_) return within(full_->sketch.quantile(per_mille));
  const auto rank = static_cast<std::int64_t>((static_cast<Int128>(count()) * per_mille + 999) / 1000);
  std::int64_t seen = 0;
  for (const Few& one : few_) {
    seen += one.count;
    // As the sketch would tell it: the figure must not depend on what the set once was.
    if (seen >= std::max<std::int64_t>(rank, 1)) return within(Sketch::middle_of(Sketch::index_of(one.value)));
  }
  return 0;
}

std::optional<std::int64_t> DurationStats::min() const {
  if (full_) return full_->extremes.min();
  return few_.empty() ? std::nullopt : std::optional{few_.front().value};
}

std::optional<std::int64_t> DurationStats::max() const {
  if (full_) return full_->extremes.max();
  return few_.empty() ? std::nullopt : std::optional{few_.back().value};
}

void DurationStats::refill_extremes(const DurationStats& same) {
  if (!full_) return;
  DurationStats copy = same;
  full_->extremes = copy.become_full().extremes;
}

}  // namespace weir::dataflow
