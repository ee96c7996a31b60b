#include "api/query/sla_answers.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <optional>

#include "api/query/answers.hpp"
#include "schemas/codec/timestamp.hpp"

namespace weir::query {
namespace {

using sla::Cycle;
using sla::State;

std::string_view name_of(State state) {
  switch (state) {
    case State::running:
      return "running";
    case State::paused:
      return "paused";
    case State::met:
      return "met";
    case State::met_late:
      return "met_late";
    default:
      return "cancelled";
  }
}

void write_time(JsonWriter& json, std::optional<Time> time) {
  time ? void(json.value(to_rfc3339(*time))) : void(json.value(nullptr));
}

void write_breach(JsonWriter& json, const std::optional<sla::Breach>& breach) {
  if (!breach) {
    json.value(nullptr);
    return;
  }
  json.begin_object().member("at", to_rfc3339(breach->at)).member("detected", to_rfc3339(breach->detected));
  json.member("cause", breach->cause == sla::Cause::time ? "time" : "policy").member("retracted", breach->retracted);
  json.end_object();
}

void write_warned(JsonWriter& json, const sla::Warned& warned) {
  json.begin_object().member("at", to_rfc3339(warned.at));
  switch (warned.warning.kind) {
    case sla::Warning::Kind::percent:
      json.member("percent", warned.warning.percent);
      break;
    case sla::Warning::Kind::before:
      json.key("before_s").raw(exact_seconds(warned.warning.before.count()));
      break;
    default:
      json.key("before_business_s").raw(exact_seconds(warned.warning.before.count()));
  }
  json.end_object();
}

std::optional<double> met_share(const SlaTally& tally) {
  const std::int64_t fulfilled = tally.met + tally.met_late;
  if (fulfilled == 0) return {};
  return static_cast<double>(tally.met) / static_cast<double>(fulfilled);
}

void write_tally(JsonWriter& json, const std::string& target, const SlaTally& tally) {
  json.begin_object().member("name", target).member("cycles", tally.cycles).member("met", tally.met);
  json.member("met_late", tally.met_late).member("running", tally.running).member("paused", tally.paused);
  json.member("cancelled", tally.cancelled).member("breached", tally.breached).key("met_share");
  const auto share = met_share(tally);
  share ? void(json.value(*share)) : void(json.value(nullptr));
  json.end_object();
}

std::string line_of(const SlaTally& tally) {
  char share[32] = "-";
  if (const auto met = met_share(tally)) std::snprintf(share, sizeof share, "%.1f %%", *met * 100);
  return std::string{share} + " met of " + std::to_string(tally.met + tally.met_late) + ", " +
         std::to_string(tally.running) + " running, " + std::to_string(tally.paused) + " paused, " +
         std::to_string(tally.breached) + " breached\n";
}

}  // namespace

void SlaTally::count(const Cycle& cycle) {
  ++cycles;
  met += cycle.state == State::met;
  met_late += cycle.state == State::met_late;
  running += cycle.state == State::running;
  paused += cycle.state == State::paused;
  cancelled += cycle.state == State::cancelled;
  breached += cycle.breach && !cycle.breach->retracted;
}

void SlaTally::add(const dataflow::Cell& cell) {
  using dataflow::ClockCell;
  met += cell.counts[ClockCell::met];
  met_late += cell.counts[ClockCell::met_late];
  running += cell.counts[ClockCell::running];
  paused += cell.counts[ClockCell::paused];
  cancelled += cell.counts[ClockCell::cancelled];
  breached += cell.counts[ClockCell::breached];
  cycles = met + met_late + running + paused + cancelled;
}

SlaTallies::SlaTallies(const sla::Policy* policy) {
  if (policy == nullptr) return;
  for (const sla::MetricRules& metric : policy->metrics) {
    for (const sla::Target& target : policy->targets) {
      const bool promises = std::any_of(target.promises.begin(), target.promises.end(),
                                        [&](const auto& one) { return one.first == metric.name; });
      if (promises) of(metric.name, target.name);
    }
  }
}

void SlaTallies::count(const sla::Verdict& verdict, const sla::Timeline& timeline) {
  for (std::size_t i = 0; i < verdict.cycles.size(); ++i) {
    of(timeline.metrics()[verdict.metric], timeline.targets()[verdict.targets[i]]).count(verdict.cycles[i]);
  }
}

SlaTally& SlaTallies::of(const std::string& metric, const std::string& target) {
  auto at = std::find_if(metrics_.begin(), metrics_.end(), [&](const Metric& one) { return one.name == metric; });
  if (at == metrics_.end()) at = metrics_.insert(at, Metric{metric, {}});
  auto of = std::find_if(at->targets.begin(), at->targets.end(), [&](const auto& one) { return one.first == target; });
  if (of == at->targets.end()) of = at->targets.insert(of, {target, {}});
  return of->second;
}

void SlaTallies::write(JsonWriter& json) const {
  json.key("metrics").begin_array();
  for (const Metric& metric : metrics_) {
    json.begin_object().member("name", metric.name).key("targets").begin_array();
    for (const auto& [target, tally] : metric.targets) write_tally(json, target, tally);
    json.end_array().end_object();
  }
  json.end_array();
}

std::string SlaTallies::text() const {
  std::string text;
  for (const Metric& metric : metrics_) {
    for (const auto& [target, tally] : metric.targets)
      text += "  " + metric.name + ", " + target + ": " + line_of(tally);
  }
  return text;
}

void write_sla_view(JsonWriter& json, const feed::ProcessView& view,
                    const std::vector<std::pair<std::string, sla::Policy>>& newest) {
  std::map<std::string, SlaTallies> policies;
  for (const auto& [name, policy] : newest) policies.emplace(name, &policy);
  std::map<dataflow::Promised, SlaTally> counted;  // in an order, whatever that of the cells
  view.views.each(dataflow::Table::clocks, [&](const dataflow::CellKey&, const dataflow::Cell& cell) {
    if (const auto promised = dataflow::promised_of(cell.note)) counted[*promised].add(cell);
  });
  for (const auto& [promised, tally] : counted) {
    const auto policy = policies.try_emplace(promised.policy, nullptr).first;
    policy->second.of(promised.metric, promised.target) = tally;
  }
  json.key("policies").begin_array();
  for (const auto& [name, tallies] : policies) {
    json.begin_object().member("name", name);
    tallies.write(json);
    json.end_object();
  }
  json.end_array();
}

void write_sla(JsonWriter& json, const feed::ProcessView& view,
               const std::vector<std::pair<std::string, sla::Policy>>& newest, const feed::UrgentClocks& urgent,
               std::string_view process, std::string_view as_of) {
  json.begin_object().member("process", process).member("as_of", as_of);
  write_sla_view(json, view, newest);
  write_clock_rows(json, "overdue", urgent.overdue);
  write_clock_rows(json, "clocks", urgent.next);
  json.end_object();
}

void write_clock_rows(JsonWriter& json, std::string_view name, const std::vector<feed::ClockRow>& rows) {
  json.key(name).begin_array();
  for (const feed::ClockRow& row : rows) {
    const runtime::OpenClock& clock = row.clock;
    json.begin_object().member("id", clock.promised.measure() + '/' + row.case_id).member("case", row.case_id);
    json.member("policy", clock.promised.policy);
    json.member("metric", clock.promised.metric).member("target", clock.promised.target).member("cycle", clock.cycle);
    json.member("state", clock.paused ? "paused" : "running").member("began", to_rfc3339(from_micros(clock.began)));
    write_time(json.key("due"), clock.due ? std::optional{from_micros(*clock.due)} : std::nullopt);
    json.member("breached", clock.breached).key("passed_s").raw(exact_seconds(clock.passed));
    json.end_object();
  }
  json.end_array();
}

void write_cycles(JsonWriter& json, std::string_view case_id, const sla::Verdict& verdict,
                  const sla::Timeline& timeline) {
  for (std::size_t i = 0; i < verdict.cycles.size(); ++i) {
    const Cycle& cycle = verdict.cycles[i];
    json.begin_object().member("case", case_id).member("metric", timeline.metrics()[verdict.metric]);
    json.member("target", timeline.targets()[verdict.targets[i]]).member("cycle", i + 1);
    json.member("state", name_of(cycle.state)).member("began", to_rfc3339(cycle.began));
    write_time(json.key("ended"), cycle.ended);
    write_time(json.key("due"), cycle.due);
    json.key("elapsed_s").raw(exact_seconds(cycle.elapsed.count()));
    write_breach(json.key("breach"), cycle.breach);
    json.key("warned").begin_array();
    for (const sla::Warned& warned : cycle.warned) write_warned(json, warned);
    json.end_array().end_object();
  }
}

}  // namespace weir::query
