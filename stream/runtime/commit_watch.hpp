// What is committed, shard by shard, and who waits for it: a query with `after=POSITION` is answered once the views
// include the position.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "schemas/base/clock.hpp"
#include "stream/log/position.hpp"

namespace weir::runtime {

/// Thread-safe.
class CommitWatch {
 public:
  /// Told once: true when the position is included, false when the deadline has passed. Must return soon.
  using Told = std::function<void(bool included)>;

  /// A shard's views include every record of the workspace below `next_offset`.
  void committed(std::uint32_t shard, const std::string& workspace, std::uint64_t next_offset);
  /// Nothing is known of the shard any more.
  void forget(std::uint32_t shard);
  /// Tells at once if the position is included already.
  void when_included(const std::string& workspace, log::Position position, Clock::Steady deadline, Told told);
  /// Tells those whose deadline has passed.
  void expire(Clock::Steady now);
  /// Somebody waits for what the shard has taken from the log, up to `next_offset`, and not committed: it should commit
  /// soon. For what lies further ahead a commit would only take time.
  bool awaited(std::uint32_t shard, const std::string& workspace, std::uint64_t next_offset) const;
  /// The offset below which the shard's views include everything.
  std::uint64_t committed_offset(std::uint32_t shard, const std::string& workspace) const;

 private:
  struct Waiter {
    std::string workspace;
    log::Position position;
    Clock::Steady deadline;
    Told told;
  };

  bool includes(const std::string& workspace, const log::Position& position) const;  // under mutex_
  std::vector<Told> take(const std::function<bool(const Waiter&)>& which);           // under mutex_

  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::uint32_t>, std::uint64_t> next_;  // under mutex_
  std::list<Waiter> waiters_;                                            // under mutex_
};

}  // namespace weir::runtime
