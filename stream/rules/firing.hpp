// What a rule came to.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stream/rules/rule.hpp"

namespace weir::rules {

/// What is to be done, in words.
struct Deed {
  ActionKind kind = ActionKind::alert;
  Severity severity = Severity::warning;
  std::string title;  // one line
  std::string text;
  std::vector<std::string> targets;
  std::string escalation;  // may be empty
  std::size_t number = 0;  // among the rule's actions, row by row

  friend bool operator==(const Deed&, const Deed&) = default;
};

/// What made it fire: of one version of a rule, and one case, no two firings have the same.
struct Trigger {
  std::optional<std::pair<std::string, std::string>> event;  // (source, id); none: time alone
  std::optional<Time> due;                                   // when time alone decided it

  friend auto operator<=>(const Trigger&, const Trigger&) = default;
};

struct Firing {
  std::string rule;  // its name
  Time version;      // since when it holds
  Trigger trigger;
  Time at;               // when it was decided
  std::string once_key;  // of the value that `once_per` names
  std::vector<Deed> deeds;
  std::optional<Time> keeps_until;  // an alert of it stays up until then, or until a later firing's
  bool dry_run = false;
  std::optional<Explanation> explanation;

  friend bool operator==(const Firing&, const Firing&) = default;
};

}  // namespace weir::rules
