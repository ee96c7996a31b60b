// Short ways to say events in tests of their codec.
#pragma once

#include <string>
#include <string_view>

#include "schemas/codec/event_json.hpp"
#include "schemas/codec/timestamp.hpp"

namespace weir::tests {

inline const Time now = *parse_rfc3339("2026-03-01T12:00:00Z");
inline const DecodeOptions at_now{.now = now, .default_process = "default"};

inline Event bare_event(std::string process, std::string case_id, std::string activity, Time timestamp) {
  Event event;
  event.process = std::move(process);
  event.case_id = std::move(case_id);
  event.activity = std::move(activity);
  event.timestamp = timestamp;
  return event;
}

/// A valid event with more members, e.g. `"resource":"x"`.
inline std::string event_with(std::string_view members) {
  std::string json = R"({"case_id":"c","activity":"a","timestamp":"2026-03-01T11:00:00Z")";
  if (!members.empty()) json.append(",").append(members);
  return json + "}";
}

/// The one event of a JSON body.
inline Result<Event> decode_one(std::string_view body) {
  auto events = decode_events(BodyFormat::json, body, at_now);
  if (!events) return std::move(events).error();
  WEIR_CHECK(events->size() == 1, "one event");
  return std::move(events->front().event);
}

/// The code, or "accepted".
inline std::string verdict(const Result<Event>& event) {
  return event ? "accepted" : std::string(name_of(event.error().code));
}
inline std::string verdict_of(std::string_view members) { return verdict(decode_one(event_with(members))); }

}  // namespace weir::tests
