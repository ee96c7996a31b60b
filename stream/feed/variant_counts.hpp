// How many cases each variant of a process has, over all shards, kept up change by change: reading all variants for
// each event would cost more than everything else together.
#pragma once

#include <cstdint>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "schemas/base/hash.hpp"

namespace weir::feed {

/// Not thread-safe. Memory: some 80 bytes a variant and shard that has it.
class VariantCounts {
 public:
  explicit VariantCounts(std::uint32_t shards) : by_shard_(shards) {}

  /// How many cases of the shard have the variant now; 0: none any more. O(1).
  void set(std::uint32_t shard, const Hash128& variant, std::int64_t cases);
  /// Forgets what the shard has. O(its variants).
  void clear(std::uint32_t shard);

  /// Distinct variants.
  std::size_t size() const { return totals_.size(); }
  /// Variants as the shards have them: what memory is taken for.
  std::size_t entries() const { return entries_; }
  std::int64_t cases() const { return cases_; }
  /// The most frequent ones, then by id: the order of the list. O(variants).
  std::vector<Hash128> top(std::size_t limit) const;

 private:
  using Counts = boost::unordered_flat_map<Hash128, std::int64_t, std::hash<Hash128>>;

  std::vector<Counts> by_shard_;
  Counts totals_;
  std::size_t entries_ = 0;
  std::int64_t cases_ = 0;
};

}  // namespace weir::feed
