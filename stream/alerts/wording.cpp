#include "stream/alerts/wording.hpp"

#include <algorithm>

#include "schemas/base/hash.hpp"
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

/// A case id may hold any character; a title is one line.
std::string on_one_line(std::string text) {
  std::replace_if(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return text;
}

std::string_view ending(const Alert* alert) {
  if (alert == nullptr || alert->state == sla::State::cancelled) return "is not promised any more";
  return alert->state == sla::State::met_late ? "was met late" : "was met";
}

std::string told_of_policy(const AlertName& name, const Alert* alert, Step step, bool stands) {
  const std::string& metric = name.metric;
  if (step == Step::ended) return stands ? metric + ' ' + std::string{ending(alert)} : metric + " runs again";
  const std::string_view state = step == Step::breached ? "breached" : "about to be breached";
  if (!stands) return metric + " is not " + std::string{state} + " after all";
  return metric + " is " + std::string{state};
}

/// What a rule says goes with its alert; when that is gone, its name is all that is left.
std::string told_of_rule(const AlertName& name, const rules::Deed* deed, Step step, bool stands) {
  if (step == Step::ended) return "rule " + name.document + (stands ? " is quiet again" : " goes on");
  if (!stands) return "rule " + name.document + " does not hold after all";
  return deed == nullptr ? "rule " + name.document : deed->title;
}

const rules::Deed* deed_of(const Alert* alert, const Telling& telling) {
  if (alert == nullptr) return nullptr;
  const std::string first = alert->name.text() + '/';
  for (const Notice& notice : alert->notices) {
    if (notice.deed && first + notice.text() == telling.notice) return &*notice.deed;
  }
  return nullptr;
}

/// An incident is over with the alert, or when nothing is left to say of it. What a rule only says is none.
Action action_of(const AlertName& name, const Alert* alert, Step step, bool stands) {
  if (name.number == 0) return Action::none;
  if (step == Step::ended) return stands ? Action::resolve : Action::trigger;
  if (stands) return Action::trigger;
  return alert == nullptr || alert->is_over() ? Action::resolve : Action::none;
}

Severity severity_of(const Alert* alert, const rules::Deed* deed, Step step, bool stands) {
  const Severity of_all = alert == nullptr ? Severity::warning : alert->severity();
  if (step == Step::ended) return stands ? Severity::info : of_all;
  if (!stands) return Severity::info;
  if (step == Step::warned) return Severity::warning;
  if (step == Step::breached) return Severity::critical;
  return deed == nullptr ? of_all : as_effect(deed->severity);
}

std::string data_of(const Subject& subject, const AlertName& name, const Alert* alert, Step step,
                    const Telling& telling) {
  std::string data;
  JsonWriter json(data);
  json.begin_object();
  json.member("process", subject.process).member("case", subject.case_id);
  if (name.source == Source::sla) {
    json.member("policy", name.document).member("metric", name.metric).member("cycle", name.number);
  } else {
    json.member("rule", name.document);
  }
  json.member("step", name_of(step)).member("at", to_rfc3339(telling.at)).member("stands", telling.stands);
  json.member("revision", static_cast<std::int64_t>(telling.revision));
  if (telling.revision > 0) json.member("corrects", hashed(subject, telling.notice, 0));
  if (alert != nullptr && name.source == Source::sla) {
    json.member("promise", alert->promise).member("began", to_rfc3339(alert->began));
    if (alert->due) json.member("due", to_rfc3339(*alert->due));
  }
  json.end_object();
  return data;
}

}  // namespace

Effect effect_of(const Subject& subject, const Alert* alert, const Telling& telling) {
  const NoticeName name = notice_named(telling.notice).value_or(NoticeName{});
  const bool is_of_rule = name.alert.source == Source::rule;
  const rules::Deed* const deed = deed_of(alert, telling);
  Effect effect;
  effect.id = hashed(subject, telling.notice, telling.revision);
  effect.key = hashed(subject, name.alert.text(), 0);
  effect.type = std::string{name_of(name.alert.source)} + '.';
  effect.type += telling.revision == 0 ? name_of(name.step) : "corrected";
  effect.occurred = telling.at;
  effect.workspace = subject.workspace;
  effect.target = telling.target;
  effect.action = action_of(name.alert, alert, name.step, telling.stands);
  effect.severity = severity_of(alert, deed, name.step, telling.stands);
  const std::string what = is_of_rule ? told_of_rule(name.alert, deed, name.step, telling.stands)
                                      : told_of_policy(name.alert, alert, name.step, telling.stands);
  effect.title = on_one_line(subject.process + ' ' + subject.case_id + ": " + what);
  effect.summary = (telling.revision == 0 ? "" : "A correction of what was told before. ") + what + ", since " +
                   to_rfc3339(telling.at) + (is_of_rule ? " (rule " : " (policy ") + name.alert.document + ").";
  if (deed != nullptr && !deed->text.empty()) effect.summary = deed->text;
  effect.fields = {{"Process", subject.process},
                   {"Case", on_one_line(subject.case_id)},
                   {is_of_rule ? "Rule" : "Policy", name.alert.document}};
  if (!is_of_rule) effect.fields.emplace_back("Metric", name.alert.metric);
  if (alert != nullptr && !is_of_rule) {
    effect.fields.emplace_back("Promise", on_one_line(alert->promise));
    if (alert->due) effect.fields.emplace_back("Due", to_rfc3339(*alert->due));
  }
  effect.data = data_of(subject, name.alert, alert, name.step, telling);
  return effect;
}

}  // namespace weir::alerts
