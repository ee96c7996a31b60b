#include "stream/effects/pager_duty.hpp"

#include "schemas/codec/timestamp.hpp"
#include "stream/effects/wording.hpp"

namespace weir::effects {
namespace {

constexpr std::size_t summary_max = 1'024;  // of the API

void write_payload(JsonWriter& json, const Effect& effect) {
  json.begin_object().member("summary", shortened(effect.title, summary_max)).member("source", "weir");
  json.member("severity", name_of(effect.severity)).member("timestamp", to_rfc3339(effect.occurred));
  json.member("group", effect.workspace).member("class", effect.type);
  json.key("custom_details").begin_object().member("summary", effect.summary).key("fields");
  write_fields(json, effect.fields);
  if (!effect.data.empty()) json.key("details").raw(effect.data);
  json.end_object().end_object();
}

}  // namespace

http::Call request(const PagerDuty& duty, const Effect& effect, Time) {
  const bool triggers = effect.action == Action::none || effect.action == Action::trigger;
  std::string body;
  JsonWriter json(body);
  json.begin_object().member("routing_key", duty.routing_key);
  json.member("event_action", triggers ? name_of(Action::trigger) : name_of(effect.action));
  json.member("dedup_key", effect.key);
  if (triggers) {
    json.key("payload");
    write_payload(json, effect);
  }
  json.end_object();
  return json_call("POST", duty.url, std::move(body));
}

Verdict verdict(const PagerDuty&, const http::Answer& answer, Time now) { return judge_strictly(answer, now); }

}  // namespace weir::effects
