#include "api/app/discover_sla.hpp"

#include <algorithm>
#include <tuple>

#include "api/query/sla_answers.hpp"
#include "schemas/codec/timestamp.hpp"

namespace weir::app {
namespace {

/// The order of a trace (design, "The event").
auto place_of(const Event& event) {
  return std::make_tuple(event.began(), event.timestamp, event.sequence, event.lifecycle != "start",
                         std::string_view{event.source}, std::string_view{event.id});
}

}  // namespace

void CaseEvents::event(const ingest::EventView& view) {
  if (!view.id.empty() && !seen_.insert(std::string{view.case_id} + '\0' + std::string{view.id}).second) return;
  last_ = std::max(last_, view.timestamp);
  cases_[std::string{view.case_id}].push_back(view.to_event());
}

void CaseEvents::order() {
  for (auto& [id, events] : cases_) {
    std::stable_sort(events.begin(), events.end(),
                     [](const Event& a, const Event& b) { return place_of(a) < place_of(b); });
  }
}

void write_sla(JsonWriter& json, const CaseEvents& events, std::span<const NamedJudge> judges) {
  json.begin_object().member("as_of", events.cases().empty() ? "" : to_rfc3339(events.last()));
  json.key("policies").begin_array();
  for (const auto& [name, judge] : judges) {
    query::SlaTallies tallies{judge.timeline().newest()};
    json.begin_object().member("name", name).key("cycles").begin_array();
    for (const auto& [case_id, trace] : events.cases()) {
      for (const sla::Verdict& verdict : judge.verdicts(trace, events.last())) {
        tallies.count(verdict, judge.timeline());
        query::write_cycles(json, case_id, verdict, judge.timeline());
      }
    }
    json.end_array();
    tallies.write(json);
    json.end_object();
  }
  json.end_array().end_object();
}

std::string sla_text(const CaseEvents& events, std::span<const NamedJudge> judges) {
  std::string text;
  for (const auto& [name, judge] : judges) {
    query::SlaTallies tallies{judge.timeline().newest()};
    for (const auto& [case_id, trace] : events.cases()) {
      for (const sla::Verdict& verdict : judge.verdicts(trace, events.last())) {
        tallies.count(verdict, judge.timeline());
      }
    }
    text += "\nSLA policy " + name + '\n' + tallies.text();
  }
  return text;
}

}  // namespace weir::app
