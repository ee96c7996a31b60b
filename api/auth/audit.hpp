// Who did what: per workspace a chain of entries, each sealed with HMAC-SHA-256 over the seal before it and its own
// bytes, so that nobody without the key can change, drop or reorder one unseen. Bounded: beyond `entries_max` of a
// workspace the oldest leave, and the chain then begins at the seal of the last one that left.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/result.hpp"
#include "schemas/base/time.hpp"
#include "schemas/crypto/digest.hpp"
#include "state/format/keys.hpp"
#include "state/store/store.hpp"

namespace weir::auth {

/// Never holds a secret: `actor` is a token's id, `object` a name. Texts beyond 512 bytes are cut.
struct AuditEntry {
  Time time{};
  std::string workspace;  // node_workspace: before anybody was known
  std::string actor;      // token id, else the remote address
  std::string action;     // "case.erase", "process.put", "token.refused"
  std::string object;
  std::string outcome;  // "done", or the error's code
  std::string trace_id;

  friend bool operator==(const AuditEntry&, const AuditEntry&) = default;
};

struct AuditRecord {
  std::uint64_t number = 0;  // 1, 2, 3, … without a gap in each workspace
  AuditEntry entry;
};

struct AuditPage {
  std::vector<AuditRecord> records;   // newest first
  std::optional<std::uint64_t> next;  // the cursor of the next page
};

/// The end of a workspace's chain: what an outside witness keeps (reliability R25).
struct AuditHead {
  std::uint64_t number = 0;  // 0: no entry yet
  crypto::Digest seal{};
};

/// Thread-safe. Calls read or write the disk: not from an I/O thread.
class Audit {
 public:
  /// `store` must outlive the audit and hold no other audit.
  Audit(store::Store& store, crypto::Key key, std::uint64_t entries_max = 100'000);

  /// Writes the entry; `synced` for whatever changes or removes something, so that it is on the disk before the deed is
  /// answered. Error: storage_failed.
  Result<void> append(AuditEntry entry, store::Durability durability);
  /// Newest first, from below `cursor`, at most `limit`. A workspace without entries has an empty page.
  Result<AuditPage> list(std::string_view workspace, std::optional<std::uint64_t> cursor, std::size_t limit) const;
  /// Walks the whole chain. The head it ends in, or `audit_broken` naming the first entry that does not fit.
  Result<AuditHead> verify(std::string_view workspace) const;

 private:
  struct Chain {
    std::uint64_t first = 1;  // the oldest entry kept
    AuditHead head;
  };
  Result<Chain*> chain_of(std::string_view workspace);
  Result<void> drop_oldest(store::Batch& batch, const format::Scope& scope, Chain& chain) const;

  store::Store& store_;
  const crypto::Key key_;
  const std::uint64_t entries_max_;
  std::mutex mutex_;
  std::map<std::string, Chain, std::less<>> chains_;  // under mutex_
};

}  // namespace weir::auth
