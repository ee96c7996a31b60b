#include "stream/ingest/event_view.hpp"

#include <algorithm>

#include "stream/ingest/file_stage.hpp"

namespace weir::ingest {
namespace {

bool equals_without_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + 32) : text[i];
    if (c != lower[i]) return false;
  }
  return true;
}

constexpr Time earliest = std::chrono::sys_days{std::chrono::year{1} / 1 / 1};
constexpr Time latest = std::chrono::sys_days{std::chrono::year{10000} / 1 / 1};

bool out_of_range(Time time) { return time < earliest || time >= latest; }

/// As posted events are held to it: no white space, no control character.
bool is_source(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7F; });
}

std::optional<EventFault> length_fault(const EventView& view) {
  // Nearly always every field is below the least of the limits.
  const std::size_t longest =
      std::max({view.case_id.size(), view.activity.size(), view.resource.size(), view.lifecycle.size(),
                view.instance.size(), view.id.size(), view.source.size()});
  if (longest <= lifecycle_bytes_max) return std::nullopt;
  struct Limit {
    std::string_view field, value;
    std::size_t bytes;
    std::string_view detail;
  };
  const Limit limits[] = {
      {"case_id", view.case_id, name_bytes_max, "case_id is longer than 256 bytes"},
      {"activity", view.activity, name_bytes_max, "activity is longer than 256 bytes"},
      {"resource", view.resource, name_bytes_max, "resource is longer than 256 bytes"},
      {"lifecycle", view.lifecycle, lifecycle_bytes_max, "lifecycle is longer than 64 bytes"},
      {"instance", view.instance, id_bytes_max, "instance is longer than 128 bytes"},
      {"id", view.id, id_bytes_max, "id is longer than 128 bytes"},
      {"source", view.source, source_bytes_max, "source is longer than 512 bytes"},
  };
  for (const auto& limit : limits) {
    if (limit.value.size() > limit.bytes) return EventFault{limit.field, Code::schema, limit.detail};
  }
  return std::nullopt;
}

}  // namespace

Event EventView::to_event() const {
  Event event;
  event.case_id = case_id;
  event.activity = activity;
  event.resource = resource;
  event.lifecycle = lifecycle;
  event.instance = instance;
  event.id = id;
  event.source = source;
  event.timestamp = timestamp;
  event.start = start;
  event.sequence = sequence;
  if (extra != nullptr) event.attributes = extra->attributes();
  return event;
}

std::string_view lifecycle_of(std::string_view text) {
  if (text.empty() || equals_without_case(text, "complete")) return "complete";
  return equals_without_case(text, "start") ? std::string_view("start") : text;
}

std::optional<EventFault> fault_of(const EventView& view) {
  if (view.case_id.empty()) return EventFault{"case_id", Code::missing_value, "the event belongs to no case"};
  if (view.activity.empty()) return EventFault{"activity", Code::missing_value, "the event has no activity"};
  if (auto fault = length_fault(view)) return fault;
  if (!is_source(view.source)) return EventFault{"source", Code::schema, "source is no URI reference"};
  if (out_of_range(view.timestamp) || (view.start && out_of_range(*view.start))) {
    return EventFault{"timestamp", Code::timestamp_out_of_range, "the time lies outside the years 1 to 9999"};
  }
  if (view.start && *view.start > view.timestamp) {
    return EventFault{"start", Code::schema, "start is later than timestamp"};
  }
  return std::nullopt;
}

std::optional<EventFault> fault_of(TimeFault fault, std::string_view field) {
  switch (fault) {
    case TimeFault::none:
      return std::nullopt;
    case TimeFault::bad:
      return EventFault{field, Code::bad_timestamp, "this is no time that can be read"};
    case TimeFault::no_zone:
      return EventFault{field, Code::missing_zone, "the time has no offset and no zone is declared"};
    case TimeFault::order:
      break;
  }
  return EventFault{field, Code::ambiguous_date_order, "day and month do not stand in the order of the other times"};
}

}  // namespace weir::ingest
