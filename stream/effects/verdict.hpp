// What a receiver's answer means for the effect.
#pragma once

#include <optional>
#include <string>

#include "schemas/base/time.hpp"
#include "state/http/exchanges.hpp"

namespace weir::effects {

struct Verdict {
  enum class Kind : std::uint8_t {
    delivered,
    again,    // later
    limited,  // later, as every other effect of the target: it has had enough
    refused,  // never: it will not take this one
    gone,     // never, nor any other: the target is to be disabled
  };
  Kind kind = Kind::again;
  std::optional<Duration> wait;  // as long as the receiver asks for, at most a day
  std::string why;               // for people; empty if delivered
  bool confidential = false;     // the answer may hold a secret, and is not kept
};

inline constexpr Duration wait_max = std::chrono::hours{24};

/// 2xx is delivered, 410 gone, 429 and 503 limited by their Retry-After, and all else again, redirects among it: what
/// Standard Webhooks asks for. `now`: the wall clock.
Verdict judge(const http::Answer& answer, Time now);

/// As judge(), but a request that is refused (400, 403, 404, 413, 422) is refused for good: for receivers whose 4xx
/// tell of the request, not of how the receiver is set up.
Verdict judge_strictly(const http::Answer& answer, Time now);

/// Retry-After: seconds, or a date of HTTP; a date that has passed is no wait. Nothing if there is none, or if it is
/// neither.
std::optional<Duration> retry_after(const http::Response& response, Time now);

}  // namespace weir::effects
