#include "api/auth/idempotency.hpp"

#include <vector>

#include "api/auth/workspaces.hpp"
#include "schemas/crypto/digest.hpp"
#include "state/format/codec.hpp"
#include "state/format/keys.hpp"

namespace weir::auth {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t removals_at_once = 1'000;
constexpr std::uint64_t row_overhead_bytes = 256;  // the keys of an answer and of its age

struct Kept {
  Hash128 request;
  Time kept_at{};
  StoredAnswer answer;
};

std::string encode(const Kept& kept) {
  std::string bytes;
  format::Encoder out(bytes);
  out.byte(version);
  out.hash(kept.request);
  out.signed_number(to_micros(kept.kept_at));
  out.number(kept.answer.status);
  out.text(kept.answer.content_type);
  out.text(kept.answer.body);
  return bytes;
}

Result<Kept> decode(std::string_view bytes) {
  format::Decoder in(bytes);
  const bool known = in.byte() == version;
  Kept kept;
  kept.request = in.hash();
  kept.kept_at = from_micros(in.signed_number());
  kept.answer.status = static_cast<unsigned>(in.number());
  kept.answer.content_type = in.text();
  kept.answer.body = in.text();
  if (!known || !in.ok() || !in.at_end()) return Error{Code::state_format, "A kept answer cannot be read."};
  return kept;
}

std::string digest_of(const IdempotencyScope& scope) {
  std::string bytes;
  format::Encoder out(bytes);
  for (const auto* part : {&scope.actor, &scope.route, &scope.key}) out.text(*part);
  return std::string(crypto::bytes_of(crypto::sha256(bytes)));
}

std::string encode_number(std::uint64_t number) {
  std::string bytes;
  format::Encoder(bytes).number(number);
  return bytes;
}

std::uint64_t decode_number(std::string_view bytes) { return format::Decoder(bytes).number(); }

// An entry of the index by age.
struct Aged {
  Time kept_at{};
  std::string digest;
  std::uint64_t bytes = 0;
};

Aged aged_of(std::string_view key, std::string_view prefix, std::string_view value) {
  const auto rest = format::behind(key, prefix);
  return {from_micros(format::from_ordered(format::read_big_endian(rest.substr(0, 8)))), std::string(rest.substr(8)),
          decode_number(value)};
}

void erase(store::Batch& batch, const format::Scope& scope, Time kept_at, const std::string& digest) {
  batch.erase(scope.answer(digest));
  batch.erase(scope.answer_age(to_micros(kept_at), digest));
}

}  // namespace

struct IdempotencyStore::Reservation::Claim {
  IdempotencyStore& store;
  format::Scope scope;
  std::string digest;
  Hash128 request;

  std::string name() const { return scope.answer(digest); }
};

IdempotencyStore::Reservation::Reservation(std::unique_ptr<Claim> claim) : claim_(std::move(claim)) {}
IdempotencyStore::Reservation::Reservation(Reservation&&) noexcept = default;
IdempotencyStore::Reservation::~Reservation() { end(); }

void IdempotencyStore::Reservation::end() {
  if (claim_) claim_->store.release(claim_->name());
  claim_.reset();
}

Result<void> IdempotencyStore::Reservation::keep(const StoredAnswer& answer) {
  return claim_->store.keep(claim_->scope, claim_->digest, claim_->request, answer);
}

IdempotencyStore::IdempotencyStore(store::Store& store, const Clock& clock, Limits limits)
    : store_(store), clock_(clock), limits_(limits) {}

Result<std::unique_ptr<IdempotencyStore>> IdempotencyStore::open(store::Store& store, const Clock& clock,
                                                                 Limits limits) {
  std::unique_ptr<IdempotencyStore> opened(new IdempotencyStore(store, clock, limits));
  if (const auto restored = opened->restore(); !restored) return restored.error();
  return opened;
}

Result<std::unique_ptr<IdempotencyStore>> IdempotencyStore::open(store::Store& store, const Clock& clock) {
  return open(store, clock, Limits());
}

Result<void> IdempotencyStore::restore() {
  const std::lock_guard lock(mutex_);
  const auto workspaces = workspaces_in(store_);
  if (!workspaces) return workspaces.error();
  for (const auto& workspace : *workspaces) {
    if (const auto summed = restore(format::Scope(workspace)); !summed) return summed.error();
  }
  return {};
}

Result<void> IdempotencyStore::restore(const format::Scope& scope) {
  const auto now = clock_.now();
  const auto prefix = scope.answer_ages();
  store::Batch batch;
  std::uint64_t bytes = 0;
  const auto scanned = store_.scan(prefix, store::end_of_prefix(prefix), [&](auto key, auto value) {
    const auto aged = aged_of(key, prefix, value);
    const bool expired = aged.kept_at + limits_.lifetime <= now;
    if (expired) erase(batch, scope, aged.kept_at, aged.digest);
    if (!expired) bytes += aged.bytes;
    return true;
  });
  if (!scanned) return scanned.error();
  bytes_kept_[scope.workspace()] = bytes;
  if (batch.empty()) return {};
  return store_.write(batch, store::Durability::buffered);
}

Result<IdempotencyStore::Begun> IdempotencyStore::begin(const IdempotencyScope& scope, const Hash128& request) {
  if (scope.key.empty() || scope.key.size() > idempotency_key_bytes_max) {
    return Error{Code::bad_request, "An Idempotency-Key has 1 to 256 bytes."};
  }
  auto claim = std::make_unique<Reservation::Claim>(*this, format::Scope(scope.workspace), digest_of(scope), request);
  {
    const std::lock_guard lock(mutex_);
    if (!claimed_.insert(claim->name()).second) {
      return Error{Code::idempotency_conflict, "A request with this key is still being worked on."};
    }
  }
  Reservation reservation(std::move(claim));
  const auto value = store_.get(reservation.claim_->name());
  if (!value) return value.error();
  if (!*value) return Begun(std::move(reservation));
  auto kept = decode(**value);
  if (!kept) return kept.error();
  if (kept->kept_at + limits_.lifetime <= clock_.now()) return Begun(std::move(reservation));
  if (kept->request != request) {
    return Error{Code::idempotency_conflict, "This key was used with another request within 24 hours."};
  }
  return Begun(std::move(kept->answer));
}

Result<void> IdempotencyStore::keep(const format::Scope& scope, const std::string& digest, const Hash128& request,
                                    const StoredAnswer& answer) {
  const auto now = clock_.now();
  auto value = encode({request, now, answer});
  const auto bytes = value.size() + row_overhead_bytes;
  if (bytes > limits_.workspace_bytes_max) return {};
  {
    const std::lock_guard lock(mutex_);
    store::Batch batch;
    auto kept_bytes = make_room(batch, scope, digest, bytes);
    if (!kept_bytes) return kept_bytes.error();
    batch.put(scope.answer(digest), std::move(value));
    batch.put(scope.answer_age(to_micros(now), digest), encode_number(bytes));
    if (auto written = store_.write(batch, store::Durability::buffered); !written) return written;
    bytes_kept_[scope.workspace()] = *kept_bytes + bytes;
  }
  return store_.sync();  // outside the lock: others append while the disk works
}

// Removes what is too old, what stands in the way of `bytes`, and an earlier answer under the same key. The bytes that
// stay.
Result<std::uint64_t> IdempotencyStore::make_room(store::Batch& batch, const format::Scope& scope,
                                                  const std::string& digest, std::uint64_t bytes) const {
  const auto known = bytes_kept_.find(scope.workspace());
  std::uint64_t stays = known == bytes_kept_.end() ? 0 : known->second;
  const auto remove = [&](const Aged& aged) {
    erase(batch, scope, aged.kept_at, aged.digest);
    stays -= std::min(stays, aged.bytes);
  };
  const auto now = clock_.now();
  const auto prefix = scope.answer_ages();
  bool earlier_removed = false;
  std::size_t removed = 0;
  const auto scanned = store_.scan(prefix, store::end_of_prefix(prefix), [&](auto key, auto value) {
    const auto aged = aged_of(key, prefix, value);
    const bool expired = aged.kept_at + limits_.lifetime <= now && removed < removals_at_once;
    if (!expired && stays + bytes <= limits_.workspace_bytes_max) return false;
    earlier_removed |= aged.digest == digest;
    remove(aged);
    ++removed;
    return true;
  });
  if (!scanned) return scanned.error();
  if (earlier_removed) return stays;

  const auto earlier = store_.get(scope.answer(digest));
  if (!earlier) return earlier.error();
  if (!*earlier) return stays;
  const auto kept = decode(**earlier);
  if (!kept) return kept.error();
  remove({kept->kept_at, digest, (*earlier)->size() + row_overhead_bytes});
  return stays;
}

void IdempotencyStore::release(const std::string& name) {
  const std::lock_guard lock(mutex_);
  claimed_.erase(name);
}

}  // namespace weir::auth
