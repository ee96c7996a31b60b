#include "schemas/base/event.hpp"

#include <algorithm>

namespace weir {

bool is_plain_name(std::string_view name) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
  return !name.empty() && name.size() <= process_bytes_max && std::all_of(name.begin(), name.end(), plain);
}

}  // namespace weir
