// A rule as a document (`schemas/definitions/rule.schema.json`); its name is the document's.
//   {"processes": ["support"], "on": ["message.created"], "salience": 100, "xor_group": "routing",
//    "when": {"all": [{"path": "case.attr.tier", "op": "eq", "value": "premium"},
//                     {"absent": {"event": "agent.reply", "for": "5m", "calendar": "office"}}]},
//    "then": [{"type": "alert", "severity": "warning", "title": "Case {case.id} waits", "notify": ["desk"]}],
//    "once_per": "case", "cooldown": "30m", "mode": "live"}
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stream/rules/temporal.hpp"
#include "stream/rules/text_template.hpp"

namespace weir::rules {

enum class Severity : std::uint8_t { info, warning, error, critical };
enum class ActionKind : std::uint8_t { alert, notify };

struct Action {
  ActionKind kind = ActionKind::alert;
  Severity severity = Severity::warning;  // of an alert
  TextTemplate title;
  TextTemplate text;                 // may be empty
  std::vector<std::string> targets;  // by name, whom it is told
  std::string escalation;            // of an alert: by which it is escalated; may be empty
};

/// What is done if its condition holds; of a plain rule there is one, without a condition.
struct Row {
  std::optional<Condition> when;
  std::vector<Action> actions;
};

struct Rule {
  std::vector<std::string> processes;  // that it is for; none: every process of the workspace
  bool enabled = true;
  std::int64_t salience = 0;            // who has more is judged first
  std::string xor_group;                // of those of one group the first that fits counts; empty: it is in none
  std::vector<std::string> on;          // activities of the events that it judges; none: every event
  std::optional<Condition> when;        // none: always
  std::vector<Temporal> temporals;      // by the numbers that `when` has for them
  std::vector<Row> rows;                // of a decision table several
  bool collects = false;                // every row that fits, not the first alone
  bool collects_receivers = false;      // what the first does is told to whom the others that fit name, too
  bool collects_text = false;           // it says what they say, too
  std::optional<std::string> once_per;  // a path: once for each value in a case; `case.id`: once in a case
  Duration cooldown{};                  // how long it is silent in a case after it fired
  Duration keep_firing_for{};           // how long an alert of it stays up after it last fired; 0: until resolved
  bool dry_run = false;                 // it tells what it would do
  std::vector<std::string> calendars;   // that it names, each once

  bool is_for(std::string_view process) const;
  bool names_calendar(std::string_view name) const;
  bool names_target(std::string_view name) const;
  bool names_escalation(std::string_view name) const;
  /// Lists of the case (`case.activities` and the like) that it asks for.
  void each_list(const std::function<void(std::string_view path)>& tell) const;
};

inline constexpr std::string_view always_open = "always";  // a calendar that need not be declared

/// Which documents there are for a rule to name.
struct KnownNames {
  std::function<bool(const std::string& name)> is_calendar, is_target, is_escalation;
};

/// Nothing if the node is no rule; then it has faults.
std::optional<Rule> read_rule(const DocumentNode& node);
/// A name that is not known is a fault where it stands, too.
std::optional<Rule> read_rule_with(const KnownNames& known, const DocumentNode& node);

}  // namespace weir::rules
