// How many connections there are, in all and per address: when full, the newest is refused and the others live.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "api/net/limits.hpp"

namespace weir::net {

/// Thread-safe: connections come on the accepting thread and go on their own.
class ConnectionCensus {
 public:
  explicit ConnectionCensus(const Limits& limits) : limits_(&limits) {}

  /// Counts a connection in; false when it has to be refused.
  bool enter(const std::string& address);
  /// Counts one out that was counted in.
  void leave(const std::string& address);
  std::size_t open() const;

 private:
  const Limits* limits_;
  mutable std::mutex mutex_;
  std::size_t open_ = 0;
  std::unordered_map<std::string, std::size_t> by_address_;
};

}  // namespace weir::net
