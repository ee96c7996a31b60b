// Lists of cases and the timeline of one.
#include "api/query/answers.hpp"
#include "schemas/codec/timestamp.hpp"
#include "stream/dataflow/whole_case.hpp"

namespace weir::query {

using namespace dataflow;

void write_case_rows(JsonWriter& json, const std::vector<feed::CaseRow>& rows, std::string_view process,
                     std::string_view as_of, std::string_view next) {
  json.begin_object().member("process", process).member("as_of", as_of).key("cases").begin_array();
  for (const feed::CaseRow& row : rows) {
    json.begin_object().member("case_id", row.case_id).member("events", row.events);
    json.member("began", to_rfc3339(from_micros(row.began))).member("ended", to_rfc3339(from_micros(row.ended)));
    json.key("cycle_time_s").raw(exact_seconds(row.ended - row.began));
    json.key("busy_time_s").raw(exact_seconds(row.busy));
    json.member("variant", row.variant).member("first_activity", row.first_activity);
    json.member("last_activity", row.last_activity).member("completed", row.completed);
    if (row.archived) json.member("archived", true);
    json.end_object();
  }
  json.end_array().key("next");
  if (next.empty()) {
    json.value(nullptr);
  } else {
    json.value(next);
  }
  json.end_object();
}

namespace {

void write_event(JsonWriter& json, const Event& event, const Step& step, bool tie) {
  json.begin_object().member("activity", event.activity).member("timestamp", to_rfc3339(event.timestamp));
  if (event.start) json.member("start", to_rfc3339(*event.start));
  json.member("id", event.id).member("source", event.source).member("lifecycle", event.lifecycle);
  if (!event.instance.empty()) json.member("instance", event.instance);
  if (!event.resource.empty()) json.member("resource", event.resource);
  json.key("attributes").begin_object();
  for (const Attribute& attribute : event.attributes) json.key(attribute.name).raw(attribute.json);
  json.end_object();
  json.key("service_s").raw(exact_seconds(step.service()));
  json.key("waiting_s").raw(exact_seconds(step.waiting));
  json.member("tie", tie).end_object();
}

}  // namespace

void write_case(JsonWriter& json, const feed::CaseHistory& history, std::string_view as_of) {
  const std::vector<Event>& events = history.events;
  Names names;
  WholeCase whole;
  whole.begin();
  for (const Event& event : events) {
    whole.add(names, names.intern(event.activity), names.intern(event.resource), to_micros(event.began()),
              to_micros(event.timestamp));
  }
  const CaseFacts facts = whole.facts(Judgement{});
  json.begin_object().member("process", events.front().process).member("case_id", events.front().case_id);
  json.member("as_of", as_of);
  if (history.archived) json.member("archived", true);
  json.member("variant", to_hex(facts.summary.variant.id()));
  json.key("cycle_time_s").raw(exact_seconds(facts.cycle()));
  json.key("busy_time_s").raw(exact_seconds(facts.summary.busy));
  json.key("waiting_time_s").raw(exact_seconds(facts.waiting()));
  json.key("events").begin_array();
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto same_time = [&](std::size_t other) {
      return events[other].began() == events[i].began() && events[other].timestamp == events[i].timestamp;
    };
    const bool tie = (i > 0 && same_time(i - 1)) || (i + 1 < events.size() && same_time(i + 1));
    write_event(json, events[i], whole.steps()[i], tie);
  }
  json.end_array().end_object();
}

}  // namespace weir::query
