#include "schemas/codec/utf8.hpp"

#include <simdjson.h>

namespace weir {

bool is_utf8(std::string_view text) { return simdjson::validate_utf8(text); }

}  // namespace weir
