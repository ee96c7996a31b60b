#include "stream/dataflow/sketch.hpp"

#include <algorithm>
#include <bit>

#include "schemas/base/check.hpp"

namespace weir::dataflow {
namespace {

constexpr int sub_bits = 6;
constexpr std::int64_t exact_below = std::int64_t{1} << sub_bits;

}  // namespace

std::uint16_t Sketch::index_of(std::int64_t value) {
  if (value < exact_below) return static_cast<std::uint16_t>(value);
  const int octave = 63 - std::countl_zero(static_cast<std::uint64_t>(value)) - sub_bits;
  const std::int64_t sub = (value >> octave) - exact_below;
  return static_cast<std::uint16_t>(exact_below * (octave + 1) + sub);
}

std::int64_t Sketch::middle_of(std::uint16_t index) {
  if (index < exact_below) return index;
  const int octave = static_cast<int>(index / exact_below) - 1;
  const std::int64_t lower = (exact_below + index % exact_below) << octave;
  return lower + ((std::int64_t{1} << octave) - 1) / 2;
}

void Sketch::add(std::int64_t value, std::int64_t count) {
  WEIR_CHECK(value >= 0, "a duration is never negative");
  const std::uint16_t index = index_of(value);
  const auto at = std::lower_bound(buckets_.begin(), buckets_.end(), index,
                                   [](const Bucket& bucket, std::uint16_t wanted) { return bucket.index < wanted; });
  if (at == buckets_.end() || at->index != index) {
    if (count != 0) buckets_.insert(at, {index, count});
    return;
  }
  at->count += count;
  if (at->count == 0) buckets_.erase(at);
}

void Sketch::merge(const Sketch& other) {
  std::vector<Bucket> merged;
  merged.reserve(buckets_.size() + other.buckets_.size());
  auto mine = buckets_.begin();
  for (const Bucket& theirs : other.buckets_) {
    while (mine != buckets_.end() && mine->index < theirs.index) merged.push_back(*mine++);
    Bucket sum = theirs;
    if (mine != buckets_.end() && mine->index == theirs.index) sum.count += (mine++)->count;
    if (sum.count != 0) merged.push_back(sum);
  }
  merged.insert(merged.end(), mine, buckets_.end());
  buckets_ = std::move(merged);
}

std::int64_t Sketch::quantile(int per_mille) const {
  std::int64_t total = 0;
  for (const Bucket& bucket : buckets_) total += bucket.count;
  if (total == 0) return 0;
  const auto rank = static_cast<std::int64_t>((static_cast<__int128>(total) * per_mille + 999) / 1000);
  std::int64_t seen = 0;
  for (const Bucket& bucket : buckets_) {
    seen += bucket.count;
    if (seen >= std::max<std::int64_t>(rank, 1)) return middle_of(bucket.index);
  }
  return middle_of(buckets_.back().index);
}

}  // namespace weir::dataflow
