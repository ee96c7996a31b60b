#include "tests/support/random_records.hpp"

#include "schemas/codec/event_json.hpp"
#include "schemas/codec/timestamp.hpp"
#include "stream/alerts/command.hpp"
#include "stream/alerts/delivery.hpp"
#include "stream/documents/document.hpp"
#include "stream/runtime/control_records.hpp"
#include "stream/thresholds/observation.hpp"
#include "tests/support/model.hpp"

namespace weir::support {
namespace {

std::string name(std::string_view kind, std::uint64_t number) { return std::string{kind} + std::to_string(number); }

}  // namespace

log::Record event_record(const Event& event) {
  std::string bytes;
  encode_event(event, bytes);
  return {log::Kind::event, std::move(bytes)};
}

std::string RandomRecords::upload_of(std::mt19937_64& random, const std::string& process) {
  if (random() % 3 != 0) return {};
  auto& uploads = uploads_[process];
  if (uploads.empty() || random() % 20 == 0) uploads.push_back(name(process + "-u", uploads.size()));
  return uploads[random() % uploads.size()];
}

Event RandomRecords::fresh_event(std::mt19937_64& random, Time first) {
  Event event;
  event.process = name("p", random() % options_.processes);
  event.case_id = name("case", random() % options_.cases);
  event.activity = std::string(1, static_cast<char>('a' + random() % options_.activities));
  const auto span = static_cast<std::uint64_t>(options_.span_micros);
  event.timestamp = first + Duration{static_cast<std::int64_t>(random() % span)};
  if (random() % 3 == 0) {
    event.start = event.timestamp - Duration{static_cast<std::int64_t>(random() % (span / 4 + 1))};
  }
  if (random() % 5 == 0) event.lifecycle = "start";
  if (random() % 2 == 0) event.resource = name("r", random() % 3);
  if (random() % 4 == 0) event.attributes.push_back({"cost", std::to_string(random() % 9)});
  event.id = name("e", next_id_++);
  event.source = random() % 4 == 0 ? "other" : "weir:default";
  event.sequence = random() % 4;
  event.upload = upload_of(random, event.process);
  return event;
}

Event RandomRecords::event(std::mt19937_64& random, Time first) {
  std::uniform_real_distribution<double> chance{0, 1};
  const double draw = chance(random);
  if (sent_.empty() || draw >= options_.duplicates + options_.conflicts) {
    sent_.push_back(fresh_event(random, first));
    return sent_.back();
  }
  Event event = sent_[random() % sent_.size()];
  event.upload = upload_of(random, event.process);
  event.sequence = random() % 4;
  if (draw < options_.conflicts) event.activity += "'";
  return event;
}

Control RandomRecords::settings(std::mt19937_64& random, std::string process) const {
  runtime::ProcessSettings settings;
  if (random() % 2 == 0) settings.end_activities = {"a"};
  if (random() % 2 == 0) {
    settings.inactivity_micros = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(options_.span_micros));
  }
  constexpr std::int64_t day = 86'400'000'000;
  if (options_.span_micros >= day && random() % 2 == 0) {
    settings.retain_micros = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(options_.span_micros / 4));
    settings.archives = random() % 2 == 0;
  }
  return {process, std::nullopt, {log::Kind::settings, encode(runtime::SettingsChange{process, settings})}};
}

Control RandomRecords::document(std::mt19937_64& random, Time first) const {
  const bool is_long = options_.span_micros >= std::int64_t{86'400'000'000};
  const auto one_of = [&](std::initializer_list<std::string_view> some) {
    return std::string{some.begin()[random() % some.size()]};
  };
  const auto activity = [&] {
    return R"({"path": "activity", "op": "eq", "value": ")" +
           std::string(1, static_cast<char>('a' + random() % options_.activities)) + "\"}";
  };
  const auto span = [&] { return is_long ? one_of({"0s", "1h", "7h", "2d"}) : one_of({"0s", "1ms", "2ms"}); };
  documents::Change change{documents::Kind::sla_policy, name("policy", random() % 2), {}};
  change.version.effective_at =
      first + Duration{static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(options_.span_micros))};
  const std::uint64_t kind = random() % 8;
  if (kind >= 6) return response(random, first, change.version.effective_at);
  if (kind == 0) {
    const std::string length = is_long ? one_of({"1h", "7h", "2d"}) : one_of({"1ms", "2ms"});
    change.kind = documents::Kind::rule;
    change.name = name("rule", random() % 2);
    if (random() % 8 == 0) return {"", std::nullopt, {log::Kind::document, encode(change)}};
    const std::string absent = R"({"absent": {"event": "b", "for": ")" + length + "\"}}";
    const std::string window =
        R"({"window": {"kind": "sliding", "for": ")" + length + R"(", "agg": "count", "op": "gte", "value": 2}})";
    change.version.body = R"({"when": {"all": [)" + activity() + ", " + (random() % 2 == 0 ? absent : window) +
                          R"(]}, "then": [{"title": "{case.id} {activity}", )" +
                          one_of({R"("type": "alert", "severity": "error", "notify": ["ops"])",
                                  R"("type": "alert", "notify": ["lead"], "escalate": "p1")",
                                  R"("type": "notify", "targets": ["ops"])"}) +
                          R"(}], "mode": ")" + one_of({"live", "live", "dry_run"}) + R"(", "keep_firing_for": ")" +
                          length + "\"}";
  } else if (kind == 1) {
    change.kind = documents::Kind::calendar;
    change.name = "office";
    change.version.body = R"({"zone": "Europe/Berlin", "week": {"tue": [")" + one_of({"08:00-16:00", "00:00-24:00"}) +
                          R"("], "thu": ["10:00-12:00", "22:00-24:00"]}})";
  } else if (random() % 8 != 0) {
    change.version.body =
        R"({"notify": )" + one_of({"[]", R"(["ops"])", R"(["ops", "lead"], "escalate": "p1")"}) +
        R"(, "on_change": ")" + one_of({"retarget", "freeze", "restart"}) + R"(", "metrics": {"m": {"start": )" +
        activity() + R"(, "stop": )" + activity() + R"(, "reopening": ")" + one_of({"once", "restart", "resume"}) +
        R"(", "pause": {"path": "case.attr.cost", "op": "gt", "value": 5}}}, "targets": [
          {"name": "first", "when": {"path": "case.resource", "op": "eq", "value": "r0"}, "promises": {"m": ")" +
        span() + R"("}, "warnings": [{"percent": 5}]},
          {"name": "second", "calendar": ")" +
        one_of({"always", "office"}) + R"(", "promises": {"m": ")" + span() + R"("}, "retract_when_relieved": true}]})";
  }
  return {"", std::nullopt, {log::Kind::document, encode(change)}};
}

/// A silence or an escalation.
Control RandomRecords::response(std::mt19937_64& random, Time first, Time effective_at) const {
  const auto span = static_cast<std::uint64_t>(options_.span_micros);
  const bool is_silence = random() % 2 == 0;
  documents::Change change{is_silence ? documents::Kind::silence : documents::Kind::escalation,
                           is_silence ? name("silence", random() % 2) : "p1",
                           {effective_at, {}, {}}};
  if (random() % 8 == 0) return {"", std::nullopt, {log::Kind::document, encode(change)}};
  const Time ends_at = first + Duration{static_cast<std::int64_t>(random() % (2 * span))};
  if (is_silence) {
    change.version.body = R"({"matchers": [{"label": "severity", "op": "!=", "value": ")" +
                          std::string{random() % 2 == 0 ? "warning" : "critical"} + R"("}], "ends_at": ")" +
                          to_rfc3339(ends_at) + "\"}";
  } else {
    change.version.body = R"({"steps": [{"notify": ["ops"], "after": "1m"}, {"notify": ["lead"], "after": "7h",
        "calendar": "office"}], "repeat": 1)" +
                          std::string{random() % 2 == 0 ? R"(, "ack_timeout": "2h"})" : "}"};
  }
  return {"", std::nullopt, {log::Kind::document, encode(change)}};
}

/// About an alert that there may be.
Control RandomRecords::command(std::mt19937_64& random, Time first) const {
  const auto span = static_cast<std::uint64_t>(options_.span_micros);
  alerts::Command command;
  command.deed = random() % 3 == 0 ? alerts::Deed::resolve : alerts::Deed::acknowledge;
  command.process = name("p", random() % options_.processes);
  command.case_id = name("case", random() % options_.cases);
  command.alert =
      random() % 3 == 0 ? "rule/" + name("rule", random() % 2) + "/1" : "sla/" + name("policy", random() % 2) + "/m/1";
  command.by = "user:ann";
  command.time = first + Duration{static_cast<std::int64_t>(random() % span)};
  return {command.process, command.case_id, {log::Kind::command, encode(command)}};
}

/// Of anything that somebody may have been told, be it true or not.
Control RandomRecords::delivery(std::mt19937_64& random, Time first) const {
  const auto span = static_cast<std::uint64_t>(options_.span_micros);
  const auto instant = [&] { return first + Duration{static_cast<std::int64_t>(random() % span)}; };
  alerts::Delivery delivery;
  delivery.process = name("p", random() % options_.processes);
  delivery.case_id = name("case", random() % options_.cases);
  constexpr std::array steps{"warning/percent:5#1", "breached", "ended"};
  delivery.telling.notice = "sla/" + name("policy", random() % 2) + "/m/1/" + steps[random() % steps.size()];
  delivery.telling.target = random() % 2 == 0 ? "ops" : "lead";
  delivery.telling.revision = static_cast<std::uint32_t>(random() % 3);
  delivery.telling.stands = random() % 4 != 0;
  delivery.telling.at = first + Duration{static_cast<std::int64_t>(random() % 2)};
  delivery.attempt = 1;
  delivery.sender = {random(), random()};
  delivery.time = instant();
  delivery.effect = "as it was told";
  if (random() % 2 == 0) {
    delivery.event = alerts::Delivery::Event::ended;
    delivery.attempt = static_cast<std::uint32_t>(random() % 3);
    delivery.outcome = static_cast<effects::Outcome>(random() % 4);
    delivery.progress = {delivery.attempt, delivery.time, instant(), {}};
  }
  return {delivery.process, delivery.case_id, {log::Kind::delivery, encode(delivery)}};
}

/// A version of one, what somebody observed under some version, or what somebody was told of it.
Control RandomRecords::threshold(std::mt19937_64& random, Time first) const {
  const Time version = first + Duration{static_cast<std::int64_t>(random() % 3)};
  const std::uint64_t draw = random() % 8;
  if (draw == 0) {
    documents::Change change{documents::Kind::threshold, "many", {version, {}}};
    if (random() % 4 != 0) {
      change.version.body = R"({"process": "p0", "measure": "running", "op": "gt", "value": 5, "for": ")" +
                            std::to_string(random() % 3) + R"(ms", "notify": ["ops"]})";
    }
    return {"", std::nullopt, {log::Kind::document, encode(change)}};
  }
  if (draw == 1) {
    alerts::Delivery delivery;
    delivery.telling = {"threshold/many/1/fired", "ops", 0, true, version};
    delivery.attempt = 1;
    delivery.sender = {random(), random()};
    delivery.effect = "as it was told";
    return {"", std::nullopt, {log::Kind::delivery, encode(delivery)}};
  }
  const Time at =
      first + Duration{static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(options_.span_micros))};
  if (draw == 2) {
    const auto deed = random() % 2 == 0 ? alerts::Deed::resolve : alerts::Deed::acknowledge;
    const alerts::Command command{deed, {}, {}, "threshold/many/1", "user:ann", {}, at};
    return {"", std::nullopt, {log::Kind::command, encode(command)}};
  }
  const thresholds::Observation observation{"many", version, random() % 6, at, static_cast<double>(random() % 10)};
  return {"", std::nullopt, {log::Kind::observation, encode(observation)}};
}

Control RandomRecords::control(std::mt19937_64& random, Time first) {
  if (random() % 6 == 0) return threshold(random, first);
  if (random() % 5 == 0) return document(random, first);
  if (random() % 4 == 0) return delivery(random, first);
  if (random() % 4 == 0) return command(random, first);
  std::string process = name("p", random() % options_.processes);
  const auto& uploads = uploads_[process];
  const std::uint64_t draw = random() % 4;
  if (draw == 0) {
    const std::string case_id = name("case", random() % options_.cases);
    const runtime::Erasure erasure{process, test_fingerprint(workspace_, process, case_id), case_id};
    return {process, case_id, {log::Kind::erase, encode(erasure)}};
  }
  if (draw == 3 || uploads.empty()) return settings(random, process);
  constexpr std::array kinds{log::Kind::upload_end, log::Kind::upload_abort, log::Kind::withdraw};
  runtime::UploadMark mark{process, uploads[random() % uploads.size()]};
  if (random() % 2 == 0) {
    mark.began =
        to_micros(first) + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(options_.span_micros));
  }
  return {process, std::nullopt, {kinds[random() % kinds.size()], encode(mark)}};
}

}  // namespace weir::support
