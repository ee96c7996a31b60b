// Where in a long case an event of a given identity lies, without reading the case: buckets by the first bits of the
// identity, each stored under a key of its own and read when needed. Doubles as it grows, so a bucket stays small.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "schemas/base/result.hpp"
#include "state/store/store.hpp"
#include "stream/dataflow/trace.hpp"

namespace weir::runtime {

class IdentityIndex {
 public:
  /// The part of an event's place in the trace that its identity does not tell already.
  struct Place {
    Hash128 identity;
    std::int64_t began = 0;
    std::int64_t ended = 0;
    std::uint64_t sequence = 0;
    dataflow::Lifecycle lifecycle = dataflow::Lifecycle::complete;
  };
  /// The key of a bucket.
  using Key = std::function<std::string(std::uint32_t bucket)>;

  static constexpr std::size_t bucket_places_max = 64;  // on average, below bits_max
  static constexpr std::uint32_t bits_max = 20;

  /// `entries` in the store, spread over 2^bits buckets.
  explicit IdentityIndex(std::uint32_t bits = 0, std::size_t entries = 0);

  Result<std::optional<Place>> find(const Hash128& identity, const store::Reader& store, const Key& key);
  Result<void> insert(const dataflow::Entry& entry, const store::Reader& store, const Key& key);
  Result<void> erase(const Hash128& identity, const store::Reader& store, const Key& key);
  /// Appends what changed since the last call.
  void encode(const Key& key, store::Batch& batch);

  std::uint32_t bits() const { return bits_; }
  std::uint32_t buckets() const { return std::uint32_t{1} << bits_; }
  std::size_t entries() const { return entries_; }
  /// What it holds in memory. O(1).
  std::size_t bytes() const { return buckets_.capacity() * sizeof(Bucket) + places_bytes_; }

 private:
  struct Bucket {
    bool loaded = false;
    bool changed = false;
    std::vector<Place> places;
  };

  std::uint32_t bucket_of(const Hash128& identity) const;
  Result<Bucket*> load(std::uint32_t bucket, const store::Reader& store, const Key& key);
  Result<void> grow(const store::Reader& store, const Key& key);

  std::uint32_t bits_;
  std::size_t entries_;
  std::vector<Bucket> buckets_;
  std::size_t places_bytes_ = 0;  // of those in memory
};

}  // namespace weir::runtime
