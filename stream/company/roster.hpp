// Who works for the company, where, and when.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/result.hpp"
#include "schemas/base/time.hpp"
#include "schemas/calendar/zone.hpp"

namespace weir::company {

/// Where customers live, and which sites serve them.
enum class Region : std::uint8_t { europe, asia, americas };
inline constexpr std::size_t regions = 3;

/// What people are hired for. `nobody`: machines, customers and carriers, who need no hiring.
enum class Role : std::uint8_t {
  nobody,
  first_line,
  second_line,
  engineering,
  fraud,
  picking,
  packing,
  dispatch,
  returns,
  accounting,
  clerks,
  analysts,
  seniors,
  managers,
};
inline constexpr std::size_t roles = 14;

/// A queue of work and the people who take from it. Some roles have one for the whole company, whose work follows the
/// sun; in the others each region works for itself.
std::size_t team_of(Role role, Region region);
inline constexpr std::size_t teams = roles * regions;

struct Site {
  std::string_view name;
  std::string_view zone;
};

struct Person {
  std::string name;
  std::string_view site;
  Role role = Role::nobody;
  std::size_t team = 0;
  Zone zone = Zone::utc();
  unsigned begins_min = 0;      // of the local day
  unsigned ends_min = 0;        // of the same day
  std::uint8_t off_days = 0;    // bit 0: Monday
  unsigned pace_percent = 100;  // of the time that others need for the same work
};

struct Shift {
  Time begins;
  Time ends;
};

/// The first shift that ends after `after`. O(1): people work at least one day a week.
Shift next_shift(const Person& person, Time after);

/// Everybody, in fixed order. Error: unknown_zone, on a machine without the IANA database.
Result<std::vector<Person>> hire_everybody();

/// Where customers of the region are. Error: unknown_zone.
Result<Zone> zone_of(Region region);
/// The warehouse, and the bank's branch, that serve the region.
std::string_view warehouse_of(Region region);
std::string_view branch_of(Region region);

}  // namespace weir::company
