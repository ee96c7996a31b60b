// The process_* figures that every Prometheus dashboard expects, from /proc.
#pragma once

#include "api/metrics/registry.hpp"

namespace weir::metrics {

/// Memory, CPU time, descriptors, threads and start time of this process. A figure that /proc does not give is left
/// out.
void collect_process(Samples& samples);

}  // namespace weir::metrics
