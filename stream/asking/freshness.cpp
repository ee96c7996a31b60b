#include "stream/asking/freshness.hpp"

namespace weir::asking {

Result<void> Freshness::take(Time asked, const Hash128& nonce) {
  const Time now = clock_.now();
  if (asked < now - skew_max || asked > now + skew_max) {
    return Error{Code::invalid_token, "its time is more than 30 s from this node's: do the clocks agree?"};
  }
  const std::lock_guard lock{mutex_};
  const Clock::Steady at = clock_.steady();
  if (at - turned_at_ > 2 * skew_max) {
    seen_[1] = at - turned_at_ > 4 * skew_max ? Seen{} : std::move(seen_[0]);
    seen_[0] = {};
    turned_at_ = at;
  }
  if (seen_[0].contains(nonce) || seen_[1].contains(nonce)) return Error{Code::invalid_token, "it was asked before"};
  if (seen_[0].size() >= seen_max_) return Error{Code::overloaded, ""};
  seen_[0].insert(nonce);
  return {};
}

}  // namespace weir::asking
