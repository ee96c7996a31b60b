#include "stream/feed/variant_counts.hpp"

#include <algorithm>

namespace weir::feed {

void VariantCounts::set(std::uint32_t shard, const Hash128& variant, std::int64_t cases) {
  Counts& counts = by_shard_[shard];
  const auto known = counts.find(variant);
  const std::int64_t before = known == counts.end() ? 0 : known->second;
  if (cases == before) return;
  if (cases == 0) {
    counts.erase(known);
    --entries_;
  } else if (known == counts.end()) {
    counts.emplace(variant, cases);
    ++entries_;
  } else {
    known->second = cases;
  }
  cases_ += cases - before;
  const auto total = totals_.try_emplace(variant, 0).first;
  total->second += cases - before;
  if (total->second == 0) totals_.erase(total);
}

void VariantCounts::clear(std::uint32_t shard) {
  std::vector<Hash128> variants;
  variants.reserve(by_shard_[shard].size());
  for (const auto& [variant, cases] : by_shard_[shard]) variants.push_back(variant);
  for (const Hash128& variant : variants) set(shard, variant, 0);
}

std::vector<Hash128> VariantCounts::top(std::size_t limit) const {
  using Ranked = std::pair<std::int64_t, Hash128>;
  const auto before = [](const Ranked& x, const Ranked& y) {
    return x.first != y.first ? x.first > y.first : x.second < y.second;
  };
  std::vector<Ranked> best;  // a heap whose front is the last of the best
  for (const auto& [variant, cases] : totals_) {
    const Ranked one{cases, variant};
    if (best.size() == limit && (limit == 0 || !before(one, best.front()))) continue;
    if (best.size() == limit) {
      std::pop_heap(best.begin(), best.end(), before);
      best.pop_back();
    }
    best.push_back(one);
    std::push_heap(best.begin(), best.end(), before);
  }
  std::sort_heap(best.begin(), best.end(), before);
  std::vector<Hash128> variants;
  variants.reserve(best.size());
  for (const Ranked& one : best) variants.push_back(one.second);
  return variants;
}

}  // namespace weir::feed
