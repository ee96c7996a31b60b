// How an alert reads to those who are told of it.
#pragma once

#include "stream/alerts/ledger.hpp"

namespace weir::alerts {

/// The effect by which a target is told. `alert`: as it stands now; null: it is gone. Its id is a hash of subject,
/// notice and revision, its key one of subject and alert: no other fact has them, and every replay makes the same.
/// Pure.
effects::Effect effect_of(const Subject& subject, const Alert* alert, const Telling& telling);

}  // namespace weir::alerts
