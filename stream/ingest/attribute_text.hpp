// Attributes between a cell of text and canonical JSON.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/event.hpp"

namespace weir::ingest {

bool is_json_number(std::string_view text);
/// A JSON number that an event may hold: within 64 bits or a finite double.
bool is_storable_number(std::string_view text);

/// Any text as a JSON string.
std::string json_of_text(std::string_view text);

/// A cell of anybody's file: a plain number (at most 18 digits before and 18 after the point, no exponent, no leading
/// zero), `true` and `false` are themselves; everything else is a string as it stands.
std::string json_of_cell(std::string_view cell);

/// A cell of our own export, and back. Numbers, truth values, null and strings that look like one of them, or are empty
/// or begin with a quote, stand as JSON; other strings stand as they are. cell_of_json never fails on canonical JSON.
std::string json_of_own_cell(std::string_view cell);
std::string cell_of_json(std::string_view json);

/// The content of a canonical JSON string; other values stand as they are.
std::string text_of_json(std::string_view json);

/// Sorts by name; a name that comes again gets `#2`, `#3`… in the order given, so that nothing is lost.
void order_attributes(std::vector<Attribute>& attributes);
bool within_limits(const std::vector<Attribute>& attributes);

}  // namespace weir::ingest
