#include "tests/simulation/producers.hpp"

#include <algorithm>

#include "state/format/keys.hpp"
#include "stream/log/partitioner.hpp"
#include "stream/runtime/control_records.hpp"

namespace weir::simulation {
namespace {

/// No sweep that a record before `offset` asked for is under way.
bool is_swept(const store::Reader& shard, const std::string& workspace, std::uint64_t offset) {
  const std::string prefix = format::Scope{workspace}.sweeps();
  bool swept = true;
  const auto scanned = shard.scan(prefix, store::end_of_prefix(prefix), [&](std::string_view, std::string_view value) {
    swept = runtime::decode_sweep(value)->offset >= offset;
    return swept;
  });
  return scanned.ok() && swept;
}

/// What the shard of each part of the position has committed reaches as far.
bool is_committed(const feed::Snapshots& snapshots, const std::string& workspace, const log::Position& position) {
  return std::all_of(position.parts.begin(), position.parts.end(), [&](const log::Position::Part& part) {
    const store::Reader& shard = *snapshots[part.partition];
    const auto stored = shard.get(format::Scope{workspace}.progress());
    if (!stored || !*stored || !is_swept(shard, workspace, part.next)) return false;
    const auto progress = runtime::decode_progress(**stored);
    return progress.ok() && progress->next_offset >= part.next;
  });
}

}  // namespace

Producers::Producers(const Plan& plan, Dice& dice, Trace& trace) : plan_(plan), dice_(dice), trace_(trace) {
  for (const std::string& workspace : plan.workspaces) {
    sources_.emplace(workspace, support::RandomRecords{workspace, plan.records});
  }
}

log::Addressed Producers::event(const std::string& workspace, Time now) {
  constexpr Duration beyond_tomorrow = std::chrono::hours{30};  // refused: more than 24 h ahead
  const bool late = dice_.one_in(20);
  Time first = now - Duration{plan_.records.span_micros} * (late ? 3 : 1);
  if (dice_.one_in(200)) first = now + beyond_tomorrow;
  const Event event = sources_.at(workspace).event(dice_.source(), first);
  return {log::partition_of(event.process, event.case_id, plan_.shards), support::event_record(event)};
}

std::vector<log::Addressed> Producers::post(const std::string& workspace, Time now) {
  std::vector<log::Addressed> records;
  for (std::uint64_t i = 1 + dice_.below(plan_.post_events_max); i > 0; --i) records.push_back(event(workspace, now));
  return records;
}

std::vector<log::Addressed> Producers::control(const std::string& workspace, Time now) {
  const support::Control control =
      sources_.at(workspace).control(dice_.source(), now - Duration{plan_.records.span_micros});
  if (control.case_id) {
    return {{log::partition_of(control.process, *control.case_id, plan_.shards), control.record}};
  }
  std::vector<log::Addressed> records;
  for (std::uint32_t i = 0; i < plan_.shards; ++i) records.push_back({i, control.record});
  return records;
}

/// Of a dead letter that is there, or was.
std::vector<log::Addressed> Producers::replay(const std::string& workspace, Node& node) {
  const auto partition = static_cast<std::uint32_t>(dice_.below(plan_.shards));
  const std::string prefix = format::Scope{workspace}.dead_letters();
  std::vector<std::uint64_t> offsets;
  const auto scanned = node.snapshots()[partition]->scan(
      prefix, store::end_of_prefix(prefix), [&](std::string_view, std::string_view value) {
        offsets.push_back(runtime::decode_dead_letter(value)->offset);
        return true;
      });
  if (!scanned) throw Difference("dead letters cannot be read");
  const std::uint64_t offset = offsets.empty() ? dice_.below(50) : offsets[dice_.below(offsets.size())];
  std::vector<log::Addressed> records;
  for (std::uint64_t i = 1 + dice_.below(2); i > 0; --i) {
    records.push_back({partition, {log::Kind::replay, encode(runtime::Replay{offset})}});
  }
  return records;
}

void Producers::send(Node& node, Time now) {
  const bool again = !open_.empty() && dice_.one_in(3);
  if (again) {
    const auto request = open_[dice_.below(open_.size())];
    if (!request->under_way && !request->answered) hand_over(node, request);
    return;
  }
  auto request = std::make_shared<Request>();
  request->content.workspace = plan_.workspaces[dice_.below(plan_.workspaces.size())];
  const std::string& workspace = request->content.workspace;
  if (!dice_.permille(plan_.control_permille)) {
    request->content.records = post(workspace, now);
  } else {
    request->content.records = dice_.one_in(5) ? replay(workspace, node) : control(workspace, now);
  }
  open_.push_back(request);
  hand_over(node, request);
}

bool Producers::resend(Node& node) {
  bool all = true;
  const std::deque<std::shared_ptr<Request>> open = open_;
  for (const auto& request : open) {
    if (!request->under_way) all = hand_over(node, request) && all;
  }
  return all;
}

bool Producers::hand_over(Node& node, const std::shared_ptr<Request>& request) {
  const std::uint64_t attempt = ++request->attempt;
  const auto answer = [this, &node, request, attempt](const Result<log::Position>& position) {
    if (request->attempt != attempt || !request->under_way) return;  // its process is gone
    request->under_way = false;
    if (position) take_answer(node, *request, *position);
  };
  const auto queued = node.log().append(request->content.workspace, request->content.records, answer);
  request->under_way = queued.ok();
  trace_.line("append " + std::to_string(request->content.records.size()) + " to " + request->content.workspace +
              (attempt > 1 ? ", attempt " + std::to_string(attempt) : "") + (queued ? "" : ": not taken"));
  return queued.ok();
}

void Producers::take_answer(Node& node, Request& request, const log::Position& position) {
  request.answered = true;
  request.content.position = position;
  acknowledged_.push_back(request.content);
  std::erase_if(open_, [](const auto& one) { return one->answered; });
  trace_.line("acknowledged " + to_token(position));
  const auto told = [&node, workspace = request.content.workspace, position, broken = broken_promise_](bool included) {
    if (included && !is_committed(node.snapshots(), workspace, position)) *broken = to_token(position);
  };
  if (dice_.one_in(4)) {
    constexpr Clock::Steady never = Clock::Steady::max();
    node.watch().when_included(request.content.workspace, position, never, told);
  }
}

void Producers::process_died() {
  for (const auto& request : open_) request->under_way = false;
}

}  // namespace weir::simulation
