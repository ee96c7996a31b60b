#include "stream/runtime/identity_index.hpp"

#include <algorithm>

#include "state/format/codec.hpp"

namespace weir::runtime {
namespace {

constexpr std::uint8_t bucket_version = 1;

std::string encode_places(const std::vector<IdentityIndex::Place>& places) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(bucket_version);
  out.number(places.size());
  for (const auto& place : places) {
    out.hash(place.identity);
    out.signed_number(place.began);
    out.number(static_cast<std::uint64_t>(place.ended - place.began));
    out.number(place.sequence);
    out.byte(static_cast<std::uint8_t>(place.lifecycle));
  }
  return bytes;
}

Result<std::vector<IdentityIndex::Place>> decode_places(std::string_view bytes) {
  format::Decoder in{bytes};
  std::vector<IdentityIndex::Place> places;
  if (in.byte() != bucket_version) return Error{Code::state_format, "an identity bucket has an unknown version"};
  const std::uint64_t count = in.number();
  places.reserve(std::min<std::uint64_t>(count, 2 * IdentityIndex::bucket_places_max));  // a count may be damaged
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    auto& place = places.emplace_back();
    place.identity = in.hash();
    place.began = in.signed_number();
    // A place that is wrong is looked up in vain; it need not be refused here.
    place.ended = static_cast<std::int64_t>(static_cast<std::uint64_t>(place.began) + in.number());
    place.sequence = in.number();
    place.lifecycle = static_cast<dataflow::Lifecycle>(in.byte());
  }
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "an identity bucket is damaged"};
  return places;
}

}  // namespace

IdentityIndex::IdentityIndex(std::uint32_t bits, std::size_t entries)
    : bits_(bits), entries_(entries), buckets_(std::size_t{1} << bits) {
  if (entries == 0) buckets_[0].loaded = true;
}

std::uint32_t IdentityIndex::bucket_of(const Hash128& identity) const {
  return bits_ == 0 ? 0 : static_cast<std::uint32_t>(identity.high >> (64 - bits_));
}

Result<IdentityIndex::Bucket*> IdentityIndex::load(std::uint32_t number, const store::Reader& store, const Key& key) {
  Bucket& bucket = buckets_[number];
  if (bucket.loaded) return &bucket;
  auto stored = store.get(key(number));
  if (!stored) return stored.error();
  if (*stored) {
    auto places = decode_places(**stored);
    if (!places) return places.error();
    bucket.places = std::move(*places);
    places_bytes_ += bucket.places.capacity() * sizeof(Place);
  }
  bucket.loaded = true;
  return &bucket;
}

Result<std::optional<IdentityIndex::Place>> IdentityIndex::find(const Hash128& identity, const store::Reader& store,
                                                                const Key& key) {
  const auto bucket = load(bucket_of(identity), store, key);
  if (!bucket) return bucket.error();
  for (const Place& place : (*bucket)->places) {
    if (place.identity == identity) return std::optional{place};
  }
  return std::optional<Place>{};
}

Result<void> IdentityIndex::insert(const dataflow::Entry& entry, const store::Reader& store, const Key& key) {
  if (bits_ < bits_max && entries_ >= buckets_.size() * bucket_places_max) {
    if (const auto grown = grow(store, key); !grown) return grown;
  }
  const auto bucket = load(bucket_of(entry.identity), store, key);
  if (!bucket) return bucket.error();
  auto& places = (*bucket)->places;
  const std::size_t room = places.capacity();
  places.push_back({entry.identity, entry.began, entry.ended, entry.sequence, entry.lifecycle});
  places_bytes_ += (places.capacity() - room) * sizeof(Place);
  (*bucket)->changed = true;
  ++entries_;
  return {};
}

Result<void> IdentityIndex::erase(const Hash128& identity, const store::Reader& store, const Key& key) {
  const auto bucket = load(bucket_of(identity), store, key);
  if (!bucket) return bucket.error();
  const auto removed = std::erase_if((*bucket)->places, [&](const Place& place) { return place.identity == identity; });
  (*bucket)->changed = (*bucket)->changed || removed > 0;
  entries_ -= removed;
  return {};
}

Result<void> IdentityIndex::grow(const store::Reader& store, const Key& key) {
  for (std::uint32_t i = 0; i < buckets(); ++i) {
    if (const auto loaded = load(i, store, key); !loaded) return loaded.error();
  }
  std::vector<Bucket> former = std::exchange(buckets_, std::vector<Bucket>(buckets_.size() * 2));
  ++bits_;
  for (Bucket& bucket : buckets_) bucket.loaded = bucket.changed = true;
  for (Bucket& bucket : former) {
    for (Place& place : bucket.places) buckets_[bucket_of(place.identity)].places.push_back(place);
    bucket.places = {};
  }
  places_bytes_ = 0;
  for (const Bucket& bucket : buckets_) places_bytes_ += bucket.places.capacity() * sizeof(Place);
  return {};
}

void IdentityIndex::encode(const Key& key, store::Batch& batch) {
  for (std::uint32_t i = 0; i < buckets(); ++i) {
    if (!std::exchange(buckets_[i].changed, false)) continue;
    batch.put(key(i), encode_places(buckets_[i].places));
  }
}

}  // namespace weir::runtime
