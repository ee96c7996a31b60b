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

std::string state_of(const Alert* alert, Step step) {
  const bool is_missed = step == Step::breached || (alert != nullptr && alert->is_breached());
  return is_missed ? "breached" : "about to be breached";
}

std::string told_of_policy(const AlertName& name, const Alert* alert, Step step, bool stands) {
  const std::string& metric = name.metric;
  if (step == Step::ended) return stands ? metric + ' ' + std::string{ending(alert)} : metric + " runs again";
  const std::string state = step == Step::warned ? "about to be breached" : state_of(alert, step);
  return metric + (stands ? " is " : " is not ") + state + (stands ? "" : " after all");
}

/// What the alerts of the source are made by.
std::string kind_of_maker(Source source) { return source == Source::sla ? "policy" : std::string{name_of(source)}; }

std::string maker_of(const AlertName& name) { return kind_of_maker(name.source) + ' ' + name.document; }

std::string capitalized(std::string word) {
  word.front() = static_cast<char>(word.front() - 'a' + 'A');
  return word;
}

/// What a rule or a threshold says goes with its alert; when that is gone, its name is all that is left.
std::string told_of_rule(const AlertName& name, const rules::Deed* deed, Step step, bool stands) {
  const std::string maker = maker_of(name);
  if (step == Step::ended) return maker + (stands ? " is quiet again" : " goes on");
  if (!stands) return maker + " does not hold after all";
  return deed == nullptr ? maker : deed->title;
}

/// Whom or what an alert is of, before what is said of it.
std::string heading_of(const Subject& subject, const Alert* alert) {
  if (subject.is_case()) return subject.process + ' ' + subject.case_id;
  return alert == nullptr || alert->about.empty() ? "engine" : alert->about;
}

/// What was done about it behind what is so.
std::string told_of_deed(std::string what, const Notice* notice, Step step, bool stands) {
  if (step == Step::escalated) {
    return what + (stands ? ", and nobody has acknowledged it" : ": somebody has acknowledged it");
  }
  if (step == Step::acknowledged) what += stands ? ": acknowledged" : ": not acknowledged after all";
  if (step == Step::ended) what += ": resolved";
  if (notice != nullptr && !notice->by.empty() && stands) what += " by " + notice->by;
  if (notice != nullptr && !notice->note.empty() && stands) what += " (" + notice->note + ')';
  return what;
}

const Notice* notice_of(const Alert* alert, const Telling& telling) {
  if (alert == nullptr) return nullptr;
  const std::string first = alert->name.text() + '/';
  for (const Notice& notice : alert->notices) {
    if (first + notice.text() == telling.notice) return &notice;
  }
  return nullptr;
}

/// What a rule says of it; of what was done about it what it said last.
const rules::Deed* deed_of(const Alert* alert, const Notice* notice) {
  if (alert == nullptr || notice == nullptr) return nullptr;
  if (notice->deed) return &*notice->deed;
  const rules::Deed* last = nullptr;
  for (const Notice& one : alert->notices) {
    if (&one == notice) break;
    if (one.deed) last = &*one.deed;
  }
  return last;
}

std::string told_of(const AlertName& name, const Alert* alert, const Notice* notice, Step step, bool stands) {
  const rules::Deed* const deed = deed_of(alert, notice);
  const bool by_hand = step == Step::ended && notice != nullptr && !notice->by.empty();
  const bool is_done = step == Step::escalated || step == Step::acknowledged || by_hand;
  const Step told = is_done ? Step::fired : step;
  const bool holds = is_done || stands;
  std::string what =
      name.source == Source::sla ? told_of_policy(name, alert, told, holds) : told_of_rule(name, deed, told, holds);
  return is_done ? told_of_deed(std::move(what), notice, step, stands) : what;
}

/// An incident is over with the alert, or when nothing is left to say of it. What a rule only says is none.
Action action_of(const AlertName& name, const Alert* alert, Step step, bool stands) {
  if (name.number == 0) return Action::none;
  if (step == Step::ended) return stands ? Action::resolve : Action::trigger;
  if (step == Step::acknowledged) return stands ? Action::acknowledge : Action::trigger;
  if (stands) return Action::trigger;
  return alert == nullptr || alert->is_over() ? Action::resolve : Action::none;
}

Severity severity_of(const Alert* alert, const rules::Deed* deed, Step step, bool stands) {
  const Severity of_all = alert == nullptr ? Severity::warning : alert->severity();
  if (step == Step::ended) return stands ? Severity::info : of_all;
  if (!stands || step == Step::acknowledged) return Severity::info;
  if (step == Step::escalated) return of_all;
  if (step == Step::warned) return Severity::warning;
  if (step == Step::breached) return Severity::critical;
  return deed == nullptr ? of_all : as_effect(deed->severity);
}

std::string data_of(const Subject& subject, const AlertName& name, const Alert* alert, Step step,
                    const Telling& telling) {
  std::string data;
  JsonWriter json(data);
  json.begin_object();
  if (subject.is_case()) {
    json.member("process", subject.process).member("case", subject.case_id);
  } else if (alert != nullptr && !alert->about.empty()) {
    json.member("process", alert->about);
  }
  if (name.source == Source::sla) {
    json.member("policy", name.document).member("metric", name.metric).member("cycle", name.number);
  } else {
    json.member(name_of(name.source), name.document);
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
  const bool is_of_policy = name.alert.source == Source::sla;
  const Notice* const notice = notice_of(alert, telling);
  const rules::Deed* const deed = deed_of(alert, notice);
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
  const std::string what = told_of(name.alert, alert, notice, name.step, telling.stands);
  effect.title = on_one_line(heading_of(subject, alert) + ": " + what);
  effect.summary = (telling.revision == 0 ? "" : "A correction of what was told before. ") + what + ", since " +
                   to_rfc3339(telling.at) + " (" + maker_of(name.alert) + ").";
  if (notice != nullptr && notice->deed && !deed->text.empty()) effect.summary = deed->text;
  if (subject.is_case()) {
    effect.fields = {{"Process", subject.process}, {"Case", on_one_line(subject.case_id)}};
  } else if (alert != nullptr && !alert->about.empty()) {
    effect.fields = {{"Process", alert->about}};
  }
  effect.fields.emplace_back(capitalized(kind_of_maker(name.alert.source)), name.alert.document);
  if (is_of_policy) effect.fields.emplace_back("Metric", name.alert.metric);
  if (alert != nullptr && is_of_policy) {
    effect.fields.emplace_back("Promise", on_one_line(alert->promise));
    if (alert->due) effect.fields.emplace_back("Due", to_rfc3339(*alert->due));
  }
  effect.data = data_of(subject, name.alert, alert, name.step, telling);
  return effect;
}

}  // namespace weir::alerts
