// An outgoing webhook by Standard Webhooks 1.0.
#pragma once

#include "stream/effects/effect.hpp"
#include "stream/effects/target.hpp"
#include "stream/effects/verdict.hpp"

namespace weir::effects {

/// The body is the effect's alone, so that every attempt sends the same bytes under the same `webhook-id`; the time and
/// the signatures are the attempt's.
http::Call request(const Webhook& webhook, const Effect& effect, Time now);
Verdict verdict(const Webhook& webhook, const http::Answer& answer, Time now);

/// `v1,…` for each key, separated by spaces: the value of `webhook-signature`.
std::string webhook_signatures(const std::vector<std::string>& keys, std::string_view id, std::int64_t seconds,
                               std::string_view body);

}  // namespace weir::effects
