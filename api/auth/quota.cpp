#include "api/auth/quota.hpp"

#include <algorithm>

#include <arpa/inet.h>

#include "schemas/base/check.hpp"

namespace weir::auth {
namespace {

constexpr std::uint64_t per_second_max = 1'000'000'000;
constexpr std::size_t quota_keys_max = 100'000;
constexpr std::size_t address_keys_max = 10'000;
constexpr std::size_t user_keys_max = 10'000;
constexpr Rate sign_ins{.per_second = 1, .burst = 100};  // in points:
constexpr std::uint64_t points_of_user = 10;
constexpr std::uint64_t points_of_address = 2;
constexpr Rate failures_per_address{.per_second = 1, .burst = 20};

// The time that an amount takes at the rate, rounded up: at most 10^18 ns (31 years), so that sums cannot overflow.
Clock::Steady time_of(std::uint64_t amount, const Rate& rate) {
  const std::uint64_t units = std::min<std::uint64_t>(amount, 1'000'000'000) * 1'000'000'000;
  return Clock::Steady(static_cast<std::int64_t>((units + rate.per_second - 1) / rate.per_second));
}

std::optional<RateLimiter> ingest_limiter(std::optional<std::uint64_t> per_second, const Clock& clock) {
  if (!per_second) return std::nullopt;
  return std::optional<RateLimiter>(std::in_place, Rate{*per_second, *per_second}, quota_keys_max, clock);
}

// The bytes by which an address counts: of IPv4 all, of IPv6 the network; what is no address counts as its text.
std::string machine_of(std::string_view remote_address) {
  const std::string text(remote_address);
  in6_addr address{};
  if (inet_pton(AF_INET6, text.c_str(), &address) != 1 || IN6_IS_ADDR_V4MAPPED(&address)) return text;
  return {reinterpret_cast<const char*>(address.s6_addr), 8};
}

}  // namespace

RateLimiter::RateLimiter(Rate rate, std::size_t keys_max, const Clock& clock)
    : rate_(rate), keys_max_(keys_max), clock_(clock) {
  WEIR_CHECK(rate.per_second >= 1 && rate.per_second <= per_second_max && rate.burst >= 1, "a rate out of range");
  WEIR_CHECK(keys_max >= 1, "a rate limiter without room");
}

RateLimiter::Entry& RateLimiter::entry_of(std::string_view key, Clock::Steady now) {
  if (const auto found = index_.find(key); found != index_.end()) {
    by_use_.splice(by_use_.begin(), by_use_, found->second);
    return by_use_.front();
  }
  if (by_use_.size() >= keys_max_) {
    index_.erase(by_use_.back().key);
    by_use_.pop_back();
  }
  by_use_.push_front({std::string(key), now});
  index_.emplace(by_use_.front().key, by_use_.begin());
  return by_use_.front();
}

std::optional<std::chrono::seconds> RateLimiter::take(std::string_view key, std::uint64_t amount) {
  const auto now = clock_.steady();
  const auto allowance = time_of(rate_.burst, rate_);
  const auto needed = std::min(time_of(amount, rate_), allowance);
  const std::lock_guard lock(mutex_);
  auto& entry = entry_of(key, now);
  const auto earliest = entry.paid_until - (allowance - needed);
  if (now < earliest) return std::max(std::chrono::seconds(1), std::chrono::ceil<std::chrono::seconds>(earliest - now));
  entry.paid_until = std::max(entry.paid_until, now) + time_of(amount, rate_);
  return std::nullopt;
}

void RateLimiter::give_back(std::string_view key, std::uint64_t amount) {
  const std::lock_guard lock(mutex_);
  if (const auto found = index_.find(key); found != index_.end()) found->second->paid_until -= time_of(amount, rate_);
}

std::size_t RateLimiter::keys() const {
  const std::lock_guard lock(mutex_);
  return by_use_.size();
}

IngestQuota::IngestQuota(std::optional<std::uint64_t> events_per_second, const Clock& clock)
    : limiter_(ingest_limiter(events_per_second, clock)) {}

std::optional<std::chrono::seconds> IngestQuota::take(std::string_view workspace, std::string_view process,
                                                      std::uint64_t events) {
  if (!limiter_) return std::nullopt;
  return limiter_->take(std::string(workspace) + '\0' + std::string(process), events);
}

FailedAuthentications::FailedAuthentications(const Clock& clock)
    : limiter_(failures_per_address, address_keys_max, clock) {}

std::optional<std::chrono::seconds> FailedAuthentications::record(std::string_view remote_address) {
  return limiter_.take(machine_of(remote_address), 1);
}

SignInAttempts::SignInAttempts(const Clock& clock)
    : by_user_(sign_ins, user_keys_max, clock), by_address_(sign_ins, address_keys_max, clock) {}

std::optional<std::chrono::seconds> SignInAttempts::begin(std::string_view user, std::string_view remote_address) {
  if (const auto wait = by_user_.take(user, points_of_user)) return wait;
  const auto wait = by_address_.take(machine_of(remote_address), points_of_address);
  if (wait) by_user_.give_back(user, points_of_user);
  return wait;
}

void SignInAttempts::succeeded(std::string_view user, std::string_view remote_address) {
  by_user_.give_back(user, points_of_user);
  by_address_.give_back(machine_of(remote_address), points_of_address);
}

}  // namespace weir::auth
