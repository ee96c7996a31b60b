#include "schemas/codec/event_builder.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "schemas/codec/json_writer.hpp"
#include "schemas/codec/timestamp.hpp"

namespace weir::codec {
namespace {

constexpr std::size_t subject_bytes_max = 64;  // of an error's detail

struct FieldRule {
  std::string_view name;
  std::size_t bytes_max;
  bool required;
  bool may_be_empty;
};

/// In the order of Field.
constexpr std::array rules{
    FieldRule{"process", process_bytes_max, false, false},
    FieldRule{"case_id", name_bytes_max, true, false},
    FieldRule{"activity", name_bytes_max, true, false},
    FieldRule{"timestamp", 0, true, false},
    FieldRule{"start", 0, false, false},
    FieldRule{"id", id_bytes_max, false, false},
    FieldRule{"source", source_bytes_max, false, true},
    FieldRule{"lifecycle", lifecycle_bytes_max, false, false},
    FieldRule{"instance", id_bytes_max, false, true},
    FieldRule{"resource", name_bytes_max, false, true},
    FieldRule{"sequence", 0, false, false},
    FieldRule{"$upload", id_bytes_max, false, true},
};

const FieldRule& rule(Field field) { return rules[static_cast<std::size_t>(field)]; }
std::uint32_t bit(Field field) { return std::uint32_t{1} << static_cast<unsigned>(field); }

/// Start and complete are compared without case only where the format says so (XES, CSV), never here.
bool is_lifecycle(std::string_view text) {
  const auto same_but_case = [text](std::string_view word) {
    return text != word && std::equal(text.begin(), text.end(), word.begin(), word.end(),
                                      [](char a, char b) { return (a | 0x20) == b; });
  };
  return !same_but_case("start") && !same_but_case("complete");
}

/// A URI reference has no white space and no control character. More is not asked for: hooks and connectors are named.
bool is_source(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7F; });
}

std::string* text_of(Event& event, Field field) {
  switch (field) {
    case Field::process:
      return &event.process;
    case Field::case_id:
      return &event.case_id;
    case Field::activity:
      return &event.activity;
    case Field::id:
      return &event.id;
    case Field::source:
      return &event.source;
    case Field::lifecycle:
      return &event.lifecycle;
    case Field::instance:
      return &event.instance;
    case Field::resource:
      return &event.resource;
    case Field::upload:
      return &event.upload;
    default:
      return nullptr;
  }
}

std::optional<Time> time_of(JsonValue value, std::string& scratch) {
  if (value.is(JsonKind::string)) return parse_rfc3339(value.text(scratch));
  const std::optional<std::int64_t> ms = value.as_int64();
  return ms ? from_epoch_ms(*ms) : std::nullopt;
}

bool is_scalar(JsonValue value) { return !value.is(JsonKind::object) && !value.is(JsonKind::array); }

}  // namespace

void EventBuilder::refuse(Code code, std::string_view subject, std::string_view what) {
  if (refused()) return;
  std::size_t shown = std::min(subject.size(), subject_bytes_max);
  while (shown > 0 && shown < subject.size() && (subject[shown] & 0xC0) == 0x80) --shown;  // whole characters only
  fault_.emplace(Error{code, std::string(subject.substr(0, shown))});
  fault_->detail.append(": ").append(what);
}

bool EventBuilder::first(Field field) {
  if (refused()) return false;
  if ((seen_ & bit(field)) != 0) refuse(Code::duplicate_key, rule(field).name, "is there twice.");
  seen_ |= bit(field);
  return !refused();
}

void EventBuilder::set(Field field, JsonValue value) {
  if (!first(field)) return;
  const bool required = rule(field).required;
  if (value.is(JsonKind::null) && !required) return;
  if (field == Field::timestamp || field == Field::start) {
    if (!value.is(JsonKind::string) && !value.is(JsonKind::number)) {
      return refuse(Code::schema, rule(field).name, "must be a string or an integer.");
    }
    return store_time(field, time_of(value, text_));
  }
  if (field == Field::sequence) {
    const std::optional<std::uint64_t> number = value.as_uint64();
    if (number) event_.sequence = *number;
    if (value.is(JsonKind::number) && !value.number_fits())
      return refuse(Code::number_range, "sequence", "is too large.");
    if (!number) refuse(Code::schema, "sequence", "must be an unsigned integer.");
    return;
  }
  if (!value.is(JsonKind::string)) return refuse(Code::schema, rule(field).name, "must be a string.");
  store_text(field, value.text(text_));
}

void EventBuilder::set_text(Field field, std::string_view text) {
  if (!first(field)) return;
  if (field == Field::timestamp || field == Field::start) return store_time(field, parse_rfc3339(text));
  if (field == Field::sequence) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), event_.sequence);
    if (error == std::errc{} && end == text.data() + text.size()) return;
    return refuse(Code::schema, "sequence", "must be an unsigned integer.");
  }
  store_text(field, text);
}

void EventBuilder::store_text(Field field, std::string_view text) {
  const FieldRule& form = rule(field);
  if (text.empty() && !form.may_be_empty) return refuse(Code::schema, form.name, "is empty.");
  if (text.size() > form.bytes_max) return refuse(Code::schema, form.name, "is too long.");
  if (text.find('\0') != text.npos) return refuse(Code::schema, form.name, "has a NUL character.");
  if (field == Field::process && !is_plain_name(text)) {
    return refuse(Code::schema, form.name, "must be made of a-z, 0-9, _ and -.");
  }
  if (field == Field::lifecycle && !is_lifecycle(text)) {
    return refuse(Code::schema, form.name, "start and complete are written in lower case.");
  }
  if (field == Field::source && !is_source(text)) return refuse(Code::schema, form.name, "must be a URI reference.");
  text_of(event_, field)->assign(text);
}

void EventBuilder::store_time(Field field, std::optional<Time> time) {
  if (!time)
    return refuse(Code::bad_timestamp, rule(field).name, "must be RFC 3339 with an offset, or epoch milliseconds.");
  if (field == Field::timestamp) {
    event_.timestamp = *time;
  } else {
    event_.start = *time;
  }
}

std::string* EventBuilder::place_for_attribute(std::string_view name) {
  if (refused()) return nullptr;
  if (event_.attributes.size() == attributes_max) {
    refuse(Code::attributes_limit, "attributes", "there are more than 64.");
    return nullptr;
  }
  if (name.find('\0') != name.npos) {
    refuse(Code::schema, "attributes", "a name has a NUL character.");
    return nullptr;
  }
  return &event_.attributes.emplace_back(std::string(name), std::string()).json;
}

void EventBuilder::count_attribute() {
  const Attribute& last = event_.attributes.back();
  attribute_bytes_ += last.name.size() + last.json.size();
  if (attribute_bytes_ > attribute_bytes_max)
    refuse(Code::attributes_limit, "attributes", "they are larger than 16 KiB.");
}

void EventBuilder::add_attribute(std::string_view name, JsonValue value) {
  if (refused()) return;
  if (!is_scalar(value)) return refuse(Code::attributes_limit, name, "an attribute is no object and no array.");
  if (value.is(JsonKind::number) && !value.number_fits()) return refuse(Code::number_range, name, "is out of range.");
  std::string* const json = place_for_attribute(name);
  if (json == nullptr) return;
  if (value.is(JsonKind::string)) {
    append_json_string(*json, value.text(text_));
  } else {
    json->assign(value.raw());
  }
  count_attribute();
}

void EventBuilder::add_text_attribute(std::string_view name, std::string_view text) {
  std::string* const json = place_for_attribute(name);
  if (json == nullptr) return;
  append_json_string(*json, text);
  count_attribute();
}

void EventBuilder::add_attributes(JsonValue object) {
  for (auto items = object.items(); !items.done();) {
    const JsonValue name = items.take();
    const JsonValue value = items.take();
    add_attribute(name.text(key_), value);
  }
}

Result<Event> EventBuilder::finish(Time latest) {
  auto& attributes = event_.attributes;
  std::sort(attributes.begin(), attributes.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  const auto twice = std::adjacent_find(attributes.begin(), attributes.end(),
                                        [](const auto& a, const auto& b) { return a.name == b.name; });
  if (twice != attributes.end()) refuse(Code::duplicate_key, twice->name, "is there twice.");
  for (const Field field : {Field::case_id, Field::activity, Field::timestamp}) {
    if ((seen_ & bit(field)) == 0) refuse(Code::schema, rule(field).name, "is missing.");
  }
  if (event_.start && *event_.start > event_.timestamp) refuse(Code::schema, "start", "is later than timestamp.");
  if (event_.timestamp > latest) refuse(Code::timestamp_out_of_range, "timestamp", "is more than 24 hours ahead.");
  if (refused()) return *std::move(fault_);
  return std::move(event_);
}

std::optional<Field> field_named(std::string_view name) {
  const auto found = std::find_if(rules.begin(), rules.end(), [name](const auto& form) { return form.name == name; });
  if (found == rules.end()) return std::nullopt;
  return static_cast<Field>(found - rules.begin());
}

}  // namespace weir::codec
