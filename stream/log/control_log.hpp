// What the nodes of a cluster share beside events: the newest value under each key, the same on all of them, in one
// order for all.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "schemas/base/result.hpp"

namespace weir::log {

/// Thread-safe.
class ControlLog {
 public:
  /// Told one record at a time: first what holds now, of each key the newest record, then what comes, in the log's
  /// order. No value: nothing holds under the key any more. An error ends it.
  using Apply = std::function<Result<void>(const std::string& key, const std::optional<std::string>& value)>;
  /// Told once, on a thread of the log: no record is told any more.
  using Ended = std::function<void(const Error& why)>;

  virtual ~ControlLog() = default;

  /// Returns when the record is durable and this node was told it; other nodes are within moments. Blocks for up to 10
  /// s; not to be called by who is told. Error: log_unreachable (it may be there, and be told later).
  virtual Result<void> put(const std::string& key, const std::optional<std::string>& value) = 0;
};

}  // namespace weir::log
