#include "stream/thresholds/threshold.hpp"

#include <algorithm>
#include <array>

#include "stream/documents/accepted.hpp"

namespace weir::thresholds {
namespace {

constexpr std::size_t name_bytes_max = 64;
constexpr std::size_t activity_bytes_max = 256;
constexpr std::size_t title_bytes_max = 256;
constexpr std::size_t text_bytes_max = 4'096;
constexpr std::size_t targets_max = 20;
constexpr Duration last_least = std::chrono::minutes{1};
constexpr Duration last_most = std::chrono::hours{24 * 366};

/// What a measure can be of.
enum Of : unsigned { process = 1, activity = 2, edge = 4, policy = 8, engine = 16 };
/// Whether a measure looks back over some time alone.
enum class Last : std::uint8_t { may, must, never };

struct Known {
  std::string_view name;
  Unit unit;
  unsigned of;
  Last last;
};
/// By number of the measure.
constexpr std::array<Known, 20> measures{{{"events", Unit::count, process | activity, Last::may},
                                          {"cases", Unit::count, process | activity | edge, Last::may},
                                          {"arrivals", Unit::count, process, Last::must},
                                          {"running", Unit::count, process, Last::never},
                                          {"completed", Unit::count, process, Last::may},
                                          {"refused", Unit::count, process, Last::never},
                                          {"traversals", Unit::count, edge, Last::may},
                                          {"rework_share", Unit::share, process | activity, Last::may},
                                          {"flow_efficiency", Unit::share, process, Last::may},
                                          {"cycle_time", Unit::seconds, process, Last::may},
                                          {"busy_time", Unit::seconds, process, Last::may},
                                          {"waiting_time", Unit::seconds, process | activity | edge, Last::may},
                                          {"service_time", Unit::seconds, activity, Last::may},
                                          {"sojourn_time", Unit::seconds, activity, Last::may},
                                          {"sla_met_share", Unit::share, policy, Last::may},
                                          {"sla_breached", Unit::count, policy, Last::may},
                                          {"lag", Unit::count, engine, Last::never},
                                          {"dead_letters", Unit::count, engine, Last::may},
                                          {"failing_targets", Unit::count, engine, Last::never},
                                          {"disk_free_share", Unit::share, engine, Last::never}}};
static_assert(static_cast<std::size_t>(Measure::disk_free_share) + 1 == measures.size());

const Known& known(Measure measure) { return measures[static_cast<std::size_t>(measure)]; }

constexpr std::array<std::string_view, 7> statistics{"mean", "min", "max", "p50", "p90", "p95", "p99"};
constexpr std::array<std::string_view, 4> ops{"over", "at least", "under", "at most"};

std::string_view words_of(unsigned of) {
  switch (of) {
    case activity:
      return "of an activity";
    case edge:
      return "from one activity to another";
    case policy:
      return "of a policy";
    case engine:
      return "of the engine";
    default:
      return "of a process as a whole";
  }
}

std::string quoted(const std::string& name) { return '"' + name + '"'; }

class Reading {
 public:
  explicit Reading(Threshold& threshold) : threshold_(threshold) {}

  void read(const DocumentNode& node) {
    if (!node.value().is(JsonKind::object)) return node.fault("must be a threshold");
    const auto name_alone = [](const DocumentNode& one) { one.fault("is told by the document itself; leave it out"); };
    Place& place = threshold_.place;
    node.object({{"id", name_alone},
                 {"version", name_alone},
                 {"process", [&](const auto& one) { threshold_.process = one.plain_name().value_or(""); }},
                 {"measure", [&](const auto& one) { read_measure(one); }},
                 {"activity", text(place.activity, activity_bytes_max)},
                 {"from", text(place.from, activity_bytes_max)},
                 {"to", text(place.to, activity_bytes_max)},
                 {"policy", text(place.policy, name_bytes_max)},
                 {"metric", text(place.metric, name_bytes_max)},
                 {"target", text(place.target, activity_bytes_max)},
                 {"statistic", [&](const auto& one) { read_statistic(one); }},
                 {"last", [&](const auto& one) { read_last(one); }},
                 {"op", [&](const auto& one) { read_op(one); }},
                 {"value", [](const DocumentNode&) {}},  // by the measure's unit, below
                 {"for", span(threshold_.hold_for)},
                 {"keep_firing_for", span(threshold_.keep_firing_for)},
                 {"severity", [&](const auto& one) { read_severity(one); }},
                 {"title", [&](const auto& one) { read_title(one); }},
                 {"text", text(threshold_.text, text_bytes_max)},
                 {"notify",
                  [&](const DocumentNode& list) {
                    list.each_item(targets_max, [&](const auto& one) { one.add_plain_name(threshold_.notify); });
                  }},
                 {"escalate", text(threshold_.escalation, name_bytes_max)}});
    for (const std::string_view name : {"measure", "op", "value"}) {
      if (!node.member(name)) node.fault("must have a " + std::string{name});
    }
    check_place(node);
    if (measure_) check_measure(node, known(*measure_));
  }

 private:
  static DocumentNode::Read text(std::string& to, std::size_t bytes_max) {
    return [&to, bytes_max](const DocumentNode& one) { to = one.text(bytes_max).value_or(""); };
  }
  static DocumentNode::Read span(Duration& to) {
    return [&to](const DocumentNode& one) { to = one.duration().value_or(Duration{}); };
  }

  void read_measure(const DocumentNode& node) {
    const auto name = node.text(name_bytes_max);
    if (!name) return;
    const auto found =
        std::find_if(measures.begin(), measures.end(), [&](const Known& one) { return one.name == *name; });
    if (found != measures.end()) {
      threshold_.measure = measure_.emplace(static_cast<Measure>(found - measures.begin()));
      return;
    }
    std::string all;
    for (const Known& one : measures) all.append(all.empty() ? "" : ", ").append(one.name);
    node.fault("must be one of " + all);
  }

  void read_statistic(const DocumentNode& node) {
    using enum Statistic;
    threshold_.statistic =
        node.choice<Statistic>(
                {{"mean", mean}, {"min", min}, {"max", max}, {"p50", p50}, {"p90", p90}, {"p95", p95}, {"p99", p99}})
            .value_or(mean);
  }

  void read_last(const DocumentNode& node) {
    const auto given = node.duration();
    if (given && (*given < last_least || *given > last_most)) return node.fault("must be 1m to 366d");
    threshold_.last = given;
  }

  void read_op(const DocumentNode& node) {
    threshold_.op =
        node.choice<Op>({{"gt", Op::gt}, {"gte", Op::gte}, {"lt", Op::lt}, {"lte", Op::lte}}).value_or(Op::gt);
  }

  void read_severity(const DocumentNode& node) {
    using enum rules::Severity;
    threshold_.severity =
        node.choice<rules::Severity>({{"info", info}, {"warning", warning}, {"error", error}, {"critical", critical}})
            .value_or(warning);
  }

  void read_title(const DocumentNode& node) {
    auto title = node.text(title_bytes_max);
    if (!title) return;
    const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
    if (std::any_of(title->begin(), title->end(), is_control)) return node.fault("must be one line");
    threshold_.title = *std::move(title);
  }

  /// What the figure is of, as far as its members tell.
  static unsigned of(const DocumentNode& node) {
    const unsigned all = (node.member("activity") ? activity : 0U) |
                         (node.member("from") || node.member("to") ? edge : 0U) |
                         (node.member("policy") || node.member("metric") || node.member("target") ? policy : 0U);
    if (all != 0) return all;
    return node.member("process") ? process : engine;
  }

  static void check_place(const DocumentNode& node) {
    const unsigned all = of(node);
    if ((all & (all - 1)) != 0) node.fault("must have at most one of activity, from with to, and policy");
    if (node.member("from").has_value() != node.member("to").has_value()) node.fault("must have both of from and to");
    if ((all & policy) != 0 && !node.member("policy")) node.fault("must have the policy of its metric and target");
    if (all != engine && !node.member("process")) node.fault("must have the process that it is of");
  }

  void check_measure(const DocumentNode& node, const Known& measure) {
    const unsigned all = of(node);
    if ((all & measure.of) == 0 && (all & (all - 1)) == 0) {
      std::string where;
      for (const unsigned one : {process, activity, edge, policy, engine}) {
        if ((measure.of & one) != 0) where.append(where.empty() ? "" : " or ").append(words_of(one));
      }
      node.member("measure")->fault("is measured " + where);
    }
    const auto statistic = node.member("statistic");
    if (measure.unit == Unit::seconds && !statistic) node.fault("must have a statistic, as it is of times");
    if (measure.unit != Unit::seconds && statistic) statistic->fault("belongs to times");
    const auto last = node.member("last");
    if (measure.last == Last::must && !last) node.fault("must have a last");
    if (measure.last == Last::never && last) last->fault("does not go with this measure");
    if (const auto value = node.member("value")) read_value(*value, measure.unit);
  }

  void read_value(const DocumentNode& node, Unit unit) {
    if (unit == Unit::seconds) {
      const auto span = node.duration();
      if (!span) return;
      threshold_.value = std::chrono::duration<double>(*span).count();
      std::string scratch;
      threshold_.given = node.value().text(scratch);
      return;
    }
    const JsonValue& value = node.value();
    const bool is_number = value.is(JsonKind::number) && value.number_fits();
    if (!is_number || value.as_double() < 0) return node.fault("must be a number, not negative");
    if (unit == Unit::share && value.as_double() > 1) return node.fault("must be a share, from 0 to 1");
    threshold_.value = value.as_double();
    threshold_.given = value.raw();
  }

  Threshold& threshold_;
  std::optional<Measure> measure_;
};

}  // namespace

std::string_view name_of(Measure measure) { return known(measure).name; }
Unit unit_of(Measure measure) { return known(measure).unit; }
bool is_of_engine(Measure measure) { return known(measure).of == engine; }

bool Threshold::holds(std::optional<double> measured) const {
  if (!measured) return false;
  switch (op) {
    case Op::gt:
      return *measured > value;
    case Op::gte:
      return *measured >= value;
    case Op::lt:
      return *measured < value;
    case Op::lte:
      break;
  }
  return *measured <= value;
}

std::string Threshold::condition() const {
  std::string words;
  if (unit_of(measure) == Unit::seconds) {
    words.append(statistics[static_cast<std::size_t>(statistic)]).append(" of ");
  }
  words.append(name_of(measure));
  if (!place.activity.empty()) words.append(" of ").append(quoted(place.activity));
  if (!place.from.empty()) words.append(" from ").append(quoted(place.from)).append(" to ").append(quoted(place.to));
  if (!place.policy.empty()) words.append(" of policy ").append(place.policy);
  if (!place.metric.empty()) words.append(", metric ").append(place.metric);
  if (!place.target.empty()) words.append(", target ").append(quoted(place.target));
  if (!process.empty()) words.append(" in ").append(process);
  if (last) words.append(" of the last ").append(std::to_string(last->count() / 1'000'000)).append(" s");
  return words.append(" is ").append(ops[static_cast<std::size_t>(op)]).append(" ").append(given);
}

std::optional<Threshold> read_threshold(const DocumentNode& node) {
  Threshold threshold;
  const std::size_t faults = node.faults();
  Reading{threshold}.read(node);
  return node.faults() == faults ? std::optional{std::move(threshold)} : std::nullopt;
}

std::optional<Threshold> threshold_of(const std::string& body) {
  return documents::read_accepted(body, read_threshold);
}

DocumentFaults unknown_names(const Threshold& threshold, const Knows& is_policy, const Knows& is_target,
                             const Knows& is_escalation) {
  DocumentFaults faults;
  const std::string& policy = threshold.place.policy;
  if (!policy.empty() && !is_policy(policy)) faults.push_back({"/policy", "there is no policy " + quoted(policy)});
  for (std::size_t i = 0; i < threshold.notify.size(); ++i) {
    if (is_target(threshold.notify[i])) continue;
    faults.push_back({"/notify/" + std::to_string(i), "there is no target " + quoted(threshold.notify[i])});
  }
  const std::string& escalation = threshold.escalation;
  if (!escalation.empty() && !is_escalation(escalation)) {
    faults.push_back({"/escalate", "there is no escalation " + quoted(escalation)});
  }
  return faults;
}

}  // namespace weir::thresholds
