// What the demo's company promises, and looks out for: SLA policies and rules of its support desk, its orders and its loans,
// and the calendar of its offices.
#pragma once

#include <vector>

#include "stream/documents/document.hpp"

namespace weir::app {

/// All of them hold from `since` on.
std::vector<documents::Change> demo_promises(Time since);

}  // namespace weir::app
