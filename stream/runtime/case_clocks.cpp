#include "stream/runtime/case_clocks.hpp"

#include <algorithm>
#include <limits>

#include "schemas/base/hash.hpp"
#include "stream/alerts/response.hpp"
#include "stream/rules/judge.hpp"

namespace weir::runtime {

using dataflow::ClockCell;
using dataflow::ClockTally;

namespace {

constexpr std::uint8_t version = 1;
constexpr std::uint8_t version_with_alerts = 2;  // of what is kept, where there are any

ClockCell::Count cell_of(sla::State state) {
  switch (state) {
    case sla::State::running:
      return ClockCell::running;
    case sla::State::paused:
      return ClockCell::paused;
    case sla::State::met:
      return ClockCell::met;
    case sla::State::met_late:
      return ClockCell::met_late;
    case sla::State::cancelled:
      break;
  }
  return ClockCell::cancelled;
}

void count(const sla::Cycle& cycle, const dataflow::Promised& promised, dataflow::ClockTallies& tallies) {
  ClockTally made = dataflow::tally_of(promised);
  const auto at = std::find_if(tallies.begin(), tallies.end(), [&](const ClockTally& one) {
    return one.measure == made.measure && one.target == made.target;
  });
  ClockTally& tally = at == tallies.end() ? tallies.emplace_back(std::move(made)) : *at;
  ++tally.counts[cell_of(cycle.state)];
  if (cycle.breach && !cycle.breach->retracted) ++tally.counts[ClockCell::breached];
}

OpenClock open_clock(const sla::Cycle& cycle, dataflow::Promised promised, std::size_t number) {
  OpenClock open;
  open.promised = std::move(promised);
  open.cycle = number;
  open.paused = cycle.state == sla::State::paused;
  open.breached = cycle.breach && !cycle.breach->retracted;
  open.began = to_micros(cycle.began);
  if (cycle.due) open.due = to_micros(*cycle.due);
  open.passed = cycle.passed.count();
  return open;
}

void remind(const std::optional<Time>& at, CaseClocks& clocks) {
  if (!at) return;
  const std::int64_t next = to_micros(*at);
  clocks.next = clocks.next ? std::min(*clocks.next, next) : next;
}

void add_verdict(const std::string& policy, const sla::Timeline& timeline, const sla::Verdict& verdict,
                 CaseClocks& clocks) {
  for (std::size_t i = 0; i < verdict.cycles.size(); ++i) {
    const sla::Cycle& cycle = verdict.cycles[i];
    dataflow::Promised promised{policy, timeline.metrics()[verdict.metric], timeline.targets()[verdict.targets[i]]};
    count(cycle, promised, clocks.tallies);
    if (!cycle.ended) clocks.open.push_back(open_clock(cycle, std::move(promised), i + 1));
  }
  remind(verdict.next, clocks);
}

void add_firings(const rules::RuleBook& rules, std::span<const Event> events, const alerts::Commands& commands,
                 Time tick, Time now, CaseClocks& clocks) {
  const rules::Judgement judgement = rules::judge(rules, events, tick);
  remind(judgement.next, clocks);
  remind(alerts::add_alerts(judgement.firings, commands, now, clocks.alerts), clocks);
}

}  // namespace

bool Judges::notify() const {
  return rules != nullptr || std::any_of(policies.begin(), policies.end(),
                                         [](const sla::NamedJudge& one) { return one.judge.timeline().notifies(); });
}

CaseClocks judge_clocks(const Judges& judges, const alerts::Subject& subject, std::span<const Event> events,
                        const alerts::Commands& commands, std::int64_t clock) {
  CaseClocks clocks;
  if (events.empty()) return clocks;
  std::vector<const sla::Judge*> asked;
  for (const sla::NamedJudge& one : judges.policies) asked.push_back(&one.judge);
  const auto found = sla::verdicts(asked, events, from_micros(clock));
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const sla::Verdict& verdict : found[i]) {
      add_verdict(judges.policies[i].name, asked[i]->timeline(), verdict, clocks);
      alerts::add_alerts(judges.policies[i].name, asked[i]->timeline(), verdict, clocks.alerts);
    }
  }
  // Somebody who did something did it at a time that no tick has to reach first.
  const Time now = commands.empty() ? from_micros(clock) : std::max(from_micros(clock), commands.all().back().at);
  if (judges.rules != nullptr) add_firings(*judges.rules, events, commands, from_micros(clock), now, clocks);
  if (!clocks.alerts.empty()) {
    remind(alerts::respond(judges.playbook.get(), subject, commands, now, clocks.alerts), clocks);
  }
  std::sort(clocks.tallies.begin(), clocks.tallies.end(), [](const ClockTally& a, const ClockTally& b) {
    return std::tie(a.measure, a.target) < std::tie(b.measure, b.target);
  });
  return clocks;
}

OpenClockPlace place_of(const OpenClock& clock) {
  return {clock.due.value_or(std::numeric_limits<std::int64_t>::max()), clock.promised.measure()};
}

KeptClocks kept_of(const CaseClocks& clocks) {
  KeptClocks kept{clocks.tallies, {}, {}};
  for (ClockTally& tally : kept.tallies) tally.note.clear();
  for (const OpenClock& one : clocks.open) kept.open.push_back(place_of(one));
  std::sort(kept.open.begin(), kept.open.end());
  return kept;
}

std::string encode(const KeptClocks& clocks) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(clocks.alerts.empty() ? version : version_with_alerts);
  out.number(clocks.tallies.size());
  for (const ClockTally& tally : clocks.tallies) {
    out.fixed64(tally.measure);
    out.fixed64(tally.target);
    for (const std::int64_t one : tally.counts) out.signed_number(one);
  }
  out.number(clocks.open.size());
  for (const OpenClockPlace& place : clocks.open) {
    out.signed_number(place.due);
    out.text(place.measure);
  }
  if (!clocks.alerts.empty()) out.text(encode(clocks.alerts));
  return bytes;
}

Result<KeptClocks> decode_kept_clocks(std::string_view bytes) {
  format::Decoder in{bytes};
  const std::uint8_t written = in.byte();
  if (written != version && written != version_with_alerts) {
    return Error{Code::state_format, "the clocks of a case have an unknown version"};
  }
  KeptClocks clocks;
  const std::uint64_t tallies = in.number();
  for (std::uint64_t i = 0; i < tallies && in.ok(); ++i) {
    ClockTally& tally = clocks.tallies.emplace_back();
    tally.measure = in.fixed64();
    tally.target = in.fixed64();
    for (std::int64_t& one : tally.counts) one = in.signed_number();
  }
  const std::uint64_t open = in.number();
  for (std::uint64_t i = 0; i < open && in.ok(); ++i) {
    const std::int64_t due = in.signed_number();
    clocks.open.push_back({due, std::string{in.text()}});
  }
  if (written == version_with_alerts) {
    auto alerts = decode_kept_alerts(in.text());
    if (!alerts) return alerts.error();
    clocks.alerts = *std::move(alerts);
  }
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "the clocks of a case are damaged"};
  return clocks;
}

std::string encode(const OpenClock& clock) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(version);
  out.text(dataflow::note_of(clock.promised));
  out.number(clock.cycle);
  out.byte(static_cast<std::uint8_t>((clock.paused ? 1 : 0) | (clock.breached ? 2 : 0) | (clock.due ? 4 : 0)));
  out.signed_number(clock.began);
  if (clock.due) out.signed_number(*clock.due);
  out.signed_number(clock.passed);
  return bytes;
}

Result<OpenClock> decode_open_clock(std::string_view bytes) {
  format::Decoder in{bytes};
  if (in.byte() != version) return Error{Code::state_format, "an open clock has an unknown version"};
  OpenClock clock;
  auto promised = dataflow::promised_of(in.text());
  if (!promised) return promised.error();
  clock.promised = *std::move(promised);
  clock.cycle = in.number();
  const std::uint8_t flags = in.byte();
  clock.paused = (flags & 1) != 0;
  clock.breached = (flags & 2) != 0;
  clock.began = in.signed_number();
  if ((flags & 4) != 0) clock.due = in.signed_number();
  clock.passed = in.signed_number();
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "an open clock is damaged"};
  return clock;
}

}  // namespace weir::runtime
