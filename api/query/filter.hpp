// The parameters that select cases (design, "A filter selects whole cases").
#pragma once

#include "api/query/parameters.hpp"
#include "stream/feed/process_view.hpp"

namespace weir::query {

/// Takes from, to, window, activity…, resource…, variant…, attr.NAME…, lifecycle. What is wrong is refused there.
feed::Filter take_filter(Parameters& parameters);

}  // namespace weir::query
