// W3C trace context: the id under which a request is found in logs, here and at its neighbours.
#pragma once

#include <string>
#include <string_view>

namespace weir::net {

/// The trace id of a `traceparent` value; a new random one when the value is absent or not valid. 32 hex digits.
std::string trace_id_of(std::string_view traceparent);

/// `00-<trace id>-<new span id>-01`: the value of a response's `traceparent`.
std::string traceparent_of(std::string_view trace_id);

}  // namespace weir::net
