#include "stream/hooks/seen.hpp"

namespace weir::hooks {

void Seen::add(const Hash128& one) {
  if (!all_.insert(one).second) return;
  order_.push_back(one);
  if (order_.size() <= most_) return;
  all_.erase(order_.front());
  order_.pop_front();
}

OnceOnly::Use OnceOnly::use(const Hash128& token, const Hash128& body, Time now, Time until) {
  while (!ends_.empty() && ends_.begin()->first < now) {
    bodies_.erase(ends_.begin()->second);
    ends_.erase(ends_.begin());
  }
  if (const auto known = bodies_.find(token); known != bodies_.end()) {
    return known->second == body ? Use::fits : Use::other;
  }
  if (bodies_.size() >= most_) return Use::full;
  bodies_.emplace(token, body);
  ends_.emplace(until, token);
  return Use::fits;
}

}  // namespace weir::hooks
