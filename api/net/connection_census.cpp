#include "api/net/connection_census.hpp"

#include "schemas/base/check.hpp"

namespace weir::net {

bool ConnectionCensus::enter(const std::string& address) {
  const std::lock_guard lock(mutex_);
  if (open_ >= limits_->connections) return false;
  std::size_t& of_address = by_address_[address];
  if (of_address >= limits_->connections_per_address) return false;
  ++of_address;
  ++open_;
  return true;
}

void ConnectionCensus::leave(const std::string& address) {
  const std::lock_guard lock(mutex_);
  const auto found = by_address_.find(address);
  WEIR_CHECK(found != by_address_.end() && open_ > 0, "only a connection that was counted in can leave");
  if (--found->second == 0) by_address_.erase(found);
  --open_;
}

std::size_t ConnectionCensus::open() const {
  const std::lock_guard lock(mutex_);
  return open_;
}

}  // namespace weir::net
