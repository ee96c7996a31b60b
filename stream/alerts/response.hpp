// What becomes of alerts by what people do about them and have declared of them.
#pragma once

#include <optional>
#include <vector>

#include "stream/alerts/alert.hpp"
#include "stream/alerts/command.hpp"
#include "stream/alerts/ledger.hpp"
#include "stream/alerts/playbook.hpp"

namespace weir::alerts {

/// Resolves, acknowledges, escalates and silences; what rules raise has been resolved before. `playbook`: null for
/// none.
/// -> when they change next although nothing happens. Pure.
std::optional<Time> respond(const Playbook* playbook, const Subject& subject, const Commands& commands, Time now,
                            std::vector<Alert>& alerts);

}  // namespace weir::alerts
