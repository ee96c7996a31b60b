#include "schemas/codec/cloud_events.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "schemas/codec/event_builder.hpp"
#include "schemas/codec/media_type.hpp"
#include "schemas/codec/utf8.hpp"

namespace weir {
namespace {

using codec::EventBuilder;
using codec::Field;

constexpr std::array<std::pair<std::string_view, Field>, 11> fields{{{"subject", Field::case_id},
                                                                     {"type", Field::activity},
                                                                     {"time", Field::timestamp},
                                                                     {"id", Field::id},
                                                                     {"source", Field::source},
                                                                     {"process", Field::process},
                                                                     {"start", Field::start},
                                                                     {"lifecycle", Field::lifecycle},
                                                                     {"resource", Field::resource},
                                                                     {"instance", Field::instance},
                                                                     {"sequence", Field::sequence}}};

std::optional<Field> field_named(std::string_view name) {
  const auto* const found =
      std::find_if(fields.begin(), fields.end(), [name](const auto& field) { return field.first == name; });
  if (found == fields.end()) return std::nullopt;
  return found->second;
}

/// What is the same in all three modes.
class CloudReader {
 public:
  explicit CloudReader(const DecodeOptions& options) : options_(options), event_(options.default_process) {}

  EventBuilder& event() { return event_; }

  void member(std::string_view name, JsonValue value) {
    if (name == "data") return data(value);
    if (name == "specversion") return specversion(value.is(JsonKind::string) ? value.raw() : "");
    if (name == "datacontenttype") return;
    const std::optional<Field> field = field_named(name);
    if (!field) return event_.add_attribute(name, value);
    if (*field == Field::sequence && value.is(JsonKind::string)) return event_.set_text(*field, value.raw());
    event_.set(*field, value);
  }

  void header(std::string_view name, std::string_view text) {
    if (!is_utf8(text)) return event_.refuse(Code::not_utf8, name, "is not UTF-8.");
    if (name == "specversion") return specversion(text);
    const std::optional<Field> field = field_named(name);
    if (!field) return event_.add_text_attribute(name, text);
    event_.set_text(*field, text);
  }

  void data(JsonValue value) {
    if (value.is(JsonKind::object)) return event_.add_attributes(value);
    if (!value.is(JsonKind::null)) event_.add_attribute("data", value);
  }

  Result<Event> finish() {
    if (!specversion_) event_.refuse(Code::schema, "specversion", "must be 1.0.");
    Result<Event> event = event_.finish(options_.now + codec::ahead_max);
    if (event && event->id.empty()) return Error{Code::schema, "id: is missing."};
    if (event && event->source.empty()) return Error{Code::schema, "source: is missing."};
    return event;
  }

 private:
  void specversion(std::string_view version) {
    if (specversion_) event_.refuse(Code::duplicate_key, "specversion", "is there twice.");
    if (version != "1.0") event_.refuse(Code::schema, "specversion", "must be 1.0.");
    specversion_ = true;
  }

  const DecodeOptions& options_;
  EventBuilder event_;
  bool specversion_ = false;
};

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// A header value as the HTTP binding encodes it: `%XX` are bytes; a value in double quotes is taken out of them.
std::string decode_header(std::string_view value) {
  std::string text;
  const bool quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
  if (quoted) value = value.substr(1, value.size() - 2);
  for (std::size_t at = 0; at < value.size(); ++at) {
    if (quoted && value[at] == '\\' && at + 1 < value.size()) {
      text.push_back(value[++at]);
      continue;
    }
    const bool encoded = value[at] == '%' && at + 2 < value.size();
    const int high = encoded ? hex_digit(value[at + 1]) : -1;
    const int low = encoded ? hex_digit(value[at + 2]) : -1;
    if (high >= 0 && low >= 0) {
      text.push_back(static_cast<char>(high * 16 + low));
      at += 2;
    } else {
      text.push_back(value[at]);
    }
  }
  return text;
}

}  // namespace

Result<Event> codec::read_cloud_event(JsonValue value, const DecodeOptions& options) {
  if (!value.is(JsonKind::object)) return Error{Code::schema, "An event must be an object."};
  CloudReader reader(options);
  std::string scratch;
  for (auto items = value.items(); !items.done() && !reader.event().refused();) {
    const JsonValue name = items.take();
    const JsonValue content = items.take();
    reader.member(name.text(scratch), content);
  }
  return reader.finish();
}

Result<Event> decode_cloud_event(std::span<const HeaderView> headers, std::string_view body,
                                 const DecodeOptions& options) {
  constexpr std::string_view prefix = "ce-";
  CloudReader reader(options);
  std::string_view content_type = "application/json";
  for (const HeaderView& header : headers) {
    if (header.name == "content-type") content_type = header.value;
    if (header.name.starts_with(prefix)) reader.header(header.name.substr(prefix.size()), decode_header(header.value));
  }
  if (body.empty()) return reader.finish();
  const codec::MediaType type = codec::parse_media_type(content_type);
  if (!type.is_json()) {
    if (!is_utf8(body)) return Error{Code::not_utf8, "The data is not UTF-8."};
    reader.event().add_text_attribute("data", body);
    return reader.finish();
  }
  static thread_local JsonParser parser;
  const Result<JsonValue> data = parser.parse(body);
  if (!data) return data.error();
  reader.data(*data);
  return reader.finish();
}

}  // namespace weir
