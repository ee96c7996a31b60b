// Bodies of HTML forms (application/x-www-form-urlencoded), which some providers still send.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::hooks {

using FormFields = std::vector<std::pair<std::string, std::string>>;

/// Names and values in their order, decoded. Nothing for a bad escape, or more than 1,000 fields. O(bytes).
std::optional<FormFields> read_form(std::string_view body);

/// As a JSON object, the first of fields with one name; nothing if a field is not UTF-8.
std::optional<std::string> form_as_json(const FormFields& fields);

}  // namespace weir::hooks
