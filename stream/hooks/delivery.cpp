#include "stream/hooks/delivery.hpp"

namespace weir::hooks {

std::optional<std::string_view> Delivery::header(std::string_view name) const {
  std::optional<std::string_view> found;
  for (const HeaderView& one : headers) {
    if (one.name != name) continue;
    if (found) return std::nullopt;
    found = one.value;
  }
  return found;
}

}  // namespace weir::hooks
