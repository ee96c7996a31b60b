#include "stream/alerts/wording.hpp"

#include <algorithm>

#include "schemas/codec/json_writer.hpp"
#include "schemas/codec/timestamp.hpp"
#include "state/format/codec.hpp"

namespace weir::alerts {
namespace {

using effects::Action;
using effects::Effect;
using effects::Severity;

std::string hashed(const Subject& subject, std::string_view what, std::uint32_t revision) {
  std::string bytes;
  format::Encoder out{bytes};
  out.text(subject.workspace);
  out.text(subject.process);
  out.text(subject.case_id);
  out.text(what);
  out.number(revision);
  return to_hex(hash128(bytes));
}

std::string_view type_of(Step step) {
  switch (step) {
    case Step::warned:
      return "sla.warning";
    case Step::breached:
      return "sla.breached";
    case Step::ended:
      break;
  }
  return "sla.ended";
}

/// A case id may hold any character; a title is one line.
std::string on_one_line(std::string text) {
  std::replace_if(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return text;
}

std::string_view ending(const Alert* alert) {
  if (alert == nullptr || alert->state == sla::State::cancelled) return "is not promised any more";
  return alert->state == sla::State::met_late ? "was met late" : "was met";
}

std::string told_of(const AlertName& name, const Alert* alert, Step step, bool stands) {
  const std::string& metric = name.metric;
  if (step == Step::ended) return stands ? metric + ' ' + std::string{ending(alert)} : metric + " runs again";
  const std::string_view state = step == Step::breached ? "breached" : "about to be breached";
  if (!stands) return metric + " is not " + std::string{state} + " after all";
  return metric + " is " + std::string{state};
}

/// An incident is over with the cycle, or when nothing is left to say of it.
Action action_of(const Alert* alert, Step step, bool stands) {
  if (step == Step::ended) return stands ? Action::resolve : Action::trigger;
  if (stands) return Action::trigger;
  return alert == nullptr || alert->is_over() ? Action::resolve : Action::none;
}

Severity severity_of(const Alert* alert, Step step, bool stands) {
  const bool is_breached = alert != nullptr && alert->is_breached();
  if (step == Step::ended) return stands ? Severity::info : is_breached ? Severity::critical : Severity::warning;
  if (!stands) return Severity::info;
  return step == Step::breached ? Severity::critical : Severity::warning;
}

std::string data_of(const Subject& subject, const AlertName& name, const Alert* alert, Step step,
                    const Telling& telling) {
  std::string data;
  JsonWriter json(data);
  json.begin_object();
  json.member("process", subject.process).member("case", subject.case_id);
  json.member("policy", name.policy).member("metric", name.metric);
  json.member("cycle", static_cast<std::int64_t>(name.cycle)).member("step", name_of(step));
  json.member("at", to_rfc3339(telling.at)).member("stands", telling.stands);
  json.member("revision", static_cast<std::int64_t>(telling.revision));
  if (telling.revision > 0) json.member("corrects", hashed(subject, telling.notice, 0));
  if (alert != nullptr) {
    json.member("promise", alert->promise).member("began", to_rfc3339(alert->began));
    if (alert->due) json.member("due", to_rfc3339(*alert->due));
  }
  json.end_object();
  return data;
}

}  // namespace

Effect effect_of(const Subject& subject, const Alert* alert, const Telling& telling) {
  const NoticeName name = notice_named(telling.notice).value_or(NoticeName{});
  Effect effect;
  effect.id = hashed(subject, telling.notice, telling.revision);
  effect.key = hashed(subject, name.alert.text(), 0);
  effect.type = telling.revision == 0 ? type_of(name.step) : "sla.corrected";
  effect.occurred = telling.at;
  effect.workspace = subject.workspace;
  effect.target = telling.target;
  effect.action = action_of(alert, name.step, telling.stands);
  effect.severity = severity_of(alert, name.step, telling.stands);
  const std::string what = told_of(name.alert, alert, name.step, telling.stands);
  effect.title = on_one_line(subject.process + ' ' + subject.case_id + ": " + what);
  effect.summary = (telling.revision == 0 ? "" : "A correction of what was told before. ") + what + ", since " +
                   to_rfc3339(telling.at) + " (policy " + name.alert.policy + ").";
  effect.fields = {{"Process", subject.process},
                   {"Case", on_one_line(subject.case_id)},
                   {"Policy", name.alert.policy},
                   {"Metric", name.alert.metric}};
  if (alert != nullptr) {
    effect.fields.emplace_back("Promise", on_one_line(alert->promise));
    if (alert->due) effect.fields.emplace_back("Due", to_rfc3339(*alert->due));
  }
  effect.data = data_of(subject, name.alert, alert, name.step, telling);
  return effect;
}

}  // namespace weir::alerts
