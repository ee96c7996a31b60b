// How an effect reads, whichever receiver shows it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schemas/codec/json_writer.hpp"
#include "state/http/exchanges.hpp"
#include "stream/effects/effect.hpp"

namespace weir::effects {

inline constexpr const char* user_agent = "weir/1";

/// At most `bytes_max` bytes (at least 3), cut between characters, with an ellipsis if anything is left out.
std::string shortened(std::string_view text, std::size_t bytes_max);

/// The title, after what became of it: "Resolved: …", "Acknowledged: …".
std::string headline(const Effect& effect);

/// An object, one member for each name; the last of equal names counts.
void write_fields(JsonWriter& json, const std::vector<std::pair<std::string, std::string>>& fields);

/// All of it as JSON, for programs.
std::string event_body(const Effect& effect);

/// A request that carries JSON.
http::Call json_call(std::string method, std::string url, std::string body);

}  // namespace weir::effects
