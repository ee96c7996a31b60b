#include "schemas/codec/event_json.hpp"

#include <algorithm>
#include <utility>

#include "schemas/codec/cloud_events.hpp"
#include "schemas/codec/event_builder.hpp"
#include "schemas/codec/json_reader.hpp"
#include "schemas/codec/json_writer.hpp"
#include "schemas/codec/plain_event.hpp"
#include "schemas/codec/timestamp.hpp"

namespace weir {
namespace {

using codec::EventBuilder;
using codec::Field;

enum class Form : std::uint8_t { wire, stored };

/// What a thread keeps from one body to the next.
struct Buffers {
  JsonBytes bytes;
  JsonParser parser;
};

Buffers& buffers() {
  static thread_local Buffers kept;
  return kept;
}

void read_member(EventBuilder& event, Form form, std::string_view name, JsonValue value) {
  if (name == "attributes") {
    if (value.is(JsonKind::object)) return event.add_attributes(value);
    if (!value.is(JsonKind::null)) event.refuse(Code::schema, name, "must be an object.");
    return;
  }
  const std::optional<Field> field = codec::field_named(name);
  if (!field || (*field == Field::upload && form == Form::wire)) return event.add_attribute(name, value);
  event.set(*field, value);
}

Result<Event> read_event(JsonValue value, Form form, const DecodeOptions& options) {
  if (!value.is(JsonKind::object)) return Error{Code::schema, "An event must be an object."};
  EventBuilder event(options.default_process);
  std::string scratch;
  bool attributes = false;
  for (auto items = value.items(); !items.done() && !event.refused();) {
    const std::string_view name = items.take().text(scratch);
    const JsonValue content = items.take();
    if (name == "attributes" && std::exchange(attributes, true)) {
      event.refuse(Code::duplicate_key, name, "is there twice.");
    }
    read_member(event, form, name, content);
  }
  return event.finish(options.now + codec::ahead_max);
}

Result<Event> read_item(BodyFormat format, JsonValue value, const DecodeOptions& options) {
  const bool cloud = format == BodyFormat::cloud_event || format == BodyFormat::cloud_events_batch;
  return cloud ? codec::read_cloud_event(value, options) : read_event(value, Form::wire, options);
}

Error too_many() {
  return {Code::body_too_large, "There are more than " + std::to_string(body_events_max) + " events."};
}

/// Finds for parts of the copy in the buffers the same parts of the caller's body.
class Origin {
 public:
  Origin(std::string_view body, const JsonBytes& copy)
      : body_(body.substr(body.size() - copy.view().size())), copy_(copy.view().data()) {}

  std::string_view of(std::string_view part) const { return body_.substr(part.data() - copy_, part.size()); }
  std::string_view of(JsonValue value) const {
    const std::string_view raw = value.raw();
    return value.is(JsonKind::string) ? of({raw.data() - 1, raw.size() + 2}) : of(raw);
  }

 private:
  std::string_view body_;
  const char* copy_;
};

Result<std::vector<DecodedEvent>> decode_document(BodyFormat format, std::string_view body,
                                                  const DecodeOptions& options) {
  auto& [bytes, parser] = buffers();
  bytes.assign(body);
  const Result<JsonValue> root = parser.parse_in_place(bytes.view(), bytes);
  if (!root) return root.error();
  const Origin origin(body, bytes);
  const bool array = root->is(JsonKind::array) && format != BodyFormat::cloud_event;
  if (format == BodyFormat::cloud_events_batch && !array) return Error{Code::schema, "A batch must be an array."};
  std::vector<DecodedEvent> events;
  if (!array) {
    events.push_back({origin.of(*root), read_item(format, *root, options)});
    return events;
  }
  std::size_t count = 0;
  for (auto items = root->items(); !items.done(); items.take()) ++count;
  if (count > body_events_max) return too_many();
  events.reserve(count);
  for (auto items = root->items(); !items.done();) {
    const JsonValue item = items.take();
    events.push_back({origin.of(item), read_item(format, item, options)});
  }
  return events;
}

Result<std::vector<DecodedEvent>> decode_lines(std::string_view body, const DecodeOptions& options) {
  auto& [bytes, parser] = buffers();
  bytes.assign(body);
  const Origin origin(body, bytes);
  std::vector<DecodedEvent> events;
  events.reserve(std::min(body_events_max, static_cast<std::size_t>(std::count(body.begin(), body.end(), '\n')) + 1));
  std::string_view rest = bytes.view();
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (auto plain = codec::read_plain_event(line, false, options); plain && events.size() < body_events_max) {
      events.push_back({origin.of(line), std::move(*plain)});
      continue;
    }
    const Result<JsonValue> value = parser.parse_in_place(line, bytes);
    if (!value && value.error().code == Code::empty_body) continue;
    if (events.size() == body_events_max) return too_many();
    events.push_back({origin.of(line), value ? read_event(*value, Form::wire, options) : Result<Event>(value.error())});
  }
  if (events.empty()) return Error{Code::empty_body, "There is no line with an event."};
  return events;
}

}  // namespace

Result<std::vector<DecodedEvent>> decode_events(BodyFormat format, std::string_view body,
                                                const DecodeOptions& options) {
  WEIR_CHECK(format != BodyFormat::cloud_event_headers, "needs the headers: decode_cloud_event");
  return format == BodyFormat::ndjson ? decode_lines(body, options) : decode_document(format, body, options);
}

namespace {

Result<Event> read_record(std::string_view bytes, Form form, Time appended) {
  const DecodeOptions options{.now = appended, .default_process = "default"};
  if (auto plain = codec::read_plain_event(bytes, form == Form::stored, options)) return std::move(*plain);
  const Result<JsonValue> value = buffers().parser.parse(bytes);
  if (!value) return value.error();
  return read_event(*value, form, options);
}

}  // namespace

Result<Event> decode_stored_event(std::string_view bytes, Time appended) {
  return read_record(bytes, Form::stored, appended);
}

Result<Event> decode_produced_event(std::string_view bytes, Time appended) {
  return read_record(bytes, Form::wire, appended);
}

void encode_event(const Event& event, std::string& out) {
  JsonWriter json(out);
  const auto time = [&](std::string_view name, Time value) {
    json.key(name).raw("\"");
    append_rfc3339(out, value);
    out.push_back('"');
  };
  const auto text = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) json.member(name, value);
  };
  json.begin_object().member("process", event.process).member("case_id", event.case_id);
  json.member("activity", event.activity);
  time("timestamp", event.timestamp);
  if (event.start) time("start", *event.start);
  text("id", event.id);
  text("source", event.source);
  if (event.lifecycle != "complete") text("lifecycle", event.lifecycle);
  text("instance", event.instance);
  text("resource", event.resource);
  if (event.sequence != 0) json.member("sequence", event.sequence);
  text("$upload", event.upload);
  if (!event.attributes.empty()) {
    json.key("attributes").begin_object();
    for (const Attribute& attribute : event.attributes) json.key(attribute.name).raw(attribute.json);
    json.end_object();
  }
  json.end_object();
}

}  // namespace weir
