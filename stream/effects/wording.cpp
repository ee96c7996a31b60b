#include "stream/effects/wording.hpp"

#include <algorithm>

#include "schemas/codec/timestamp.hpp"

namespace weir::effects {

std::string shortened(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string{text};
  constexpr std::string_view ellipsis = "…";
  std::size_t end = bytes_max - ellipsis.size();
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return std::string{text.substr(0, end)} + std::string{ellipsis};
}

std::string headline(const Effect& effect) {
  if (effect.action == Action::resolve) return "Resolved: " + effect.title;
  if (effect.action == Action::acknowledge) return "Acknowledged: " + effect.title;
  return effect.title;
}

void write_fields(JsonWriter& json, const std::vector<std::pair<std::string, std::string>>& fields) {
  json.begin_object();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto& [name, text] = fields[i];
    const bool again = std::any_of(fields.begin() + static_cast<std::ptrdiff_t>(i) + 1, fields.end(),
                                   [&](const auto& later) { return later.first == name; });
    if (!again) json.member(name, text);
  }
  json.end_object();
}

std::string event_body(const Effect& effect) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().member("type", effect.type).member("timestamp", to_rfc3339(effect.occurred));
  json.key("data").begin_object();
  json.member("workspace", effect.workspace).member("key", effect.key).member("action", name_of(effect.action));
  json.member("severity", name_of(effect.severity)).member("title", effect.title).member("summary", effect.summary);
  json.key("fields");
  write_fields(json, effect.fields);
  if (!effect.data.empty()) json.key("details").raw(effect.data);
  json.end_object().end_object();
  return body;
}

http::Call json_call(std::string method, std::string url, std::string body) {
  return {std::move(method),
          std::move(url),
          {{"content-type", "application/json"}, {"user-agent", user_agent}},
          std::move(body)};
}

}  // namespace weir::effects
