// The outboxes of the shards that are here, as the deliverer asks for them (stream/effects/outbox.hpp). What begins and
// ends is a record on the partition of its case; whether it counts is said by the shard's task, which reads all such
// records in one order: of two nodes that believe to own a shard one alone may send.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/app/node.hpp"
#include "stream/alerts/delivery.hpp"
#include "stream/effects/outbox.hpp"
#include "stream/runtime/case_alerts.hpp"

namespace weir::app {

/// Thread-safe. Held by shared_ptr: what it appends may become durable after it is gone.
class ShardOutbox final : public effects::Outbox, public std::enable_shared_from_this<ShardOutbox> {
 public:
  /// `node` outlives it.
  explicit ShardOutbox(Node& node) : node_(node) {}

  /// A commit of the shard put something into the outbox for the target.
  void announced(std::uint32_t shard, const effects::TargetKey& target);
  /// A commit holds the record of a delivery. `counts`: the ledger took it.
  void recorded(const Hash128& sender, bool counts);

  Result<std::vector<effects::TargetKey>> targets() override;
  Result<std::vector<effects::Due>> due(const effects::TargetKey& target, std::size_t count,
                                        std::size_t bytes_max) override;
  void begin(const effects::Due& due, std::uint32_t attempt, Begun answer) override;
  void end(const effects::Due& due, const effects::Ending& ending, Ended answer) override;

 private:
  struct Waiting {
    Begun answer;
    Clock::Steady deadline;
  };
  /// Where a target's effects may be, by shard, and how often something was announced there.
  using Homes = std::map<std::uint32_t, std::uint64_t>;

  Homes homes_of(const effects::TargetKey& target) const;
  void leave(const effects::TargetKey& target, std::uint32_t shard, std::uint64_t seen);
  bool has_caught_up(std::uint32_t shard, const std::string& workspace);
  Result<runtime::OutboxRow> row_of(const effects::Due& due) const;
  void append(const effects::Due& due, alerts::Delivery delivery, Begun answer);
  void answer(const Hash128& sender, const Result<bool>& result);
  void give_up_waiting();

  Node& node_;
  mutable std::mutex mutex_;
  std::map<effects::TargetKey, Homes> homes_;  // under mutex_, as all below
  std::map<Hash128, Waiting> waiting_;         // by sender
  /// Behind what the log held when the shard was first asked for; none: it is past that.
  std::map<std::pair<std::uint32_t, std::string>, std::optional<std::uint64_t>> behind_;
};

}  // namespace weir::app
