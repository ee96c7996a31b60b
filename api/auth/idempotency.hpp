// Answers kept for 24 h under the producer's Idempotency-Key (reliability R13): a repeated request gets the first one's
// answer instead of being done again.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <variant>

#include "schemas/base/clock.hpp"
#include "schemas/base/hash.hpp"
#include "schemas/base/result.hpp"
#include "state/format/keys.hpp"
#include "state/store/store.hpp"

namespace weir::auth {

inline constexpr std::size_t idempotency_key_bytes_max = 256;

/// What a key belongs to: another actor or route is another key.
struct IdempotencyScope {
  std::string workspace;
  std::string actor;
  std::string route;  // method and path
  std::string key;    // the header's value
};

struct StoredAnswer {
  unsigned status = 0;
  std::string content_type;
  std::string body;

  friend bool operator==(const StoredAnswer&, const StoredAnswer&) = default;
};

/// Thread-safe. keep() and open() write to the disk; begin() reads: not from an I/O thread.
class IdempotencyStore {
 public:
  struct Limits {
    Duration lifetime = std::chrono::hours(24);
    std::uint64_t workspace_bytes_max = 64 * 1024 * 1024;  // beyond: the workspace's oldest answers leave
  };

  /// The right to do the request and to keep its answer; while it lives, the same key is refused to others. Dropping it
  /// without keep() frees the key: nothing was done.
  class Reservation {
   public:
    Reservation(Reservation&&) noexcept;
    Reservation& operator=(Reservation&&) = delete;
    ~Reservation();
    /// Stores the answer durably. An answer that does not fit the workspace's bytes is not kept. Error: storage_failed.
    Result<void> keep(const StoredAnswer& answer);
    /// The request is done: the next one with the key begins anew, or gets what was kept. At the latest in the
    /// destructor; to be called before the answer goes out, for its receiver may ask again at once.
    void end();

   private:
    friend class IdempotencyStore;
    struct Claim;
    explicit Reservation(std::unique_ptr<Claim> claim);
    std::unique_ptr<Claim> claim_;
  };
  using Begun = std::variant<StoredAnswer, Reservation>;

  /// `store` and `clock` must outlive it. Reads the sizes of what is kept and removes what is too old.
  static Result<std::unique_ptr<IdempotencyStore>> open(store::Store& store, const Clock& clock, Limits limits);
  static Result<std::unique_ptr<IdempotencyStore>> open(store::Store& store, const Clock& clock);

  /// The kept answer, or a reservation. `idempotency_conflict`: the key was used with another request, or that request
  /// is still being worked on; `bad_request`: the key is empty or too long. `request` is a hash of all that the request
  /// asks (query and body). A reservation must not outlive the store.
  Result<Begun> begin(const IdempotencyScope& scope, const Hash128& request);

 private:
  IdempotencyStore(store::Store& store, const Clock& clock, Limits limits);
  Result<void> restore();
  Result<void> restore(const format::Scope& scope);
  Result<void> keep(const format::Scope& scope, const std::string& digest, const Hash128& request,
                    const StoredAnswer& answer);
  Result<std::uint64_t> make_room(store::Batch& batch, const format::Scope& scope, const std::string& digest,
                                  std::uint64_t bytes) const;
  void release(const std::string& name);

  store::Store& store_;
  const Clock& clock_;
  const Limits limits_;
  std::mutex mutex_;
  std::set<std::string, std::less<>> claimed_;       // store keys of answers being worked on; under mutex_
  std::map<std::string, std::uint64_t> bytes_kept_;  // by workspace; under mutex_
};

}  // namespace weir::auth
