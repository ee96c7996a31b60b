#include "stream/effects/effect.hpp"

#include <algorithm>

#include "schemas/codec/json_reader.hpp"
#include "schemas/codec/utf8.hpp"
#include "state/format/codec.hpp"

namespace weir::effects {
namespace {

constexpr std::uint8_t version = 1;

bool is_of(std::string_view text, std::size_t bytes_max, bool (*allowed)(char)) {
  return !text.empty() && text.size() <= bytes_max && std::all_of(text.begin(), text.end(), allowed);
}

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_of_id(char c) { return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '_' || c == '-'; }

bool is_of_type(char c) { return is_lower_or_digit(c) || c == '_' || c == '-' || c == '.'; }

bool is_line(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

bool is_object(std::string_view json) {
  JsonParser parser;
  const auto value = parser.parse(json);
  return value && value->is(JsonKind::object);
}

}  // namespace

std::string_view name_of(Action action) {
  switch (action) {
    case Action::none:
      return "none";
    case Action::trigger:
      return "trigger";
    case Action::acknowledge:
      return "acknowledge";
    case Action::resolve:
      return "resolve";
  }
  return "";
}

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::info:
      return "info";
    case Severity::warning:
      return "warning";
    case Severity::error:
      return "error";
    case Severity::critical:
      return "critical";
  }
  return "";
}

std::string fault_of(const Effect& effect) {
  if (!is_of(effect.id, effect_id_bytes_max, is_of_id)) return "its id must be 1 to 128 of A-Z, a-z, 0-9, _ and -";
  if (!is_of(effect.type, 64, is_of_type)) return "its type must be 1 to 64 of a-z, 0-9, _, . and -";
  if (effect.key.empty() || effect.key.size() > effect_key_bytes_max) return "its key must be 1 to 255 bytes";
  if (effect.title.empty() || !is_line(effect.title)) return "its title must be one line";
  bool utf8 = is_utf8(effect.key) && is_utf8(effect.title) && is_utf8(effect.summary);
  for (const auto& [name, text] : effect.fields) utf8 = utf8 && is_utf8(name) && is_utf8(text);
  if (!utf8) return "its texts must be UTF-8";
  if (!effect.data.empty() && !is_object(effect.data)) return "its data must be an object as JSON";
  if (encode_effect(effect).size() > effect_bytes_max) return "it must be at most 256 KiB";
  return "";
}

std::string encode_effect(const Effect& effect) {
  std::string bytes;
  format::Encoder out(bytes);
  out.byte(version);
  out.text(effect.id);
  out.text(effect.type);
  out.signed_number(to_micros(effect.occurred));
  out.text(effect.workspace);
  out.text(effect.target);
  out.text(effect.key);
  out.byte(static_cast<std::uint8_t>(effect.action));
  out.byte(static_cast<std::uint8_t>(effect.severity));
  out.text(effect.title);
  out.text(effect.summary);
  out.number(effect.fields.size());
  for (const auto& [name, text] : effect.fields) {
    out.text(name);
    out.text(text);
  }
  out.text(effect.data);
  return bytes;
}

Result<Effect> decode_effect(std::string_view bytes) {
  format::Decoder in(bytes);
  Effect effect;
  if (in.byte() != version) in.refuse();
  effect.id = in.text();
  effect.type = in.text();
  effect.occurred = from_micros(in.signed_number());
  effect.workspace = in.text();
  effect.target = in.text();
  effect.key = in.text();
  const auto action = in.byte(), severity = in.byte();
  if (action > static_cast<std::uint8_t>(Action::resolve)) in.refuse();
  if (severity > static_cast<std::uint8_t>(Severity::critical)) in.refuse();
  effect.action = static_cast<Action>(action);
  effect.severity = static_cast<Severity>(severity);
  effect.title = in.text();
  effect.summary = in.text();
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) {
    std::string name{in.text()};
    effect.fields.emplace_back(std::move(name), in.text());
  }
  effect.data = in.text();
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "an effect cannot be read"};
  return effect;
}

}  // namespace weir::effects
