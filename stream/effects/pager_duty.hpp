// An event for an on-call service by PagerDuty's Events API v2.
#pragma once

#include "stream/effects/effect.hpp"
#include "stream/effects/target.hpp"
#include "stream/effects/verdict.hpp"

namespace weir::effects {

/// The key is the incident's `dedup_key`. An effect without an action triggers.
http::Call request(const PagerDuty& duty, const Effect& effect, Time now);
Verdict verdict(const PagerDuty& duty, const http::Answer& answer, Time now);

}  // namespace weir::effects
