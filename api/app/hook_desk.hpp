// Hooks where deliveries arrive: their addresses, the documents as they hold, and what came lately.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "api/app/document_desk.hpp"
#include "api/app/hook_keys.hpp"
#include "stream/hooks/hook.hpp"
#include "stream/hooks/seen.hpp"

namespace weir::app {

/// Where a hook's provider sends to, below `/v1/hooks/`: `WORKSPACE.NAME.MAC`, the same as long as the key, so that
/// nobody can find a hook by its name, and every node finds it by its address.
class HookAddresses {
 public:
  /// `key`: that of the documents.
  explicit HookAddresses(const crypto::Key& key);

  std::string of(const std::string& workspace, const std::string& name) const;
  /// Error: not_found.
  Result<documents::Place> place_of(std::string_view address) const;

 private:
  const crypto::Key key_;
};

/// Thread-safe.
class HookDesk {
 public:
  /// Both must outlive it.
  HookDesk(Node& node, DocumentDesk& documents);

  const HookAddresses& addresses() const { return addresses_; }
  HookKeys& keys() { return keys_; }

  /// The hook as it holds now: what this node wrote at once, what another did within a second. Errors: not_found,
  /// invalid_document, those of DocumentDesk::open().
  Result<std::shared_ptr<const hooks::Hook>> find(const documents::Place& place);

  /// Of those given, which came before.
  std::vector<bool> seen(const std::vector<Hash128>& ones) const;
  /// They are durable.
  void remember(const std::vector<Hash128>& ones);
  /// As hooks::OnceOnly::use(), from now on for twice the hook's tolerance.
  hooks::OnceOnly::Use use(const Hash128& token, const Hash128& body, Duration tolerance);

 private:
  struct Known {
    std::shared_ptr<const hooks::Hook> hook;
    std::uint64_t changes = 0;  // DocumentDesk::changes() before it was read
    Clock::Steady read{};
  };

  Node& node_;
  DocumentDesk& documents_;
  const HookAddresses addresses_;
  HookKeys keys_;
  mutable std::mutex mutex_;
  std::map<documents::Place, Known> known_;
  hooks::Seen seen_;
  hooks::OnceOnly tokens_;
};

}  // namespace weir::app
