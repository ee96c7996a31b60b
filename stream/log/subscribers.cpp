#include "stream/log/subscribers.hpp"

namespace weir::log {

class Subscribers::Handle final : public Subscription {
 public:
  Handle(Subscribers& owner, const Key& key) : owner_(owner), key_(key) {}
  ~Handle() override { owner_.remove(key_); }

 private:
  Subscribers& owner_;
  const Key key_;
};

std::unique_ptr<Subscription> Subscribers::add(std::uint32_t partition, Grown grown) {
  const std::lock_guard lock(mutex_);
  const Key key{partition, next_++};
  subscribers_.emplace(key, std::move(grown));
  return std::make_unique<Handle>(*this, key);
}

void Subscribers::tell(std::uint32_t partition, const std::string& workspace) const {
  const std::lock_guard lock(mutex_);
  for (auto at = subscribers_.lower_bound({partition, 0}); at != subscribers_.end() && at->first.first == partition;
       ++at) {
    at->second(workspace);
  }
}

void Subscribers::remove(const Key& key) {
  const std::lock_guard lock(mutex_);
  subscribers_.erase(key);
}

}  // namespace weir::log
