// Asking the owners of shards that are elsewhere, for what their views do not tell (stream/asking).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "api/metrics/registry.hpp"
#include "schemas/base/clock.hpp"
#include "stream/asking/asked_snapshot.hpp"
#include "stream/asking/elsewhere.hpp"

namespace weir::app {

/// Where a node of a group answers its fellows.
inline constexpr std::string_view asking_path = "/v1/shards/ask";

struct OwnersOptions {
  Clock::Steady connect_max = std::chrono::seconds{2};
  Clock::Steady stall_max = std::chrono::seconds{5};  // without that a byte of an answer comes
  Clock::Steady patience = std::chrono::seconds{2};   // who takes longer is asked nothing else meanwhile
  Clock::Steady rest = std::chrono::seconds{1};       // nor so long after it did not answer
  Clock::Steady retry_gap = std::chrono::milliseconds{100};
  std::size_t calls_max = 16;  // at once, of all: no more threads than that ever wait for other nodes
};

/// Thread-safe. Calls wait for other nodes: never on an I/O, log or task thread.
class Owners {
 public:
  struct Means {
    const Clock& clock;
    const crypto::Key& key;                                                      // of the cluster's nodes
    bool secure = false;                                                         // nodes are reached by TLS
    std::function<std::string(std::uint32_t shard)> address_of;                  // its owner's; empty: not known
    std::function<std::optional<asking::Whole>(std::uint32_t shard)> find_here;  // it may have come
    metrics::Registry& metrics;
  };

  /// All of `means` outlives it, and it outlives the snapshots that it opens.
  explicit Owners(Means means, OwnersOptions options = {});
  ~Owners();

  /// All that the workspace has in the shard, from its owner: pinned there, read when it is read here. Asks a second
  /// time where the shard moves meanwhile. Errors: shard_elsewhere (nobody is known to have it, or who is does not
  /// answer), not_caught_up, overloaded, those of the owner's store.
  Result<asking::Whole> open(std::uint32_t shard, const std::string& workspace, std::uint64_t includes);

 private:
  struct Owner;
  struct Outcomes;

  std::shared_ptr<Owner> owner_at(const std::string& address);
  Result<asking::Whole> open_at(const std::string& address, std::uint32_t shard, const std::string& workspace,
                                std::uint64_t includes);
  Result<asking::Answer> ask(Owner& owner, asking::Question question);
  Result<void> enter(Owner& owner, Clock::Steady now);
  void leave(Owner& owner, Clock::Steady begun, bool answered);
  Result<asking::Answer> send(Owner& owner, asking::Question question);

  const Means means_;
  const OwnersOptions options_;
  const asking::Locks locks_;
  const std::unique_ptr<Outcomes> outcomes_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Owner>> owners_;  // under mutex_: by address
  std::size_t calls_ = 0;                                 // under mutex_
};

}  // namespace weir::app
