// Duration statistics as the object that every answer uses: mean, min, max, sum, stdev, p50, p90, p95, p99, in seconds.
#pragma once

#include "schemas/codec/json_writer.hpp"
#include "stream/dataflow/duration_stats.hpp"

namespace weir::query {

/// All members are null where nothing was observed; `stdev` is null below two observations, `min` and `max` while they
/// are not known (DurationStats::min()).
void write_durations(JsonWriter& json, const dataflow::DurationStats& stats);

}  // namespace weir::query
