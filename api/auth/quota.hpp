// How much a producer or an address may ask for: the generic cell rate algorithm (GCRA, the leaky bucket as a meter of
// ITU-T I.371) over keys, on the boot-time clock (reliability R15, R18).
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "schemas/base/clock.hpp"

namespace weir::auth {

struct Rate {
  std::uint64_t per_second = 1;  // 1..10^9
  std::uint64_t burst = 1;       // how much may come at once after a pause
};

/// Thread-safe. Holds at most `keys_max` keys; beyond, the one unused for longest starts afresh.
class RateLimiter {
 public:
  RateLimiter(Rate rate, std::size_t keys_max, const Clock& clock);

  /// Takes `amount` from the key's allowance and returns nothing, or takes nothing and returns how long to wait (at
  /// least 1 s, for Retry-After). An amount above the burst passes when the allowance is whole and is paid for by a
  /// longer wait afterwards, so that no size of body is refused for ever. O(1).
  std::optional<std::chrono::seconds> take(std::string_view key, std::uint64_t amount);
  /// Undoes a take() of this amount.
  void give_back(std::string_view key, std::uint64_t amount);

  std::size_t keys() const;

 private:
  struct Entry {
    std::string key;
    Clock::Steady paid_until;  // GCRA's theoretical arrival time
  };
  Entry& entry_of(std::string_view key, Clock::Steady now);

  const Rate rate_;
  const std::size_t keys_max_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::list<Entry> by_use_;                                                 // most recently used first
  std::unordered_map<std::string_view, std::list<Entry>::iterator> index_;  // keys point into by_use_
};

/// Events per second for each (workspace, process); off unless set.
class IngestQuota {
 public:
  IngestQuota(std::optional<std::uint64_t> events_per_second, const Clock& clock);

  /// Nothing: go on. Else: 429 `quota_exceeded` with this Retry-After; nothing was taken.
  std::optional<std::chrono::seconds> take(std::string_view workspace, std::string_view process, std::uint64_t events);

 private:
  std::optional<RateLimiter> limiter_;
};

/// Wrong credentials per address. Valid ones are never held up: ask only after a token was found wrong.
class FailedAuthentications {
 public:
  explicit FailedAuthentications(const Clock& clock);

  /// Counts one. Nothing: answer 401 and write it to the audit. Else: answer 429 with this Retry-After, write nothing.
  /// An IPv6 address counts with its /64 network, which one machine owns.
  std::optional<std::chrono::seconds> record(std::string_view remote_address);

 private:
  RateLimiter limiter_;
};

/// Tries to sign in, counted before the password is looked at, by the user's name (also of nobody: ten at once, then
/// one in ten seconds) and by address (fifty at once, then one in two seconds). A right password takes back what it
/// took, so that only wrong ones count.
class SignInAttempts {
 public:
  explicit SignInAttempts(const Clock& clock);

  /// Nothing: look at the password. Else: 429 `too_many_attempts` with this Retry-After.
  std::optional<std::chrono::seconds> begin(std::string_view user, std::string_view remote_address);
  void succeeded(std::string_view user, std::string_view remote_address);

 private:
  RateLimiter by_user_;
  RateLimiter by_address_;
};

}  // namespace weir::auth
