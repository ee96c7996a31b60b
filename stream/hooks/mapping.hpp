// From a provider's body to events, by a hook's mappings.
#pragma once

#include <string>
#include <string_view>

#include "stream/hooks/hook.hpp"

namespace weir::hooks {

/// A delivery with more is cut there: what comes behind is told of as not taken.
inline constexpr std::size_t events_max = 1'000;

struct Mapped {
  std::string events;  // a JSON array of them, as a producer would post them; what is wrong with one its reader tells
  std::size_t count = 0;
  bool is_cut = false;  // there were more than events_max
};

/// The body as JSON: as it is, or of a form. Errors: those of JsonParser::parse, unsupported_media_type.
Result<std::string> body_as_json(const Delivery& delivery);

/// Of the mappings that have the same `each`, at each of its places the first counts whose `when` holds; without any
/// the body tells nothing. `source` says who brought the events: their identity is the hook's and the provider's id. A
/// missing time is the delivery's own. O(mappings × places × body).
Mapped map_events(const Hook& hook, std::string_view source, const JsonValue& body, const Delivery& delivery);

}  // namespace weir::hooks
