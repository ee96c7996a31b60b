// What a hub stands on, without a server: shards of one process over stores in memory, and a clock moved by hand.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/live/hub.hpp"
#include "api/live/session.hpp"
#include "state/memory/memory_store.hpp"
#include "stream/operators/operators.hpp"
#include "stream/runtime/task.hpp"
#include "tests/support/manual_clock.hpp"

namespace weir::live {

class LiveNode {
 public:
  explicit LiveNode(std::uint32_t shards, HubLimits limits = {});
  ~LiveNode();

  /// Appends an event of the workspace "w" to the shard of its case; not committed yet.
  void append(const Event& event);
  /// Appends a control record to one shard, or to all.
  void append(std::optional<std::uint32_t> shard, const log::Record& record);
  std::uint32_t shards() const { return static_cast<std::uint32_t>(shards_.size()); }
  std::uint32_t shard_of(const std::string& process, const std::string& case_id) const;
  void commit(std::uint32_t shard);
  /// Ends all sweeps and commits all shards.
  void settle();
  void sweep(std::uint32_t shard);

  /// A new process over the same stores: what was committed is there, no topic is.
  void restart();
  Hub& hub() { return *hub_; }
  ManualClock& clock() { return clock_; }
  /// Does all that is due, and what comes due by it, moving the clock.
  void come_to_rest();

  /// What the GET of the channel would answer now, of the workspace "w".
  std::string answer(const Question& question) const;

  metrics::Registry metrics;
  std::string uploads = R"({"uploads":[],"next":null})";
  std::optional<Error> store_error;  // what snapshots are refused with

 private:
  struct Shard;

  ManualClock clock_;
  const HubLimits limits_;
  const dataflow::Operators operators_ = operators::all();
  std::unique_ptr<feed::ChangeChannel> changes_;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::unique_ptr<Hub> hub_;
};

}  // namespace weir::live
