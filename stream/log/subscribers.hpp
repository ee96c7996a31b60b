// Inside stream/log only: who wants to know that a partition has grown.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include "stream/log/log.hpp"

namespace weir::log {

/// Thread-safe. Callbacks run under its mutex, so that none runs once a subscription has ended.
class Subscribers {
 public:
  std::unique_ptr<Subscription> add(std::uint32_t partition, Grown grown);
  void tell(std::uint32_t partition, const std::string& workspace) const;

 private:
  class Handle;
  using Key = std::pair<std::uint32_t, std::uint64_t>;  // partition, number

  void remove(const Key& key);

  mutable std::mutex mutex_;
  std::map<Key, Grown> subscribers_;
  std::uint64_t next_ = 0;
};

}  // namespace weir::log
