#include "stream/rules/temporal.hpp"

#include <algorithm>

namespace weir::rules {
namespace {

constexpr std::size_t activities_max = 100;
constexpr std::size_t steps_max = 16;
constexpr std::int64_t size_max = 10'000;

struct Reading {
  Grammar grammar;  // of the conditions within

  std::string read_path(const DocumentNode& node) const {
    const auto path = node.text(256);
    if (path && grammar.paths.known(*path)) return *path;
    if (path) node.fault("must be one of the paths " + std::string{grammar.paths.all});
    return {};
  }

  void read_where(const DocumentNode& node, EventFilter& filter) const {
    filter.where = Condition::read(node, grammar);
  }

  static Duration read_length(const DocumentNode& node) {
    const auto length = node.duration();
    if (length && *length == Duration{}) node.fault("must be more than nothing");
    return length.value_or(Duration{});
  }

  void read_right(const DocumentNode& node, Window& window) const {
    if (node.value().is(JsonKind::object)) {
      return node.object({{"path", [&](const auto& one) { window.right_path = read_path(one); }}});
    }
    auto value = value_of(node.value());
    const bool fits = value && (value->is_number() || value->list() != nullptr);
    if (!fits) return node.fault("must be a number, a list of two, or a path");
    window.right = *std::move(value);
  }

  static void read_op(const DocumentNode& node, Window& window) {
    window.op = node.choice<Op>({{"eq", Op::eq},
                                 {"ne", Op::ne},
                                 {"lt", Op::lt},
                                 {"lte", Op::lte},
                                 {"gt", Op::gt},
                                 {"gte", Op::gte},
                                 {"between", Op::between}})
                    .value_or(Op::eq);
  }

  static Aggregate read_aggregate(const DocumentNode& node) {
    return node
        .choice<Aggregate>({{"count", Aggregate::count},
                            {"rate", Aggregate::rate},
                            {"sum", Aggregate::sum},
                            {"avg", Aggregate::avg},
                            {"min", Aggregate::min},
                            {"max", Aggregate::max},
                            {"distinct", Aggregate::distinct},
                            {"p50", Aggregate::p50},
                            {"p95", Aggregate::p95},
                            {"stddev", Aggregate::stddev}})
        .value_or(Aggregate::count);
  }

  static Window::Kind read_kind(const DocumentNode& node) {
    return node
        .choice<Window::Kind>({{"tumbling", Window::Kind::tumbling},
                               {"sliding", Window::Kind::sliding},
                               {"session", Window::Kind::session},
                               {"count", Window::Kind::count}})
        .value_or(Window::Kind::sliding);
  }

  /// Members that the kind and the aggregate need, and others that they do not know.
  static void check_window(const DocumentNode& node, const Window& window) {
    const auto hold = [&](const char* name, bool is_wanted, const char* with) {
      if (node.member(name).has_value() == is_wanted) return;
      node.fault(std::string{is_wanted ? "must have a " : "has no place for "} + name + " with this " + with);
    };
    for (const char* name : {"kind", "agg", "op", "value"}) {
      if (!node.member(name)) node.fault(std::string{"must have "} + name);
    }
    const bool is_session = window.kind == Window::Kind::session;
    hold("gap", is_session, "kind");
    hold("for", !is_session, "kind");
    hold("size", window.kind == Window::Kind::count, "kind");
    hold("of", !counts_alone(window.aggregate), "agg");
    hold("per", window.aggregate == Aggregate::rate, "agg");
    const bool has_length = window.kind == Window::Kind::sliding || window.kind == Window::Kind::tumbling;
    if (window.aggregate == Aggregate::rate && !has_length) node.fault("has no rate with this kind");
    const auto* list = window.right.list();
    const bool fits = !window.right_path.empty() || (list != nullptr) == (window.op == Op::between);
    if (!fits || (list != nullptr && list->size() != 2)) node.fault("must have a value that fits the op");
  }

  std::optional<Temporal> read_window(const DocumentNode& node) const {
    Window window;
    const std::size_t faults = node.faults();
    const auto length = [&](const DocumentNode& one) { window.length = read_length(one); };
    node.object(
        {{"event", [&](const auto& one) { read_activities(one, window.filter.activities); }},
         {"where", [&](const auto& one) { read_where(one, window.filter); }},
         {"key",
          [&](const DocumentNode& one) {
            if (one.text(256).value_or("case.id") == "case.id") return;
            one.fault("must be case.id: windows over more than one case are not built yet");
          }},
         {"kind", [&](const auto& one) { window.kind = read_kind(one); }},
         {"for", length},
         {"gap", length},
         {"size", [&](const auto& one) { window.size = static_cast<std::size_t>(one.whole(1, size_max).value_or(1)); }},
         {"agg", [&](const auto& one) { window.aggregate = read_aggregate(one); }},
         {"of", [&](const auto& one) { window.of = read_path(one); }},
         {"per", [&](const auto& one) { window.per = read_length(one); }},
         {"op", [&](const auto& one) { read_op(one, window); }},
         {"value", [&](const auto& one) { read_right(one, window); }}});
    if (node.faults() == faults) check_window(node, window);
    return node.faults() == faults ? std::optional<Temporal>{std::move(window)} : std::nullopt;
  }

  void read_filter(const DocumentNode& node, EventFilter& filter) const {
    node.object({{"event", [&](const auto& one) { read_activities(one, filter.activities); }},
                 {"where", [&](const auto& one) { read_where(one, filter); }}});
  }

  /// An absence waits in `never` for the step that follows it.
  void read_step(const DocumentNode& node, Sequence& sequence, std::optional<EventFilter>& never) const {
    if (const auto absent = node.member("not")) {
      if (sequence.steps.empty() || never) return node.fault("must follow a step that happens");
      node.object({{"not", [&](const auto& one) { read_filter(one, never.emplace()); }}});
      return;
    }
    Sequence::Step step;
    read_filter(node, step.event);
    if (never && sequence.contiguity == Sequence::Contiguity::strict) {
      node.fault("follows the step before at once: nothing can be absent between them");
    }
    step.never = std::move(never);
    never.reset();
    sequence.steps.push_back(std::move(step));
  }

  std::optional<Temporal> read_sequence(const DocumentNode& node) const {
    Sequence sequence;
    const std::size_t faults = node.faults();
    std::optional<DocumentNode> steps;
    node.object({{"steps", [&](const auto& list) { steps.emplace(list); }},
                 {"contiguity",
                  [&](const DocumentNode& one) {
                    sequence.contiguity = one.choice<Sequence::Contiguity>({{"strict", Sequence::Contiguity::strict},
                                                                            {"relaxed", Sequence::Contiguity::relaxed},
                                                                            {"any", Sequence::Contiguity::any}})
                                              .value_or(Sequence::Contiguity::relaxed);
                  }},
                 {"within", [&](const auto& one) { sequence.within = read_length(one); }},
                 {"after_match", [&](const DocumentNode& one) {
                    sequence.skip_past = one.choice<bool>({{"skip_past", true}, {"no_skip", false}}).value_or(true);
                  }}});
    // Behind the contiguity, on which it depends what a step may be.
    std::optional<EventFilter> never;
    if (steps) steps->each_item(steps_max, [&](const DocumentNode& one) { read_step(one, sequence, never); });
    sequence.never_after = std::move(never);
    if (node.faults() == faults) {
      const bool is_one_event = sequence.steps.size() == 1 && !sequence.never_after;
      if (sequence.steps.empty() || is_one_event) node.fault("must have two steps or more");
      if (sequence.within == Duration{}) node.fault("must have a within");
    }
    return node.faults() == faults ? std::optional<Temporal>{std::move(sequence)} : std::nullopt;
  }

  std::optional<Temporal> read_absence(const DocumentNode& node) const {
    Absence absence;
    const std::size_t faults = node.faults();
    node.object({{"event", [&](const auto& one) { read_activities(one, absence.filter.activities); }},
                 {"where", [&](const auto& one) { read_where(one, absence.filter); }},
                 {"for", [&](const auto& one) { absence.length = read_length(one); }},
                 {"calendar", [&](const auto& one) {
                    absence.calendar = one.text(64).value_or("");
                    if (!absence.calendar.empty()) grammar.calendar(absence.calendar, one);
                  }}});
    if (node.faults() == faults && absence.length == Duration{}) node.fault("must have a for");
    return node.faults() == faults ? std::optional<Temporal>{std::move(absence)} : std::nullopt;
  }
};

}  // namespace

void read_activities(const DocumentNode& node, std::vector<std::string>& activities) {
  const auto read = [&](const DocumentNode& one) {
    auto name = one.text(name_bytes_max);
    if (!name) return;
    const bool is_known = std::find(activities.begin(), activities.end(), *name) != activities.end();
    is_known ? one.fault("stands twice") : activities.push_back(*std::move(name));
  };
  if (!node.value().is(JsonKind::array)) return read(node);
  const std::size_t faults = node.faults();
  node.each_item(activities_max, read);
  if (activities.empty() && node.faults() == faults) node.fault("must name an activity");
}

bool EventFilter::takes(const Event& event, const Facts& facts) const {
  const bool is_named =
      activities.empty() || std::find(activities.begin(), activities.end(), event.activity) != activities.end();
  return is_named && (!where || where->holds(facts));
}

std::vector<Needs> EventFilter::needs() const {
  std::vector<Needs> needs = where ? where->needs() : std::vector<Needs>{};
  Needs named;
  for (const std::string& one : activities) named.push_back({"activity", Value{one}, {}});
  if (!named.empty()) needs.push_back(std::move(named));
  return needs;
}

Truth Window::judge(const Value& result, const Facts& facts) const {
  const Value other = right_path.empty() ? right : facts.after(right_path);
  return result.is_missing() || other.is_missing() ? Truth::unknown : compared(op, result, other);
}

std::optional<Temporal> read_temporal(std::string_view name, const DocumentNode& node, const Grammar& grammar) {
  const Reading reading{{grammar.paths, grammar.calendar, {}}};
  if (name == "window") return reading.read_window(node);
  return name == "sequence" ? reading.read_sequence(node) : reading.read_absence(node);
}

}  // namespace weir::rules
