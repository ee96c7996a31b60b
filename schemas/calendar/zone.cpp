#include "schemas/calendar/zone.hpp"

#include <fstream>
#include <stdexcept>

#include <date/tz.h>

namespace weir {
namespace {

date::local_time<Duration> foreign(LocalTime local) { return date::local_time<Duration>{local.time_since_epoch()}; }

LocalTime local_of(date::sys_seconds time, std::chrono::seconds offset) {
  return LocalTime{time.time_since_epoch() + offset};
}

}  // namespace

Result<Zone> Zone::find(std::string_view name) {
  if (name == "UTC" || name == "Etc/UTC") return Zone(std::string(name), nullptr);
  try {
    return Zone(std::string(name), date::locate_zone(name));
  } catch (const std::runtime_error&) {
    return Error{Code::unknown_zone, "the IANA database has no zone \"" + std::string(name.substr(0, 64)) + "\""};
  }
}

Time Zone::to_time(LocalTime local) const {
  if (zone_ == nullptr) return Time{local.time_since_epoch()};
  // `first` is the only stretch, the one before the gap, or the earlier of two: the rule of all three cases.
  const auto info = zone_->get_info(foreign(local));
  return Time{local.time_since_epoch() - info.first.offset};
}

LocalTime Zone::to_local(Time time) const {
  if (zone_ == nullptr) return LocalTime{time.time_since_epoch()};
  return LocalTime{zone_->to_local(time).time_since_epoch()};
}

Zone::Stretch Zone::stretch_at(LocalTime local) const {
  if (zone_ == nullptr) return {LocalTime::min(), LocalTime::max(), Duration::zero()};
  const auto info = zone_->get_info(foreign(local));
  if (info.result != date::local_info::unique) return {local, local, Duration::zero()};
  // The stretch is shortened by two days at each end: no shift of clocks is larger, so no neighbour reaches into it.
  constexpr auto margin = std::chrono::hours(48);
  const Stretch whole{local_of(info.first.begin, info.first.offset) + margin,
                      local_of(info.first.end, info.first.offset) - margin, info.first.offset};
  if (local < whole.from || local >= whole.to) return {local, local + Duration{1}, info.first.offset};
  return whole;
}

std::string zone_database_release() {
  constexpr std::string_view beginning = "# version ";
  std::ifstream database{"/usr/share/zoneinfo/tzdata.zi"};
  std::string line;
  std::getline(database, line);
  return line.starts_with(beginning) ? line.substr(beginning.size()) : std::string{};
}

}  // namespace weir
