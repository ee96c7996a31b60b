#include "state/store/watched_store.hpp"

namespace weir::store {

class WatchedStore::UnderWay {
 public:
  explicit UnderWay(WatchedStore& of) : of_(of) { ++of_.under_way_; }
  ~UnderWay() {
    ++of_.ended_;
    --of_.under_way_;
  }
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;

 private:
  WatchedStore& of_;
};

std::optional<std::uint64_t> WatchedStore::writing() const {
  if (under_way_ == 0) return std::nullopt;
  return ended_.load();
}

Result<void> WatchedStore::write(const Batch& batch, Durability durability) {
  const UnderWay under_way(*this);
  return store_->write(batch, durability);
}

Result<void> WatchedStore::sync() {
  const UnderWay under_way(*this);
  return store_->sync();
}

}  // namespace weir::store
