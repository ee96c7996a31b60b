#include "stream/effects/breaker.hpp"

#include <algorithm>

namespace weir::effects {

void Breaker::succeeded() { *this = Breaker(options_); }

void Breaker::failed(Clock::Steady now) {
  if (open_until_ && now < *open_until_) return;
  ++failures_;
  if (!open_until_ && failures_ < options_.failures_max) return;
  probing_ = false;
  Clock::Steady span = options_.open_min;
  for (unsigned i = 0; i < opened_ && span < options_.open_max; ++i) span *= 2;
  ++opened_;
  open_until_ = now + std::min(span, options_.open_max);
}

void Breaker::hold(Clock::Steady now, Clock::Steady span) {
  probing_ = false;
  open_until_ = std::max(open_until_.value_or(now), now + span);
}

}  // namespace weir::effects
