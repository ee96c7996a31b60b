#include "stream/effects/schedule.hpp"

#include <algorithm>
#include <string>

#include "schemas/base/hash.hpp"

namespace weir::effects {
namespace {

using std::chrono::hours, std::chrono::minutes, std::chrono::seconds;

constexpr Duration spacing[attempts_max - 1] = {seconds{5}, minutes{5}, minutes{30}, hours{2}, hours{5},
                                                hours{10},  hours{14},  hours{20},   hours{24}};

}  // namespace

std::optional<Duration> wait_after(std::string_view effect_id, std::uint32_t attempt, std::optional<Duration> asked) {
  if (attempt == 0 || attempt >= attempts_max) return std::nullopt;
  const Duration whole = spacing[attempt - 1];
  const std::uint64_t drawn = hash128(std::string(effect_id) + '#' + std::to_string(attempt)).low;
  const auto permille = static_cast<std::int64_t>(drawn % 201) - 100;
  return std::max(whole + whole * permille / 1000, asked.value_or(Duration{}));
}

}  // namespace weir::effects
