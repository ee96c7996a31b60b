// Views that are good to judge by: of one moment, and not old. What is measured on a shard that is being made again, or
// that an owner of long ago has shown, would be told as what is so now.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "api/app/node.hpp"

namespace weir::app {

/// One thread.
class CurrentViews {
 public:
  /// Waits; false: it is to give up.
  using Pause = std::function<bool(Clock::Steady)>;

  /// Both outlive it.
  CurrentViews(Node& node, Pause pause) : node_(node), pause_(std::move(pause)) {}

  /// One per shard: of those that are here with all that was durable at the call, of others not long ago; and none
  /// before what was handed out the last time. Waits for that, four seconds at most; nothing: they lag.
  std::optional<feed::Snapshots> take(const std::string& workspace);

 private:
  using Place = std::pair<std::string, std::uint32_t>;  // workspace and shard

  std::optional<std::vector<std::uint64_t>> newest_of(const std::string& workspace);
  bool are_current(const std::string& workspace, const feed::Snapshots& all, const std::vector<std::uint64_t>& newest);

  Node& node_;
  const Pause pause_;
  std::set<Place> asked_;                 // partitions that are here, whose end the log was asked for
  std::map<Place, std::uint64_t> shown_;  // below it everything was included in what was handed out
};

}  // namespace weir::app
