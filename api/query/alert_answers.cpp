#include "api/query/alert_answers.hpp"

#include <algorithm>

#include "schemas/codec/timestamp.hpp"

namespace weir::query {
namespace {

void write_time(JsonWriter& json, std::string_view name, const std::optional<Time>& time) {
  json.key(name);
  time ? void(json.value(to_rfc3339(*time))) : void(json.value(nullptr));
}

std::string_view state_of(const runtime::ListedAlert& alert) {
  return alert.ended_at ? "ended" : alert.state == sla::State::paused ? "paused" : "firing";
}

/// Of an alert that is of no case, or of no process, null.
void write_name(JsonWriter& json, std::string_view member, const std::string& name) {
  json.key(member);
  name.empty() ? void(json.value(nullptr)) : void(json.value(name));
}

void write_telling(JsonWriter& json, const effects::Effect& effect, const std::string& process,
                   const std::string& case_id, const alerts::Telling& telling) {
  json.begin_object().member("id", effect.id).member("type", effect.type).member("target", telling.target);
  write_name(json, "process", process);
  write_name(json, "case", case_id);
  json.member("title", effect.title);
  json.member("severity", effects::name_of(effect.severity)).member("action", effects::name_of(effect.action));
  json.member("revision", static_cast<std::uint64_t>(telling.revision)).member("stands", telling.stands);
  json.member("at", to_rfc3339(telling.at));
}

/// By whom and since when somebody has it in hand.
void write_acknowledgement(JsonWriter& json, const runtime::ListedAlert& alert) {
  const auto last = std::find_if(alert.history.rbegin(), alert.history.rend(),
                                 [](const runtime::AlertEntry& one) { return one.step == alerts::Step::acknowledged; });
  json.key("acknowledged");
  if (!alert.is_acknowledged || last == alert.history.rend()) return void(json.value(nullptr));
  json.begin_object().member("by", last->by).member("at", to_rfc3339(last->at)).member("note", last->note).end_object();
}

void write_members(JsonWriter& json, const runtime::ListedAlert& alert) {
  json.member("id", feed::id_of(alert).text());
  const bool is_of_policy = alert.name.source == alerts::Source::sla;
  write_name(json, "process", alert.process);
  write_name(json, "case", alert.case_id);
  json.member("source", alerts::name_of(alert.name.source)).member("name", alert.name.document);
  json.member("metric", alert.name.metric).member("number", alert.name.number);
  json.member("title", is_of_policy ? alert.name.metric : alert.title).member("promise", alert.promise);
  json.member("state", state_of(alert)).member("severity", effects::name_of(alert.severity));
  json.member("since", to_rfc3339(alert.since)).member("began", to_rfc3339(alert.began));
  write_time(json, "due", alert.due);
  write_time(json, "warned", alert.warned_at);
  write_time(json, "breached", alert.breached_at);
  write_time(json, "ended", alert.ended_at);
  write_acknowledgement(json, alert);
  write_time(json, "silenced_until", alert.silenced_until);
  json.member("escalation", alert.escalation);
}

void begin_page(JsonWriter& json, std::string_view as_of, std::string_view name) {
  json.begin_object().member("as_of", as_of).key(name).begin_array();
}

void end_page(JsonWriter& json, std::string_view next) {
  json.end_array().key("next");
  next.empty() ? void(json.value(nullptr)) : void(json.value(next));
  json.end_object();
}

}  // namespace

void write_alerts(JsonWriter& json, const std::vector<feed::AlertRow>& rows, std::string_view as_of,
                  std::string_view next) {
  begin_page(json, as_of, "alerts");
  for (const auto& [place, alert] : rows) {
    json.begin_object();
    write_members(json, alert);
    json.end_object();
  }
  end_page(json, next);
}

void write_alert(JsonWriter& json, const runtime::ListedAlert& alert, std::string_view as_of) {
  json.begin_object().member("as_of", as_of);
  write_members(json, alert);
  json.key("history").begin_array();
  for (const runtime::AlertEntry& one : alert.history) {
    json.begin_object().member("step", alerts::name_of(one.step)).member("at", to_rfc3339(one.at));
    json.member("by", one.by).member("note", one.note).key("notify").begin_array();
    for (const std::string& name : one.receivers) json.value(name);
    json.end_array();
    write_time(json, "held_until", one.held_until);
    json.end_object();
  }
  json.end_array().end_object();
}

void write_deliveries(JsonWriter& json, const std::vector<feed::DeliveryRow>& rows, std::string_view as_of,
                      std::string_view next) {
  begin_page(json, as_of, "deliveries");
  for (const auto& [place, delivery, effect] : rows) {
    write_telling(json, effect, delivery.process, delivery.case_id, delivery.telling);
    const effects::AttemptRecord& record = delivery.record;
    json.member("outcome", effects::name_of(delivery.outcome)).member("attempt", std::uint64_t{delivery.attempt});
    json.member("began", to_rfc3339(record.began));
    json.member("took_ms", std::chrono::duration_cast<std::chrono::milliseconds>(record.took).count());
    json.member("status", std::uint64_t{record.status}).member("detail", record.detail);
    json.member("answer", record.answer).end_object();
  }
  end_page(json, next);
}

void write_waiting(JsonWriter& json, const std::vector<feed::WaitingRow>& rows, std::string_view as_of,
                   std::string_view next) {
  begin_page(json, as_of, "waiting");
  for (const auto& [place, row, effect] : rows) {
    write_telling(json, effect, row.process, row.case_id, row.announcement.telling);
    json.member("attempts", std::uint64_t{row.announcement.progress.attempts});
    json.member("due", to_rfc3339(row.announcement.progress.due)).end_object();
  }
  end_page(json, next);
}

}  // namespace weir::query
