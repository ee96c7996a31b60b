// YAML as JSON, so that whoever reads documents reads one form of them.
#pragma once

#include <string>
#include <string_view>

#include "schemas/base/result.hpp"

namespace weir::app {

/// One YAML 1.2 document (core schema: plain null, true, 42 and 1.5 are no texts) as JSON. Text that begins with `{` or
/// `[` is JSON already and is handed back. Anchors, aliases, tags, keys that are no scalars, infinities, more than 64
/// levels and more than one document are refused. Error: invalid_document, with the line.
Result<std::string> yaml_as_json(std::string_view text);

}  // namespace weir::app
