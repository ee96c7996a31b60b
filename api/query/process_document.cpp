#include "api/query/process_document.hpp"

#include <algorithm>

#include "schemas/base/event.hpp"
#include "schemas/calendar/zone.hpp"
#include "schemas/codec/json_reader.hpp"

namespace weir::query {
namespace {

constexpr std::int64_t micros_per_second = 1'000'000;
constexpr std::int64_t seconds_max = 3'155'760'000;  // a century
constexpr std::int64_t retain_s_min = 3'600;
constexpr std::size_t end_activities_max = 1'000;
constexpr std::size_t zone_bytes_max = 64;

void read_end_activities(const DocumentNode& node, std::vector<std::string>& activities) {
  node.each_item(end_activities_max, [&](const DocumentNode& item) {
    const auto text = item.text(name_bytes_max);
    if (!text) return;
    const bool known = std::find(activities.begin(), activities.end(), *text) != activities.end();
    known ? item.fault("stands twice") : activities.push_back(*text);
  });
}

void read_seconds(const DocumentNode& node, std::int64_t least, std::optional<std::int64_t>& micros) {
  if (node.is_null()) return;
  const auto seconds = node.whole(least, seconds_max);
  if (seconds) micros = *seconds * micros_per_second;
}

void read_retention(const DocumentNode& node, bool& archives) {
  const auto name = node.text(zone_bytes_max);
  if (!name) return;
  archives = *name == "archive";
  if (!archives && *name != "remove") node.fault("must be remove or archive");
}

void read_zone(const DocumentNode& node, std::string& zone) {
  const auto name = node.text(zone_bytes_max);
  if (!name) return;
  Zone::find(*name) ? void(zone = *name) : node.fault("must be the name of an IANA zone");
}

}  // namespace

Result<ParsedSettings> parse_settings_document(std::string_view body) {
  ParsedSettings parsed;
  runtime::ProcessSettings& settings = parsed.settings;
  auto faults = read_document(body, [&](const DocumentNode& document) {
    const auto completion = [&](const DocumentNode& node) {
      if (node.is_null()) return;
      node.object({{"end_activities", [&](const auto& one) { read_end_activities(one, settings.end_activities); }},
                   {"inactivity_s", [&](const auto& one) { read_seconds(one, 1, settings.inactivity_micros); }}});
    };
    const auto retain = [&](const DocumentNode& node) { read_seconds(node, retain_s_min, settings.retain_micros); };
    document.object({{"completion", completion},
                     {"retain_s", retain},
                     {"retention", [&](const auto& one) { read_retention(one, settings.archives); }},
                     {"zone", [&](const auto& one) { read_zone(one, settings.zone); }}});
  });
  if (!faults) return faults.error();
  parsed.faults = *std::move(faults);
  if (settings.retain_micros && !settings.declares_completion()) {
    parsed.faults.push_back({"/retain_s", "needs a completion: what never ends is never old"});
  }
  if (settings.archives && !settings.retain_micros) {
    parsed.faults.push_back({"/retention", "needs retain_s: what is kept for ever is never archived"});
  }
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
  json.member("retention", settings.archives ? "archive" : "remove").member("zone", settings.zone);
}

std::string etag_of(const runtime::ProcessSettings& settings) {
  return '"' + to_hex(hash128(runtime::encode(settings))) + '"';
}

}  // namespace weir::query
