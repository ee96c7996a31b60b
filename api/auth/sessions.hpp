// Who is signed in. A session is known by a secret that only its browser has (a cookie); here lies the secret's digest.
// Sessions outlive the server: they are kept in the node's store and held in memory, bounded by users and by sessions
// per user.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "schemas/base/clock.hpp"
#include "schemas/base/result.hpp"
#include "schemas/crypto/digest.hpp"
#include "state/store/store.hpp"

namespace weir::auth {

struct Session {
  std::string id;  // 16 hexadecimal digits of the secret's digest; names the session without being its secret
  std::string user;
  std::string generation;  // of the user's password when the session began
  std::string workspace;   // where it works
  Time began{};
  Time seen{};

  friend bool operator==(const Session&, const Session&) = default;
};

/// Thread-safe. What writes, writes to the disk: not from an I/O thread.
class Sessions {
 public:
  struct Limits {
    Duration idle = std::chrono::hours(24);
    Duration lifetime = std::chrono::hours(24 * 30);
    std::size_t per_user = 10;  // beyond: the user's oldest goes
  };
  struct Begun {
    std::string secret;
    Session session;
  };

  /// `store` and `clock` must outlive it. Reads what is kept and removes what is over. Errors: storage_failed,
  /// state_format.
  static Result<std::unique_ptr<Sessions>> open(store::Store& store, const Clock& clock, Limits limits);

  Result<Begun> begin(const std::string& user, const std::string& generation, const std::string& workspace);
  /// The session of a secret, or by its id, unless it is over; asking counts as using it. Memory only; a digest and
  /// O(log sessions).
  std::optional<Session> find(std::string_view secret);
  std::optional<Session> find_id(std::string_view id);
  /// False: there is no such session.
  Result<bool> move(const std::string& id, const std::string& workspace);
  /// Durable when it returns. An unknown session is over already.
  Result<void> end(const std::string& id);
  /// Writes when sessions were last used, and removes those that are over or that `lives` refuses: once a minute, and
  /// when the server stops. A crash before makes a session look a minute older.
  Result<void> flush(const std::function<bool(const Session&)>& lives);

  const Limits& limits() const { return limits_; }
  std::size_t count() const;

 private:
  struct Kept {
    Session session;
    crypto::Digest digest{};
    Time written{};  // `seen` as the store has it
  };
  using ById = std::map<std::string, Kept, std::less<>>;

  Sessions(store::Store& store, const Clock& clock, Limits limits);
  Result<void> restore();
  bool is_over(const Session& session, Time now) const;
  void drop_oldest(store::Batch& batch, const std::string& user);

  store::Store& store_;
  const Clock& clock_;
  const Limits limits_;
  std::mutex writing_;  // one change at a time, so that the store sees them in their order; taken before mutex_
  mutable std::mutex mutex_;
  ById sessions_;  // under mutex_
};

}  // namespace weir::auth
