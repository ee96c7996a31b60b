#include "stream/effects/slack.hpp"

#include <algorithm>

#include "schemas/codec/timestamp.hpp"
#include "stream/effects/wording.hpp"

namespace weir::effects {
namespace {

constexpr std::size_t header_max = 150, section_max = 3'000, field_max = 2'000, fields_max = 10;

/// Slack's three characters: without `<` nothing is a mention, a link or a command.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out += c;
    }
  }
  return out;
}

/// Escaped and still within the limit, with no escape cut in two.
std::string marked_down(std::string_view text, std::size_t bytes_max) {
  std::string out = escaped(shortened(text, bytes_max));
  for (std::size_t size = bytes_max; out.size() > bytes_max; out = escaped(shortened(text, size))) size -= size / 5;
  return out;
}

void write_text(JsonWriter& json, std::string_view type, std::string_view text) {
  json.begin_object().member("type", type).member("text", text).end_object();
}

void write_fields_section(JsonWriter& json, const Effect& effect) {
  json.begin_object().member("type", "section").key("fields").begin_array();
  const std::size_t count = std::min(effect.fields.size(), fields_max);
  for (std::size_t i = 0; i < count; ++i) {
    const auto& [name, value] = effect.fields[i];
    write_text(json, "mrkdwn", "*" + marked_down(name, 200) + "*\n" + marked_down(value, field_max - 220));
  }
  json.end_array().end_object();
}

}  // namespace

http::Call request(const Slack& slack, const Effect& effect, Time) {
  const std::string headed = headline(effect);
  std::string body;
  JsonWriter json(body);
  json.begin_object().member("text", marked_down(headed, section_max)).key("blocks").begin_array();
  json.begin_object().member("type", "header").key("text");
  write_text(json, "plain_text", shortened(headed, header_max));
  json.end_object();
  if (!effect.summary.empty()) {
    json.begin_object().member("type", "section").key("text");
    write_text(json, "mrkdwn", marked_down(effect.summary, section_max));
    json.end_object();
  }
  if (!effect.fields.empty()) write_fields_section(json, effect);
  json.begin_object().member("type", "context").key("elements").begin_array();
  write_text(json, "mrkdwn", std::string(name_of(effect.severity)) + " · " + to_rfc3339(effect.occurred));
  json.end_array().end_object().end_array().end_object();
  return json_call("POST", slack.url, std::move(body));
}

Verdict verdict(const Slack&, const http::Answer& answer, Time now) { return judge_strictly(answer, now); }

}  // namespace weir::effects
