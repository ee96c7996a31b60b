// `weir discover FILE`: the map, KPIs and variants of one file, to stdout.
#pragma once

#include "api/app/settings.hpp"

namespace weir::app {

/// Returns the exit code. Row errors and the zone that was assumed are told on stderr.
int discover(const Settings& settings);

}  // namespace weir::app
