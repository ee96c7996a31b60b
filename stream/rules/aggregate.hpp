// What a window makes of its events. The order of the values does not matter.
#pragma once

#include <cstdint>
#include <span>

#include "stream/rules/value.hpp"

namespace weir::rules {

enum class Aggregate : std::uint8_t { count, rate, sum, avg, min, max, distinct, p50, p95, stddev };

/// It needs no values but how many events there are.
inline bool counts_alone(Aggregate kind) { return kind == Aggregate::count || kind == Aggregate::rate; }

/// Of all but count and rate. Of `distinct` how many values differ, null and missing ones aside; of the others that of
/// the numbers among the values, missing if there are none: sums exact (whole where they all are and 64 bits hold it,
/// else the nearest double; missing beyond all doubles), p50 and p95 at the nearest rank, stddev that of the whole.
/// O(values), of distinct O(values log values).
Value aggregate(Aggregate kind, std::span<const Value> values);

/// How many there are in `per`, if there are `count` in `length`, which is not 0. Whole if it is.
Value rate_of(std::int64_t count, Duration per, Duration length);

}  // namespace weir::rules
