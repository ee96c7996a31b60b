// The contract as documents, as they stand in this folder: part of the program and served by it.
#pragma once

#include <string_view>

namespace weir::definitions {

/// OpenAPI 3.1 of the HTTP interface.
std::string_view openapi();
/// AsyncAPI 3 of the WebSocket. Its schemas refer to those of `openapi.json`, which is served beside it.
std::string_view asyncapi();
/// JSON Schema (2020-12) of an event on the wire.
std::string_view event_schema();
/// JSON Schema of `PUT /v1/processes/{p}`.
std::string_view process_schema();
/// JSON Schema of rules.
std::string_view rule_schema();
/// JSON Schema of calendars and SLA policies: the file of `weir discover --sla`.
std::string_view sla_schema();
/// JSON Schema of hooks.
std::string_view hook_schema();
/// JSON Schema of thresholds.
std::string_view threshold_schema();
/// JSON Schema of targets of effects.
std::string_view alerts_schema();
std::string_view target_schema();

}  // namespace weir::definitions
