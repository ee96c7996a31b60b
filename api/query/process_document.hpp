// The settings of a process as a document: `PUT /v1/processes/{p}` and its answer (schemas/definitions).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/result.hpp"
#include "schemas/codec/document.hpp"
#include "schemas/codec/json_writer.hpp"
#include "stream/runtime/control_records.hpp"

namespace weir::query {

struct ParsedSettings {
  runtime::ProcessSettings settings;
  DocumentFaults faults;  // all of them; `settings` counts if there are none
};

/// Errors: those of the body (malformed_json, …), when there is no document to find faults in.
Result<ParsedSettings> parse_settings_document(std::string_view body);

/// The members `completion`, `retain_s`, `retention` and `zone`.
void write_settings(JsonWriter& json, const runtime::ProcessSettings& settings);

/// Names this version of the settings: an entity tag, with its quotes.
std::string etag_of(const runtime::ProcessSettings& settings);

}  // namespace weir::query
