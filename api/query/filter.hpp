// The parameters that select cases (design, "A filter selects whole cases").
#pragma once

#include "api/query/parameters.hpp"
#include "stream/feed/process_view.hpp"

namespace weir::query {

/// What becomes of archived cases where nothing is said: figures hold them, lists do not.
enum class Archived : std::uint8_t { taken, left_out };

/// Takes from, to, window, activity…, resource…, variant…, attr.NAME…, lifecycle, archived. What is wrong is refused
/// there.
feed::Filter take_filter(Parameters& parameters, Archived archived = Archived::taken);

}  // namespace weir::query
