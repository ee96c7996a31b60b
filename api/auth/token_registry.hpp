// What is known of tokens beyond what they say themselves: who made them, when they were last used, and which are
// revoked. A token that is not known here (of `weir token`, which makes them beside the server) is as good as any, and
// is known from its first use.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/auth/roles.hpp"
#include "schemas/base/clock.hpp"
#include "schemas/base/result.hpp"
#include "state/format/keys.hpp"
#include "state/store/store.hpp"

namespace weir::auth {

struct TokenRecord {
  std::string id;                   // 16 hexadecimal digits
  std::optional<std::string> name;  // for people; none: seen in use only
  Role role = Role::viewer;
  Time made{};          // or seen for the first time
  std::string made_by;  // Credential::actor(); "command line"
  std::optional<Time> expires = {};
  std::optional<Time> last_used = {};  // to within a minute
  bool revoked = false;

  friend bool operator==(const TokenRecord&, const TokenRecord&) = default;
};

bool is_token_id(std::string_view text);

std::string encode(const TokenRecord& record);
/// Error: state_format.
Result<TokenRecord> decode_token_record(std::string_view id, std::string_view bytes);

/// Thread-safe.
class TokenRegistry {
 public:
  struct Limits {
    std::size_t made = 1'000;      // in force, of a workspace: beyond, none is made
    std::size_t seen = 1'000;      // of a workspace: beyond, the one unused for longest is forgotten
    std::size_t revoked = 10'000;  // of a workspace and not expired: beyond, unknown ones are not revoked
  };

  /// `store` and `clock` must outlive it. Reads all records. Errors: storage_failed, state_format.
  static Result<std::unique_ptr<TokenRegistry>> open(store::Store& store, const Clock& clock, Limits limits);
  static Result<std::unique_ptr<TokenRegistry>> open(store::Store& store, const Clock& clock);

  /// Makes a change known to every node of a cluster, this one by apply(), before it returns.
  using Share = std::function<Result<void>(const std::string& workspace, const TokenRecord& record)>;
  /// From now on add() and revoke() share what they change, with the errors of `share`. Before any thread uses it.
  void share(Share share) { share_ = std::move(share); }
  /// What a node of the cluster shared. When a token was last used stays each node's own. Error: storage_failed.
  Result<void> apply(const std::string& workspace, TokenRecord record);

  /// Durable when it returns. Errors: directory_full, storage_failed. Not from an I/O thread.
  Result<void> add(const std::string& workspace, TokenRecord record);
  /// Durable when it returns; the token is refused from now on. Also an unknown one. Errors: directory_full,
  /// storage_failed. Not from an I/O thread.
  Result<void> revoke(const std::string& workspace, const std::string& id);

  /// A valid token was used: false if it is revoked. Memory only, O(log tokens).
  bool use(const Credential& credential);
  bool is_revoked(std::string_view workspace, std::string_view id) const;

  /// In force, newest first. O(tokens log tokens).
  std::vector<TokenRecord> list(std::string_view workspace) const;

  /// Writes when tokens were last used and forgets those that have expired: once a minute, and when the server stops.
  /// Not from an I/O thread. Error: storage_failed.
  Result<void> flush();

 private:
  struct Kept {
    TokenRecord record;
    bool changed = false;  // since it was written
  };
  using ById = std::map<std::string, Kept, std::less<>>;

  TokenRegistry(store::Store& store, const Clock& clock, Limits limits);
  Result<void> restore(const format::Scope& scope);
  void see(ById& tokens, const format::Scope& scope, const Credential& credential, Time now);

  store::Store& store_;
  const Clock& clock_;
  const Limits limits_;
  Share share_;
  std::mutex writing_;  // one change at a time, so that the store sees them in their order; taken before mutex_
  mutable std::mutex mutex_;
  std::map<std::string, ById, std::less<>> workspaces_;  // under mutex_
  store::Batch forgotten_;                               // under mutex_; for the next flush
};

}  // namespace weir::auth
