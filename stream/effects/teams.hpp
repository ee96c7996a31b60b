// A message to an incoming webhook of Teams: an adaptive card, as workflows and connectors take it.
#pragma once

#include "stream/effects/effect.hpp"
#include "stream/effects/target.hpp"
#include "stream/effects/verdict.hpp"

namespace weir::effects {

/// Cut so that the whole stays below the 28 KB that Teams takes.
http::Call request(const Teams& teams, const Effect& effect, Time now);
/// A connector answers 200 also to what it could not deliver, and says so in its body.
Verdict verdict(const Teams& teams, const http::Answer& answer, Time now);

}  // namespace weir::effects
