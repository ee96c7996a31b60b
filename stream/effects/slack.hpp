// A message to an incoming webhook of Slack, or of a chat that understands the same (Mattermost, Rocket.Chat, Zulip).
#pragma once

#include "stream/effects/effect.hpp"
#include "stream/effects/target.hpp"
#include "stream/effects/verdict.hpp"

namespace weir::effects {

/// Text of a case mentions and links nothing. Cut to Slack's limits: 150 characters of a header, 3,000 of a section,
/// ten fields of 2,000.
http::Call request(const Slack& slack, const Effect& effect, Time now);
Verdict verdict(const Slack& slack, const http::Answer& answer, Time now);

}  // namespace weir::effects
