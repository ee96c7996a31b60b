// One event while it is being read: takes fields in any order, checks each, and ends as an event or as its first fault.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "schemas/base/event.hpp"
#include "schemas/base/result.hpp"
#include "schemas/codec/json_reader.hpp"

namespace weir::codec {

enum class Field : std::uint8_t {
  process,
  case_id,
  activity,
  timestamp,
  start,
  id,
  source,
  lifecycle,
  instance,
  resource,
  sequence,
  upload,
};

/// After the first fault every call does nothing.
class EventBuilder {
 public:
  explicit EventBuilder(std::string_view default_process) { event_.process = default_process; }

  void set(Field field, JsonValue value);
  /// The same for a value that has no JSON type: times are RFC 3339, the sequence is decimal.
  void set_text(Field field, std::string_view text);
  void add_attribute(std::string_view name, JsonValue value);
  void add_text_attribute(std::string_view name, std::string_view text);
  /// Each member of an object is an attribute.
  void add_attributes(JsonValue object);
  /// Marks the event as wrong.
  void refuse(Code code, std::string_view subject, std::string_view what);
  bool refused() const { return fault_.has_value(); }

  /// The event, if all that it must have is there and right, and its time not after `latest`. Call once.
  Result<Event> finish(Time latest);

 private:
  bool first(Field field);
  void store_text(Field field, std::string_view text);
  void store_time(Field field, std::optional<Time> time);
  std::string* place_for_attribute(std::string_view name);
  void count_attribute();

  Event event_;
  std::optional<Error> fault_;
  std::uint32_t seen_ = 0;  // bit per Field
  std::size_t attribute_bytes_ = 0;
  std::string key_;  // scratch
  std::string text_;
};

/// The field of an event object, of the wire form, that has this name. `attributes` and unknown names: nothing.
std::optional<Field> field_named(std::string_view name);

}  // namespace weir::codec
