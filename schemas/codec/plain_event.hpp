// The quick way to read an event that is written plainly: one flat object without white space, of known fields, whose
// texts are ASCII without escapes. So are most events of the log and of bodies in NDJSON; for them this is a third of
// what the whole grammar costs.
#pragma once

#include <optional>

#include "schemas/codec/event_json.hpp"

namespace weir::codec {

/// Nothing: the event is not of that form, or not right; then the whole grammar has to decide. `stored`: it may say
/// which upload brought it. O(bytes).
std::optional<Event> read_plain_event(std::string_view json, bool stored, const DecodeOptions& options);

}  // namespace weir::codec
