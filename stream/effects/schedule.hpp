// When an effect is tried again: the spacing that Standard Webhooks recommends.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "schemas/base/time.hpp"

namespace weir::effects {

/// Attempts of one effect: at once, then after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h: 75 h in all.
inline constexpr std::uint32_t attempts_max = 10;
/// Older than this it is given up while its target fails, however often it was tried: the longest that the attempts can
/// take without what receivers ask for, so that the effects of a target that is down for good do not gather behind its
/// breaker. What is old for another reason (nobody was there to send it, or a clock was set) is sent.
inline constexpr Duration lifetime = std::chrono::hours{84};

/// How long to wait after attempt number `attempt` (from 1) failed; nothing: that was the last one. Up to 10 % more or
/// less, as a function of the effect and the attempt, so that what failed together does not come together again.
/// `asked`: by the receiver, and kept where it is longer.
std::optional<Duration> wait_after(std::string_view effect_id, std::uint32_t attempt, std::optional<Duration> asked);

}  // namespace weir::effects
