// What somebody has to hear of a case: its alerts, each a cycle of an SLA promise that came near its end or missed it,
// or what a rule found. And of a threshold: what many cases together, or the engine, came to.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/time.hpp"
#include "stream/alerts/command.hpp"
#include "stream/effects/effect.hpp"
#include "stream/rules/firing.hpp"
#include "stream/sla/judge.hpp"
#include "stream/thresholds/standing.hpp"

namespace weir::alerts {

enum class Source : std::uint8_t { sla = 1, rule = 2, threshold = 3 };
std::string_view name_of(Source source);

/// Of a case: a cycle of one metric of one policy; or a time during which an alert of a rule was up. Counted from 1; 0
/// is all that a rule only says, without an alert. Of no case: a time during which a threshold's alert was up.
struct AlertName {
  Source source = Source::sla;
  std::string document;  // the policy, the rule, or the threshold
  std::string metric;    // of a policy
  std::uint64_t number = 1;

  /// `sla/POLICY/METRIC/NUMBER`, `rule/RULE/NUMBER`, `threshold/THRESHOLD/NUMBER`
  std::string text() const;
  friend bool operator==(const AlertName&, const AlertName&) = default;
};

/// The name that stands at the begin of the text, up to a slash or its end; both are taken from it. Nothing: none does.
std::optional<AlertName> take_alert_name(std::string_view& text);

enum class Step : std::uint8_t { warned = 1, breached = 2, ended = 3, fired = 4, escalated = 5, acknowledged = 6 };
std::string_view name_of(Step step);

/// What has happened to an alert, and is to be told.
struct Notice {
  Step step = Step::warned;
  std::string mark;                     // tells it apart: of a warning which, and the how manieth; of a rule what fired
  Time at;                              // since when it is so
  Time told_at;                         // since when it can be told: other terms find a breach that lies behind them
  std::vector<std::string> receivers;   // names of targets
  std::optional<rules::Deed> deed;      // of a rule, or a threshold: what it says
  std::string by = {};                  // of what somebody did: who
  std::string note = {};                // and what they say of it
  std::optional<Time> held_until = {};  // nobody is told of it before
  bool is_held = false;                 // nobody is told of it now

  /// Of what is so, and not what is done about it or that it is over.
  bool is_news() const { return step == Step::warned || step == Step::breached || step == Step::fired; }
  /// Behind the alert's name and a slash it names the notice within its case.
  std::string text() const;
};

/// The name of an alert, then `/STEP[/MARK]`, taken apart.
struct NoticeName {
  AlertName alert;
  Step step = Step::warned;
};
/// Nothing: it is none.
std::optional<NoticeName> notice_named(std::string_view text);

effects::Severity as_effect(rules::Severity severity);

struct Alert {
  AlertName name;
  std::string promise = {};  // of a policy: its target that it stands under
  sla::State state = sla::State::running;
  Time began;                    // the cycle, or the first firing
  std::optional<Time> due = {};  // while it runs
  std::vector<Notice> notices;   // ascending by told_at; never empty
  std::string escalation = {};   // by which it is escalated; empty: it is not
  Time escalates_from = {};
  bool is_acknowledged = false;             // somebody has it in hand
  std::optional<Time> silenced_until = {};  // somebody wants to hear nothing of it
  std::string about = {};                   // of a threshold: the process that it measured; empty: the engine

  bool is_over() const { return notices.back().step == Step::ended; }
  bool is_breached() const;
  /// The most severe of what has happened to it.
  effects::Severity severity() const;
  /// It is one to be listed, and not only said.
  bool is_listed() const { return name.number > 0; }
};

/// Of a policy in a case, in the order of metrics and cycles, appended to `alerts`. Who hears of a notice is said by
/// the version that holds when it can be told; of the end, who heard of anything before.
void add_alerts(const std::string& policy, const sla::Timeline& timeline, const sla::Verdict& verdict,
                std::vector<Alert>& alerts);

/// Of all that the rules came to in a case, by rule; what is a dry run is left out. A firing while an alert of its rule
/// is up is another notice of it; it is up until it ends by itself or one of the `commands` resolves it. -> when one of
/// them ends by itself.
std::optional<Time> add_alerts(std::span<const rules::Firing> firings, const Commands& commands, Time now,
                               std::vector<Alert>& alerts);

/// Of a threshold, by its name: each time that it was up.
void add_alerts(const std::string& threshold, const thresholds::Standing& standing, std::vector<Alert>& alerts);

}  // namespace weir::alerts
