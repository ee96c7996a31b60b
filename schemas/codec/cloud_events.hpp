// CloudEvents 1.0 as events: subject is the case, type the activity, time the timestamp, data the attributes. The
// extension attributes process, start, lifecycle, resource, instance and sequence are the fields of that name; every
// other one is an attribute. specversion and datacontenttype describe the envelope and are not kept.
#pragma once

#include "schemas/codec/event_json.hpp"
#include "schemas/codec/json_reader.hpp"

namespace weir::codec {

/// More than this ahead of the clock an event is refused.
inline constexpr std::chrono::hours ahead_max{24};

/// One CloudEvent in the JSON format.
Result<Event> read_cloud_event(JsonValue value, const DecodeOptions& options);

}  // namespace weir::codec
