// IANA time zones. The one door to date-tz: no other folder names that library.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "schemas/base/result.hpp"
#include "schemas/base/time.hpp"

namespace date {
class time_zone;
}

namespace weir {

/// What a wall clock shows, without saying where the clock hangs.
using LocalTime = std::chrono::local_time<Duration>;

/// One zone of the machine's IANA database. Small, copyable, immutable; every function may be called from any thread.
class Zone {
 public:
  /// Local times from <= t < to all lie `offset` ahead of UTC, and each of them exists exactly once.
  struct Stretch {
    LocalTime from;
    LocalTime to;
    Duration offset;
  };

  /// The zone of this name (`Europe/Athens`, `UTC`). Error: unknown_zone.
  static Result<Zone> find(std::string_view name);
  static Zone utc() { return Zone("UTC", nullptr); }

  const std::string& name() const { return name_; }
  /// A local time that does not exist (clocks went forward) is taken as so much later as they went, an hour nearly
  /// everywhere (RFC 5545); of one that exists twice (clocks went back) the first is meant. O(log transitions).
  Time to_time(LocalTime local) const;
  LocalTime to_local(Time time) const;
  /// The stretch around a local time, for callers that convert many neighbours; empty (from == to) where the local
  /// time does not exist or exists twice.
  Stretch stretch_at(LocalTime local) const;

 private:
  Zone(std::string name, const date::time_zone* zone) : name_(std::move(name)), zone_(zone) {}

  std::string name_;
  const date::time_zone* zone_;  // nullptr: UTC. Owned by the database, which lives as long as the process
};

/// The release of the machine's IANA database, such as 2025b, which verdicts by calendars depend on; empty if it does
/// not say.
std::string zone_database_release();

}  // namespace weir
