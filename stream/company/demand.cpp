#include "stream/company/demand.hpp"

#include <algorithm>

namespace weir::company {
namespace {

constexpr Duration day = std::chrono::hours{24};
constexpr std::array<std::int64_t, regions> region_percent{46, 22, 32};
constexpr std::int64_t whole_share = 100 * 100 * 100;

}  // namespace

Demand::Demand(const Blueprint& blueprint, Region region, Zone zone, Time begin)
    : blueprint_(blueprint), region_(region), zone_(std::move(zone)), begin_(begin) {
  const auto hours = blueprint.hour_percent();
  const auto weekdays = blueprint.weekday_percent();
  share_max_ = std::uint64_t{*std::max_element(hours.begin(), hours.end())} *
               *std::max_element(weekdays.begin(), weekdays.end()) * Blueprint::season_percent_max;
}

std::uint64_t Demand::share_at(Time time) const {
  const LocalTime local = zone_.to_local(time);
  const auto local_day = std::chrono::floor<std::chrono::days>(local);
  const auto hour = std::chrono::floor<std::chrono::hours>(local - local_day).count();
  const auto since_begin = std::max<std::int64_t>(0, (time - begin_) / day);
  return std::uint64_t{blueprint_.hour_percent()[hour]} *
         blueprint_.weekday_percent()[std::chrono::weekday{local_day}.iso_encoding() - 1] *
         blueprint_.season_percent(static_cast<unsigned>(since_begin));
}

Time Demand::next(Time after, unsigned load_percent, Chance& chance) const {
  // Candidates come as in the busiest hour; each is taken as often as its own hour has it (thinning).
  const auto busiest = static_cast<__int128>(blueprint_.cases_a_day()) *
                       region_percent[static_cast<std::size_t>(region_)] * static_cast<std::int64_t>(share_max_) *
                       load_percent;
  const auto mean = static_cast<__int128>(day.count()) * 100 * 100 * whole_share / busiest;
  Time time = after;
  do {
    time += chance.exponential(Duration{static_cast<std::int64_t>(mean)});
  } while (chance.below(share_max_) >= share_at(time));
  return time;
}

}  // namespace weir::company
