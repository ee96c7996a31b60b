#include "state/store/watched_store.hpp"

#include <algorithm>

namespace weir::store {

class WatchedStore::UnderWay {
 public:
  explicit UnderWay(WatchedStore& of) : of_(of) {
    if (of_.under_way_ == 0) of_.progress_ = of_.clock_.steady();
    ++of_.under_way_;
  }
  ~UnderWay() {
    of_.progress_ = of_.clock_.steady();
    --of_.under_way_;
  }
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;

 private:
  WatchedStore& of_;
};

Clock::Steady WatchedStore::stuck_for() const {
  if (under_way_ == 0) return Clock::Steady{0};
  return std::max(clock_.steady() - progress_.load(), Clock::Steady{0});
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
