#include "api/query/process_document.hpp"

#include <algorithm>

#include "schemas/base/event.hpp"
#include "schemas/calendar/zone.hpp"
#include "schemas/codec/json_reader.hpp"

namespace weir::query {
namespace {

constexpr std::int64_t micros_per_second = 1'000'000;
constexpr std::int64_t inactivity_s_max = 3'155'760'000;  // a century
constexpr std::int64_t retain_s_min = 3'600;
constexpr std::size_t end_activities_max = 1'000;

class Reading {
 public:
  explicit Reading(ParsedSettings& parsed) : parsed_(parsed) {}

  void document(JsonValue value) {
    if (!is_object(value, "")) return;
    for (auto items = value.items(); !items.done();) {
      const std::string name{items.take().text(scratch_)};
      const JsonValue member = items.take();
      if (name == "completion") {
        completion(member);
      } else if (name == "retain_s") {
        retain(member);
      } else if (name == "zone") {
        zone(member);
      } else {
        fault("", "a member is unknown");
      }
    }
    if (parsed_.settings.retain_micros && !parsed_.settings.declares_completion()) {
      fault("/retain_s", "needs a completion: what never ends is never old");
    }
  }

 private:
  void fault(std::string pointer, std::string detail) {
    parsed_.faults.push_back({std::move(pointer), std::move(detail)});
  }

  bool is_object(JsonValue value, const std::string& pointer) {
    if (!value.is(JsonKind::object)) return fault(pointer, "must be an object"), false;
    if (value.duplicate_key()) return fault(pointer, "names a member twice"), false;
    return true;
  }

  void completion(JsonValue value) {
    if (value.is(JsonKind::null) || !is_object(value, "/completion")) return;
    for (auto items = value.items(); !items.done();) {
      const std::string name{items.take().text(scratch_)};
      const JsonValue member = items.take();
      if (name == "end_activities") {
        end_activities(member);
      } else if (name == "inactivity_s") {
        inactivity(member);
      } else {
        fault("/completion", "a member is unknown");
      }
    }
  }

  void end_activities(JsonValue value) {
    const std::string pointer = "/completion/end_activities";
    if (!value.is(JsonKind::array)) return fault(pointer, "must be an array");
    auto& activities = parsed_.settings.end_activities;
    std::size_t index = 0;
    for (auto items = value.items(); !items.done(); ++index) {
      const JsonValue item = items.take();
      const std::string text = item.is(JsonKind::string) ? std::string{item.text(scratch_)} : std::string{};
      if (text.empty() || text.size() > name_bytes_max) {
        fault(pointer + '/' + std::to_string(index), "must be a string of 1 to 256 bytes");
      } else if (std::find(activities.begin(), activities.end(), text) != activities.end()) {
        fault(pointer + '/' + std::to_string(index), "stands twice");
      } else {
        activities.push_back(text);
      }
    }
    if (index > end_activities_max) fault(pointer, "must hold at most 1,000");
  }

  void inactivity(JsonValue value) {
    if (value.is(JsonKind::null)) return;
    const auto seconds = value.is(JsonKind::number) ? value.as_int64() : std::nullopt;
    if (!seconds || *seconds < 1 || *seconds > inactivity_s_max) {
      return fault("/completion/inactivity_s", "must be a whole number of seconds from 1 to 3155760000");
    }
    parsed_.settings.inactivity_micros = *seconds * micros_per_second;
  }

  void retain(JsonValue value) {
    if (value.is(JsonKind::null)) return;
    const auto seconds = value.is(JsonKind::number) ? value.as_int64() : std::nullopt;
    if (!seconds || *seconds < retain_s_min || *seconds > inactivity_s_max) {
      return fault("/retain_s", "must be a whole number of seconds from 3600 to 3155760000");
    }
    parsed_.settings.retain_micros = *seconds * micros_per_second;
  }

  void zone(JsonValue value) {
    const std::string name = value.is(JsonKind::string) ? std::string{value.text(scratch_)} : std::string{};
    if (name.empty() || !Zone::find(name)) return fault("/zone", "must be the name of an IANA zone");
    parsed_.settings.zone = name;
  }

  ParsedSettings& parsed_;
  std::string scratch_;
};

}  // namespace

Result<ParsedSettings> parse_settings_document(std::string_view body) {
  JsonParser parser;
  const auto value = parser.parse(body);
  if (!value) return value.error();
  ParsedSettings parsed;
  Reading(parsed).document(*value);
  return parsed;
}

void write_settings(JsonWriter& json, const runtime::ProcessSettings& settings) {
  json.key("completion");
  if (settings.declares_completion()) {
    json.begin_object().key("end_activities").begin_array();
    for (const std::string& activity : settings.end_activities) json.value(activity);
    json.end_array().key("inactivity_s");
    if (settings.inactivity_micros) {
      json.value(*settings.inactivity_micros / micros_per_second);
    } else {
      json.value(nullptr);
    }
    json.end_object();
  } else {
    json.value(nullptr);
  }
  json.key("retain_s");
  if (settings.retain_micros) {
    json.value(*settings.retain_micros / micros_per_second);
  } else {
    json.value(nullptr);
  }
  json.member("zone", settings.zone);
}

std::string etag_of(const runtime::ProcessSettings& settings) {
  return '"' + to_hex(hash128(runtime::encode(settings))) + '"';
}

}  // namespace weir::query
