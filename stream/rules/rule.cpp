#include "stream/rules/rule.hpp"

#include <algorithm>
#include <array>

#include "stream/rules/event_facts.hpp"

namespace weir::rules {
namespace {

constexpr std::size_t processes_max = 100;
constexpr std::size_t temporals_max = 16;
constexpr std::size_t actions_max = 10;
constexpr std::size_t targets_max = 20;
constexpr std::size_t rows_max = 1'000;
constexpr std::size_t columns_max = 20;
constexpr std::size_t short_bytes_max = 64;
constexpr std::size_t title_bytes_max = 256;
constexpr std::size_t text_bytes_max = 4'096;
constexpr std::int64_t salience_max = 1'000'000;

/// Actions that others have, and what does the same here.
struct Foreign {
  std::string_view type, instead;
};
constexpr std::array foreign{
    Foreign{"create_alert", "write alert"},
    Foreign{"escalate", "write alert with escalate"},
    Foreign{"webhook", "write notify with a target of kind webhook"},
    Foreign{"send_message", "write notify with a target of kind slack or teams"},
    Foreign{"send_template", "write notify with a title and a text"},
    Foreign{"salesforce_case", "write notify with a target of kind salesforce_case"},
    Foreign{"silence", "silences are set on alerts by people"},
    Foreign{"apply_sla", "write a target of an SLA policy with the same condition"},
};

Severity read_severity(const DocumentNode& node) {
  return node
      .choice<Severity>({{"info", Severity::info},
                         {"warning", Severity::warning},
                         {"error", Severity::error},
                         {"critical", Severity::critical}})
      .value_or(Severity::warning);
}

class Reading {
 public:
  /// `names`: null, where it does not matter which there are.
  Reading(Rule& rule, const KnownNames* names) : rule_(rule), names_(names) {
    plain_.calendar = [this](const std::string& name, const DocumentNode& node) {
      if (name == always_open) return;
      if (names_ != nullptr && !names_->is_calendar(name)) node.fault("there is no calendar \"" + name + '"');
      auto& known = rule_.calendars;
      if (std::find(known.begin(), known.end(), name) == known.end()) known.push_back(name);
    };
    whole_ = plain_;
    whole_.temporal = [this](std::string_view name, const DocumentNode& node) -> std::optional<std::size_t> {
      if (rule_.temporals.size() == temporals_max)
        return node.fault("is one window or the like more than 16"), std::nullopt;
      auto read = read_temporal(name, node, plain_);
      if (!read) return {};
      rule_.temporals.push_back(*std::move(read));
      return rule_.temporals.size() - 1;
    };
  }

  void read(const DocumentNode& node) {
    const std::size_t faults = node.faults();
    const auto text = [](std::string& to) {
      return [&to](const DocumentNode& one) { to = one.text(short_bytes_max).value_or(""); };
    };
    const auto span = [](Duration& to) {
      return [&to](const DocumentNode& one) { to = one.duration().value_or(Duration{}); };
    };
    const auto name_alone = [](const DocumentNode& one) { one.fault("is told by the document itself; leave it out"); };
    node.object(
        {{"id", name_alone},
         {"version", name_alone},
         {"processes",
          [&](const DocumentNode& list) {
            list.each_item(processes_max, [&](const auto& one) { one.add_plain_name(rule_.processes); });
          }},
         {"enabled", [&](const DocumentNode& one) { rule_.enabled = one.boolean().value_or(true); }},
         {"salience", [&](const auto& one) { rule_.salience = one.whole(-salience_max, salience_max).value_or(0); }},
         {"xor_group", text(rule_.xor_group)},
         {"on", [&](const DocumentNode& one) { read_activities(one, rule_.on); }},
         {"when", [&](const DocumentNode& one) { rule_.when = Condition::read(one, whole_); }},
         {"then", [&](const DocumentNode& list) { read_actions(list, rule_.rows.emplace_back()); }},
         {"table", [&](const DocumentNode& one) { read_table(one); }},
         {"once_per", [&](const DocumentNode& one) { read_once_per(one); }},
         {"cooldown", span(rule_.cooldown)},
         {"keep_firing_for", span(rule_.keep_firing_for)},
         {"mode", [&](const DocumentNode& one) {
            rule_.dry_run = one.choice<bool>({{"live", false}, {"dry_run", true}}).value_or(false);
          }}});
    if (node.faults() != faults) return;
    if (node.member("then").has_value() == node.member("table").has_value()) {
      node.fault("must have one of then and table");
    }
    if (!rule_.when && rule_.on.empty()) node.fault("must have an on or a when");
  }

 private:
  void read_once_per(const DocumentNode& node) {
    auto path = node.text(title_bytes_max);
    if (!path) return;
    if (*path == "case") path = "case.id";
    if (EventFacts::paths.known(*path)) {
      rule_.once_per = *std::move(path);
    } else {
      node.fault("must be case, or one of the paths " + std::string{EventFacts::paths.all});
    }
  }

  void read_actions(const DocumentNode& list, Row& row) {
    const std::size_t faults = list.faults();
    list.each_item(actions_max, [&](const DocumentNode& one) { read_action(one, row); });
    if (row.actions.empty() && list.faults() == faults) list.fault("must hold an action");
  }

  void read_action(const DocumentNode& node, Row& row) {
    Action action;
    const std::size_t faults = node.faults();
    if (!node.value().is(JsonKind::object)) return node.fault("must be an action");
    const auto type = node.member("type");
    if (!type) return node.fault("must have a type");
    if (!read_type(*type, action)) return;
    const bool is_alert = action.kind == ActionKind::alert;
    const auto names = [&](const DocumentNode& list) {
      list.each_item(targets_max, [&](const DocumentNode& one) { add_target(one, action.targets); });
    };
    const auto written = [&](TextTemplate& to, std::size_t bytes_max) {
      return [&to, bytes_max](const DocumentNode& one) {
        to = TextTemplate::read(one, bytes_max, EventFacts::paths_with_lists).value_or(TextTemplate{});
      };
    };
    const auto of_alerts = [&](auto read) {
      return [=](const DocumentNode& one) { is_alert ? read(one) : one.fault("belongs to an alert"); };
    };
    node.object(
        {{"type", [](const DocumentNode&) {}},
         {"severity", of_alerts([&action](const DocumentNode& one) { action.severity = read_severity(one); })},
         {"title", written(action.title, title_bytes_max)},
         {"text", written(action.text, text_bytes_max)},
         {"notify", of_alerts(names)},
         {"escalate", of_alerts([&](const DocumentNode& one) { read_escalation(one, action); })},
         {"targets", [&](const DocumentNode& one) { is_alert ? one.fault("is notify in an alert") : names(one); }}});
    if (!node.member("title")) node.fault("must have a title");
    if (!is_alert && action.targets.empty()) node.fault("must have targets");
    if (node.faults() == faults) row.actions.push_back(std::move(action));
  }

  void add_target(const DocumentNode& node, std::vector<std::string>& targets) const {
    if (!node.add_plain_name(targets) || names_ == nullptr || names_->is_target(targets.back())) return;
    node.fault("there is no target \"" + targets.back() + '"');
  }

  static bool read_type(const DocumentNode& node, Action& action) {
    const auto type = node.text(short_bytes_max);
    if (!type) return false;
    if (*type == "alert" || *type == "notify") {
      action.kind = *type == "alert" ? ActionKind::alert : ActionKind::notify;
      return true;
    }
    const auto known =
        std::find_if(foreign.begin(), foreign.end(), [&](const Foreign& one) { return one.type == *type; });
    node.fault("must be alert or notify" + (known == foreign.end()
                                                ? std::string{"; a rule does not change events or cases"}
                                                : "; instead of " + *type + ", " + std::string{known->instead}));
    return false;
  }

  void read_escalation(const DocumentNode& node, Action& action) const {
    action.escalation = node.text(short_bytes_max).value_or("");
    if (names_ == nullptr || action.escalation.empty() || names_->is_escalation(action.escalation)) return;
    node.fault("there is no escalation \"" + action.escalation + '"');
  }

  void read_table(const DocumentNode& node) {
    std::vector<std::string> inputs;
    std::optional<DocumentNode> rows;
    const std::size_t faults = node.faults();
    node.object({{"hit",
                  [&](const DocumentNode& one) {
                    rule_.collects = one.choice<bool>({{"first", false}, {"collect", true}}).value_or(false);
                  }},
                 {"collect", [&](const DocumentNode& list) { read_collected(list); }},
                 {"inputs",
                  [&](const DocumentNode& list) {
                    list.each_item(columns_max, [&](const DocumentNode& one) {
                      const auto path = one.text(256);
                      if (path && !plain_.paths.known(*path)) {
                        one.fault("must be one of the paths " + std::string{plain_.paths.all});
                      }
                      inputs.push_back(path.value_or(""));
                    });
                  }},
                 {"rows", [&](const DocumentNode& list) { rows.emplace(list); }}});
    if (rule_.collects && node.member("collect")) node.fault("collects every row; leave collect out");
    if (!rows) return node.fault("must have rows");
    rows->each_item(rows_max, [&](const DocumentNode& one) { read_row(one, inputs); });
    if (node.faults() == faults && rule_.rows.empty()) rows->fault("must hold a row");
  }

  /// Columns of which every row that fits gives its part.
  void read_collected(const DocumentNode& list) {
    list.each_item(2, [&](const DocumentNode& one) {
      bool Rule::* const column =
          one.choice<bool Rule::*>({{"notify", &Rule::collects_receivers}, {"text", &Rule::collects_text}})
              .value_or(nullptr);
      if (column != nullptr) rule_.*column = true;
    });
  }

  void read_row(const DocumentNode& node, const std::vector<std::string>& inputs) {
    Row row;
    std::vector<Condition> cells;
    std::size_t count = 0;
    node.object({{"if",
                  [&](const DocumentNode& list) {
                    list.each_item(columns_max, [&](const DocumentNode& cell) {
                      if (count < inputs.size()) read_cell(cell, inputs[count], cells);
                      ++count;
                    });
                    if (count != inputs.size()) list.fault("must hold a cell for each input");
                  }},
                 {"then", [&](const DocumentNode& list) { read_actions(list, row); }}});
    if (!node.member("if") || !node.member("then")) return node.fault("must have an if and a then");
    if (!cells.empty()) row.when = Condition::all(std::move(cells));
    rule_.rows.push_back(std::move(row));
  }

  /// null is any value, what is no object the value itself, else {"op", "value"}.
  void read_cell(const DocumentNode& node, const std::string& path, std::vector<Condition>& cells) const {
    if (node.is_null()) return;
    if (node.value().is(JsonKind::object)) {
      if (auto cell = Condition::read_cell(node, path, plain_)) cells.push_back(*std::move(cell));
      return;
    }
    auto value = value_of(node.value());
    if (!value || value->list() != nullptr) return node.fault("must be a value, null, or an op and a value");
    cells.push_back(Condition::comparison(path, Op::eq, *std::move(value)));
  }

  Rule& rule_;
  const KnownNames* const names_;
  Grammar plain_{EventFacts::paths_with_lists};
  Grammar whole_;
};

}  // namespace

bool Rule::is_for(std::string_view process) const {
  return processes.empty() || std::find(processes.begin(), processes.end(), process) != processes.end();
}

void Rule::each_list(const std::function<void(std::string_view)>& tell) const {
  const auto path = [&](std::string_view one) {
    if (EventFacts::paths_with_lists.known(one) && !EventFacts::paths.known(one)) tell(one);
  };
  const auto condition = [&](const std::optional<Condition>& one) {
    if (one) one->each_path(path);
  };
  condition(when);
  for (const Row& row : rows) {
    condition(row.when);
    for (const Action& action : row.actions) {
      action.title.each_path(path);
      action.text.each_path(path);
    }
  }
  for (const Temporal& temporal : temporals) {
    if (const auto* window = std::get_if<Window>(&temporal)) {
      condition(window->filter.where);
      path(window->of);
      path(window->right_path);
    } else if (const auto* sequence = std::get_if<Sequence>(&temporal)) {
      for (const Sequence::Step& step : sequence->steps) {
        condition(step.event.where);
        if (step.never) condition(step.never->where);
      }
      if (sequence->never_after) condition(sequence->never_after->where);
    } else {
      condition(std::get<Absence>(temporal).filter.where);
    }
  }
}

bool Rule::names_calendar(std::string_view name) const {
  return std::find(calendars.begin(), calendars.end(), name) != calendars.end();
}

bool Rule::names_escalation(std::string_view name) const {
  return std::any_of(rows.begin(), rows.end(), [&](const Row& row) {
    return std::any_of(row.actions.begin(), row.actions.end(),
                       [&](const Action& action) { return action.escalation == name; });
  });
}

bool Rule::names_target(std::string_view name) const {
  const auto tells = [&](const Action& action) {
    return std::find(action.targets.begin(), action.targets.end(), name) != action.targets.end();
  };
  return std::any_of(rows.begin(), rows.end(),
                     [&](const Row& row) { return std::any_of(row.actions.begin(), row.actions.end(), tells); });
}

namespace {

std::optional<Rule> read(const DocumentNode& node, const KnownNames* known) {
  Rule rule;
  const std::size_t faults = node.faults();
  Reading{rule, known}.read(node);
  return node.faults() == faults ? std::optional{std::move(rule)} : std::nullopt;
}

}  // namespace

std::optional<Rule> read_rule(const DocumentNode& node) { return read(node, nullptr); }

std::optional<Rule> read_rule_with(const KnownNames& known, const DocumentNode& node) { return read(node, &known); }

}  // namespace weir::rules
