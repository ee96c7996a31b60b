// When customers come: at random, as often as hour, weekday and season have it where they live.
#pragma once

#include "schemas/calendar/zone.hpp"
#include "stream/company/blueprint.hpp"

namespace weir::company {

/// The customers of one process in one region. The blueprint must outlive it.
class Demand {
 public:
  /// Seasons count from `begin`.
  Demand(const Blueprint& blueprint, Region region, Zone zone, Time begin);

  /// When the next one comes. `load_percent` > 0 of the ordinary number.
  Time next(Time after, unsigned load_percent, Chance& chance) const;
  /// Of the ordinary number of customers, 100 = 10^6, how many come at that moment.
  std::uint64_t share_at(Time time) const;

 private:
  const Blueprint& blueprint_;
  Region region_;
  Zone zone_;
  Time begin_;
  std::uint64_t share_max_;
};

}  // namespace weir::company
