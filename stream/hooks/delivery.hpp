// One request to a hook, as its provider signed it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "schemas/base/time.hpp"
#include "schemas/codec/event_json.hpp"

namespace weir::hooks {

/// Views into the request; valid during the call.
struct Delivery {
  std::span<const HeaderView> headers;  // names in lower case
  std::string_view body;                // the bytes as they came
  std::string url;                      // with scheme, host and query, as the provider sees it
  Time now{};

  /// The value, if the header is there once.
  std::optional<std::string_view> header(std::string_view name) const;
};

}  // namespace weir::hooks
