#include "tests/support/model.hpp"

#include <algorithm>

#include "schemas/base/check.hpp"
#include "schemas/codec/event_json.hpp"
#include "stream/ingest/identity.hpp"
#include "stream/runtime/control_records.hpp"

namespace weir::support {
namespace {

std::uint64_t least(const std::map<std::string, std::uint64_t>& bringers) {
  std::uint64_t sequence = ~std::uint64_t{0};
  for (const auto& [upload, one] : bringers) sequence = std::min(sequence, one);
  return sequence;
}

auto order(const Event& event) {
  return std::make_tuple(event.began(), event.timestamp, event.sequence, event.lifecycle == "start" ? 0 : 1,
                         event.source, event.id);
}

constexpr std::int64_t hour = 3'600'000'000;

/// The hour at which the case has been kept for its time, if it is complete at that clock.
std::optional<std::int64_t> leaving(const std::vector<Event>& events, const runtime::ProcessSettings& settings,
                                    std::int64_t clock) {
  std::int64_t completed_at = 0;
  for (const Event& event : events) completed_at = std::max(completed_at, to_micros(event.timestamp));
  const auto& ends = settings.end_activities;
  if (std::find(ends.begin(), ends.end(), events.back().activity) == ends.end()) {
    if (!settings.inactivity_micros || completed_at + *settings.inactivity_micros > clock) return std::nullopt;
    completed_at += *settings.inactivity_micros;
  }
  return (completed_at + *settings.retain_micros + hour - 1) / hour * hour;
}

}  // namespace

Hash128 test_fingerprint(std::string_view workspace, std::string_view process, std::string_view case_id) {
  return hash128(std::string{workspace} + '|' + std::string{process} + '|' + std::string{case_id});
}

void PartitionModel::take(std::uint64_t offset, Time appended, log::Kind kind, std::string_view value) {
  switch (kind) {
    case log::Kind::event:
      return take_event(offset, appended, std::string{value});
    case log::Kind::withdraw:
    case log::Kind::upload_abort:
      return withdraw(value);
    case log::Kind::erase:
      return erase(value);
    case log::Kind::replay:
      return replay(value);
    case log::Kind::settings: {
      const auto change = *runtime::decode_settings_change(value);
      processes_[change.process].settings = change.settings;
      return;
    }
    case log::Kind::tick:
      return tick(runtime::decode_tick(value)->time);
    case log::Kind::document:
      documents_.insert(*documents::decode_change(value));
      return;
    case log::Kind::upload_end:
    case log::Kind::delivery:
    case log::Kind::command:
    case log::Kind::observation:
    case log::Kind::redacted:
    case log::Kind::produced:
    case log::Kind::unsealed:
      return;
  }
  WEIR_CHECK(false, "the model does not know this kind of record");
}

/// At the first tick of an hour every case goes that was complete before it and was kept long enough.
void PartitionModel::tick(std::int64_t time) {
  const std::int64_t before = std::exchange(clock_, std::max(clock_, time));
  if (clock_ / hour == before / hour) return;
  for (auto& [name, process] : processes_) {
    const runtime::ProcessSettings& settings = process.settings;
    if (!settings.retain_micros) continue;
    if (settings.archives) continue;
    for (const auto& [case_id, events] : outcome(name).cases) {
      const auto leaves_at = leaving(events, settings, before);
      if (!leaves_at || *leaves_at > clock_) continue;
      std::erase_if(process.accepted, [&gone = case_id](const auto& one) { return std::get<0>(one.first) == gone; });
    }
  }
}

void PartitionModel::take_event(std::uint64_t offset, Time appended, const std::string& bytes) {
  const auto decoded = decode_stored_event(bytes, appended);
  if (!decoded) {
    dead_.insert_or_assign(offset, Letter{appended, bytes});
    return;
  }
  const Event& event = *decoded;
  Process& process = processes_[event.process];
  if (withdrawn_.contains(event.upload)) {
    ++process.counters.withdrawn;
    return;
  }
  if (process.erased.contains(test_fingerprint(workspace_, event.process, event.case_id))) {
    ++process.counters.refused;
    return;
  }
  const Identity identity{event.case_id, event.source, event.id};
  const auto [known, fresh] = process.accepted.try_emplace(identity, Accepted{event, {}});
  if (!fresh && ingest::content_hash(known->second.event) != ingest::content_hash(event)) {
    ++process.counters.refused;
    dead_.insert_or_assign(offset, Letter{appended, bytes});
    return;
  }
  ++(fresh ? process.counters.accepted : process.counters.duplicates);
  const auto [bringer, first] = known->second.bringers.try_emplace(event.upload, event.sequence);
  bringer->second = std::min(bringer->second, event.sequence);
}

void PartitionModel::withdraw(std::string_view bytes) {
  const auto mark = *runtime::decode_upload_mark(bytes);
  withdrawn_.insert(mark.upload);
  auto& accepted = processes_[mark.process].accepted;
  for (auto& [identity, one] : accepted) one.bringers.erase(mark.upload);
  std::erase_if(accepted, [](const auto& one) { return one.second.bringers.empty(); });
}

void PartitionModel::erase(std::string_view bytes) {
  const auto erasure = *runtime::decode_erasure(bytes);
  Process& process = processes_[erasure.process];
  ++process.counters.erasures;
  process.erased.insert(erasure.fingerprint);
  std::erase_if(process.accepted, [&](const auto& one) {
    return test_fingerprint(workspace_, erasure.process, std::get<0>(one.first)) == erasure.fingerprint;
  });
  std::erase_if(dead_, [&](const auto& letter) {
    const auto event = decode_stored_event(letter.second.bytes, letter.second.appended);
    return event && event->process == erasure.process &&
           test_fingerprint(workspace_, event->process, event->case_id) == erasure.fingerprint;
  });
}

void PartitionModel::replay(std::string_view bytes) {
  const auto letter = dead_.extract(runtime::decode_replay(bytes)->offset);
  if (!letter.empty()) take_event(letter.key(), letter.mapped().appended, letter.mapped().bytes);
}

Outcome PartitionModel::outcome(const std::string& name) const {
  Outcome outcome;
  outcome.clock = clock_;
  outcome.documents = documents_;
  const auto known = processes_.find(name);
  if (known == processes_.end()) return outcome;
  outcome.settings = known->second.settings;
  outcome.counters = known->second.counters;
  for (const auto& [identity, one] : known->second.accepted) {
    Event event = one.event;
    event.sequence = least(one.bringers);
    outcome.cases[event.case_id].push_back(std::move(event));
  }
  for (auto& [case_id, events] : outcome.cases) {
    std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return order(a) < order(b); });
    if (!outcome.settings.archives || !outcome.settings.retain_micros) continue;
    const auto leaves_at = leaving(events, outcome.settings, clock_);
    if (leaves_at && *leaves_at <= clock_) outcome.archived.insert(case_id);
  }
  return outcome;
}

std::set<std::uint64_t> PartitionModel::dead_letters() const {
  std::set<std::uint64_t> offsets;
  for (const auto& [offset, letter] : dead_) offsets.insert(offset);
  return offsets;
}

}  // namespace weir::support
