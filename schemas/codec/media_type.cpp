#include "schemas/codec/media_type.hpp"

#include "schemas/codec/event_json.hpp"

namespace weir {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string lower(std::string_view text) {
  std::string copy(text);
  for (char& c : copy) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  return copy;
}

}  // namespace

codec::MediaType codec::parse_media_type(std::string_view content_type) {
  std::size_t end = content_type.find(';');
  MediaType type{lower(trimmed(content_type.substr(0, end))), {}};
  while (end != content_type.npos) {
    content_type.remove_prefix(end + 1);
    end = content_type.find(';');
    const std::string parameter = lower(trimmed(content_type.substr(0, end)));
    constexpr std::string_view charset = "charset=";
    if (!parameter.starts_with(charset)) continue;
    std::string_view value = std::string_view(parameter).substr(charset.size());
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    type.charset = value;
  }
  return type;
}

std::optional<BodyFormat> body_format(std::string_view content_type) {
  const codec::MediaType type = codec::parse_media_type(content_type);
  if (!type.is_utf8()) return std::nullopt;
  if (type.name == "application/json") return BodyFormat::json;
  if (type.name == "application/x-ndjson" || type.name == "application/ndjson" || type.name == "application/jsonl") {
    return BodyFormat::ndjson;
  }
  if (type.name == "application/cloudevents+json") return BodyFormat::cloud_event;
  if (type.name == "application/cloudevents-batch+json") return BodyFormat::cloud_events_batch;
  return std::nullopt;
}

}  // namespace weir
