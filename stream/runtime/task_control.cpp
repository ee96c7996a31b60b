// What changes a partition's state besides events: ticks, uploads' ends, erasures, settings, documents, what was told
// and done, replays.
#include <algorithm>

#include "schemas/codec/event_json.hpp"
#include "stream/alerts/rule_books.hpp"
#include "stream/runtime/task_parts.hpp"

namespace weir::runtime {

using namespace dataflow;  // the vocabulary of traces

namespace {

constexpr std::size_t timers_at_once = 1'000;  // loaded with one read

}  // namespace

Result<void> Task::take_control(Workspace& workspace, const log::Entry& record) {
  const std::uint64_t offset = record.offset;
  switch (record.kind) {
    case log::Kind::tick: {
      const auto tick = decode_tick(record.value);
      return tick ? take_tick(workspace, offset, *tick) : tick.error();
    }
    case log::Kind::upload_end:
    case log::Kind::upload_abort:
    case log::Kind::withdraw: {
      const auto mark = decode_upload_mark(record.value);
      return mark ? take_upload_mark(workspace, record, *mark) : mark.error();
    }
    case log::Kind::erase: {
      const auto erasure = decode_erasure(record.value);
      return erasure ? take_erasure(workspace, *erasure) : erasure.error();
    }
    case log::Kind::settings: {
      auto change = decode_settings_change(record.value);
      if (!change) return change.error();
      const auto process = process_state(workspace, change->process);
      if (!process) return process.error();
      (*process)->set_settings(std::move(change->settings));
      start_sweep(workspace, {change->process, offset, {}, {}, false});
      return {};
    }
    case log::Kind::document: {
      const auto change = documents::decode_change(record.value);
      return change ? take_document(workspace, offset, *change) : change.error();
    }
    case log::Kind::delivery: {
      const auto delivery = alerts::decode_delivery(record.value);
      return delivery ? take_delivery(workspace, offset, *delivery) : delivery.error();
    }
    case log::Kind::command: {
      const auto command = alerts::decode_command(record.value);
      return command ? take_command(workspace, *command) : command.error();
    }
    case log::Kind::observation: {
      const auto observation = thresholds::decode_observation(record.value);
      effect_waits_ = true;
      return observation ? workspace.thresholds.take(*observation) : observation.error();
    }
    case log::Kind::replay: {
      const auto replay = decode_replay(record.value);
      return replay ? take_replay(workspace, *replay) : replay.error();
    }
    case log::Kind::event:
    case log::Kind::redacted:
    case log::Kind::produced:
    case log::Kind::unsealed:
      return {};
  }
  return Error{Code::state_format, "a record of the log is of a kind that this version does not know"};
}

/// The first tick of an hour commits. Where events of other shards may be on their way there, that is left to who knows
/// whether they have arrived.
bool Task::waits_for_commit(const Workspace& workspace, const log::Entry& record) const {
  if (record.kind != log::Kind::tick || !options_.placement) return false;
  const auto tick = decode_tick(record.value);
  return tick && full_hour(tick->time) > full_hour(workspace.progress.clock);
}

/// Complete cases leave at the first tick of an hour. All that came before is settled then, so that it makes no
/// difference how records were batched.
Result<void> Task::take_tick(Workspace& workspace, std::uint64_t offset, const Tick& tick) {
  const std::int64_t clock = std::max(workspace.progress.clock, tick.time);
  const bool new_hour = full_hour(clock) > full_hour(workspace.progress.clock);
  if (new_hour) {
    if (const auto settled = settle_all(); !settled) return settled;
    dirty_ = workspace.changed = true;
  }
  workspace.progress.clock = clock;
  for (auto first = workspace.coming.begin(); first != workspace.coming.end() && first->first <= clock;) {
    if (const auto came = come_into_force(workspace, offset, first->second); !came) return came;
    first = workspace.coming.erase(first);
  }
  // Timers that this commit sets are not in the store yet; their cases are judged by the new clock when they settle.
  const std::string timers = workspace.scope.timers();
  std::string from = timers, to = timers;
  format::append_big_endian(to, format::ordered(workspace.progress.clock + 1));
  for (bool more = true; more;) {
    std::vector<std::string> due;
    const auto scanned = store_.scan(from, to, [&](std::string_view key, std::string_view) {
      due.emplace_back(key);
      return due.size() < timers_at_once;
    });
    if (!scanned) return scanned;
    more = due.size() == timers_at_once;
    if (more) from = due.back() + '\0';
    if (const auto fired = fire(workspace, std::move(due), new_hour); !fired) return fired;
    // Those that are left are found again if this tick is, for it is taken only when all have fired; but then it would
    // not be the first of its hour. What is yet to be appended elsewhere must be there before a commit.
    if (!must_commit() || !strays_.empty() || new_hour) continue;
    if (const auto committed = commit(); !committed) return committed;
    dirty_ = workspace.changed = true;  // the tick itself is still to be taken
  }
  return {};
}

/// Their cases are judged anew.
Result<void> Task::fire(Workspace& workspace, std::vector<std::string> timers, bool new_hour) {
  const std::string prefix = workspace.scope.timers();
  std::map<std::string_view, std::vector<std::string_view>> by_process;
  for (const std::string& key : timers) {
    const std::string_view rest = format::behind(key, prefix).substr(8);
    const std::size_t split = rest.find('\0');
    by_process[rest.substr(0, split)].push_back(rest.substr(split + 1));
  }
  for (const auto& [name, case_ids] : by_process) {
    if (name.empty()) {  // of thresholds
      if (const auto fired = fire_thresholds(workspace, case_ids); !fired) return fired;
      continue;
    }
    const auto process = process_state(workspace, std::string{name});
    if (!process) return process.error();
    if (const auto fetched = (*process)->prefetch(case_ids); !fetched) return fetched;
    effect_waits_ = effect_waits_ || (*process)->notifies();
    for (const std::string_view case_id : case_ids) {
      const auto slot = (*process)->find(case_id);
      if (!slot) return slot.error();
      if (*slot == nullptr) continue;
      (*slot)->state.timer_due.reset();
      (*process)->touch(**slot);
      const bool had_events = !(*slot)->state.empty();  // else what was told is yet to be taken back
      const auto left = new_hour ? (*process)->let_leave(**slot, workspace.progress.clock) : Result<void>{};
      if (!left) return left;
      if (had_events && (*slot)->state.empty()) forget_told(workspace, **process, **slot);
    }
  }
  for (std::string& key : timers) batch_.erase(std::move(key));
  return {};
}

Result<void> Task::fire_thresholds(Workspace& workspace, const std::vector<std::string_view>& names) {
  effect_waits_ = true;
  for (const std::string_view name : names) {
    if (const auto fired = workspace.thresholds.fire(std::string{name}); !fired) return fired;
  }
  return {};
}

// ---- documents ------------------------------------------------------------------------------------------------------

/// Which versions there are counts, not when they came; and from the tick on that reaches its time.
Result<void> Task::take_document(Workspace& workspace, std::uint64_t offset, const documents::Change& change) {
  if (!workspace.documents.insert(change)) return {};
  batch_.put(documents::row_of(workspace.scope, change), documents::encode(change));
  const std::int64_t at = to_micros(change.version.effective_at);
  if (at <= workspace.progress.clock) return come_into_force(workspace, offset, change);
  workspace.coming.emplace(at, documents::Change{change.kind, change.name, {change.version.effective_at, {}}});
  return {};
}

/// What it may change is swept over.
Result<void> Task::come_into_force(Workspace& workspace, std::uint64_t offset, const documents::Change& change) {
  const auto names = processes_of(workspace);
  if (!names) return names.error();
  const auto concerns = [&](const documents::Change& one, const std::string& process) {
    return sla::concerns(one, process, workspace.documents) ||
           alerts::concerns_rules(one, process, workspace.documents);
  };
  if (alerts::Playbook::concerns(change)) {
    read_playbook(workspace);
    for (const auto& [name, process] : workspace.processes) give_judges(workspace, *process);
    if (change.kind != documents::Kind::calendar) start_sweep(workspace, {{}, offset, {}, {}, false});
  }
  for (const auto& [name, process] : workspace.processes) {
    if (concerns(change, name)) give_judges(workspace, *process);
  }
  for (const std::string& name : *names) {
    if (concerns(change, name)) start_sweep(workspace, {name, offset, {}, {}, false});
  }
  return workspace.thresholds.come_into_force(change);
}

/// That the store or a record before knows.
Result<std::vector<std::string>> Task::processes_of(const Workspace& workspace) const {
  std::set<std::string> names;
  for (const auto& [name, process] : workspace.processes) names.insert(name);
  const std::string prefix = workspace.scope.processes();
  const auto scanned = store_.scan(prefix, store::end_of_prefix(prefix), [&](std::string_view key, std::string_view) {
    names.emplace(format::behind(key, prefix));
    return true;
  });
  if (!scanned) return scanned.error();
  return std::vector<std::string>{names.begin(), names.end()};
}

void Task::read_playbook(Workspace& workspace) const {
  const Time now = from_micros(workspace.progress.clock);
  workspace.playbook = alerts::Playbook::read(workspace.documents, now, *options_.calendars);
}

void Task::give_judges(const Workspace& workspace, ProcessState& process) const {
  const Time now = from_micros(workspace.progress.clock);
  process.set_judges({sla::judges_of(workspace.documents, process.name(), now, *options_.calendars),
                      alerts::rules_of(workspace.documents, process.name(), now, *options_.calendars),
                      workspace.playbook});
}

/// Commits, and ends every sweep.
Result<void> Task::settle_all() {
  if (const auto committed = commit(); !committed) return committed;
  while (has_sweeps()) {
    if (const auto advanced = advance_sweeps(); !advanced) return advanced;
  }
  return {};
}

/// A withdrawal is for good: an end that comes after it, sent again, changes nothing.
Result<void> Task::take_upload_mark(Workspace& workspace, const log::Entry& record, const UploadMark& mark) {
  const auto before = fate_of(workspace, mark.upload);
  if (!before) return before.error();
  if (before->withdrawn) return {};
  const bool ended = record.kind == log::Kind::upload_end;
  batch_.put(workspace.scope.upload(mark.upload), encode(StoredFate{!ended, ended ? mark.began : std::nullopt}));
  workspace.uploads.erase(mark.upload);
  if (!ended) {
    workspace.uploads[mark.upload] = {true, Time::max()};
    start_sweep(workspace, {mark.process, record.offset, mark.upload, {}, false});
    return {};
  }
  if (mark.began) workspace.uploads[mark.upload] = {false, from_micros(*mark.began)};
  const auto process = process_state(workspace, mark.process);
  if (!process) return process.error();
  // What was held back as long as the upload went on.
  if ((*process)->notifies()) start_sweep(workspace, {mark.process, record.offset, {}, {}, false});
  return {};
}

/// An upload that ended by a record of an earlier version, which did not say when it began, counts as one that goes on.
Result<UploadFate> Task::fate_of(Workspace& workspace, const std::string& upload) const {
  const auto known = workspace.uploads.find(upload);
  if (known != workspace.uploads.end()) return known->second;
  const auto stored = store_.get(workspace.scope.upload(upload));
  if (!stored) return stored.error();
  UploadFate fate;
  if (*stored) {
    const auto decoded = decode_fate(**stored);
    if (!decoded) return decoded.error();
    fate.withdrawn = decoded->withdrawn;
    if (decoded->began) fate.began = from_micros(*decoded->began);
  }
  return workspace.uploads[upload] = fate;
}

// ---- deliveries -----------------------------------------------------------------------------------------------------

/// What came of an attempt is kept for those who ask.
Result<void> Task::take_delivery(Workspace& workspace, std::uint64_t offset, const alerts::Delivery& delivery) {
  std::string effect;
  const auto counts = take_told(workspace, offset, delivery, effect);
  if (!counts) return counts.error();
  recorded_.emplace_back(delivery.sender, *counts);
  effect_waits_ = true;
  if (!*counts || delivery.event != alerts::Delivery::Event::ended) return {};
  if (delivery.attempt == 0 && delivery.outcome == effects::Outcome::again) return {};
  alerts::Delivery kept = delivery;
  kept.effect = std::move(effect);
  batch_.put(workspace.scope.delivery(to_micros(delivery.time), offset), alerts::encode(kept));
  ++workspace.deliveries_unchecked;
  return {};
}

/// To the ledger of its case, or of its threshold.
Result<bool> Task::take_told(Workspace& workspace, std::uint64_t offset, const alerts::Delivery& delivery,
                             std::string& effect) {
  if (delivery.case_id.empty()) return workspace.thresholds.take(delivery, offset, effect);
  const auto process = process_state(workspace, delivery.process);
  if (!process) return process.error();
  const auto slot = (*process)->find_or_make(delivery.case_id);
  if (!slot) return slot.error();
  if (const auto swept = sweep_first(workspace, **process, **slot); !swept) return swept.error();
  return (*process)->take_delivery(**slot, delivery, offset, effect);
}

Result<void> Task::take_command(Workspace& workspace, const alerts::Command& command) {
  if (command.case_id.empty()) {
    effect_waits_ = true;
    return workspace.thresholds.take(command, workspace.progress.clock);
  }
  const auto process = process_state(workspace, command.process);
  if (!process) return process.error();
  const auto slot = (*process)->find_or_make(command.case_id);
  if (!slot) return slot.error();
  if (const auto swept = sweep_first(workspace, **process, **slot); !swept) return swept;
  (*process)->take_command(**slot, command, workspace.progress.clock);
  effect_waits_ = true;
  return {};
}

void Task::forget_told(Workspace& workspace, ProcessState& process, ProcessState::Slot& slot) {
  for (const alerts::RecordPlace& place : process.forget_told(slot)) {
    batch_.erase(workspace.scope.delivery(to_micros(place.time), place.offset));
  }
}

Result<void> Task::take_erasure(Workspace& workspace, const Erasure& erasure) {
  const auto opened = process_state(workspace, erasure.process);
  if (!opened) return opened.error();
  ProcessState& process = **opened;
  ++process.record().counters.erasures;
  process.mark_changed();
  workspace.erased.insert(erasure.fingerprint);
  batch_.put(workspace.scope.erasure(erasure.process, erasure.fingerprint), {});
  Erasure whole = erasure;
  if (whole.case_id.empty()) {
    const auto found = case_of(workspace, process, erasure);
    if (!found) return found.error();
    if (found->empty()) return {};
    whole.case_id = *found;
  }
  if (const auto dropped = drop_dead_letters_of(workspace, whole); !dropped) return dropped;
  const auto slot = process.find_or_make(whole.case_id);
  if (!slot) return slot.error();
  const bool was_told = !(*slot)->clocks.alerts.ledger.empty();  // also of one whose uploads were withdrawn
  if ((*slot)->state.empty() && !(*slot)->state.facts() && !was_told) return {};
  const auto cleared = (*slot)->state.clear(process.home(**slot), process.names());
  forget_told(workspace, process, **slot);
  process.touch(**slot);
  return cleared;
}

/// A redacted erasure no longer names its case. Its events are gone from the log, but a state that lost its latest
/// commits may still hold it. Empty: it does not. O(cases).
Result<std::string> Task::case_of(const Workspace& workspace, const ProcessState& process,
                                  const Erasure& erasure) const {
  std::string found;
  const auto scanned = process.stored_cases().each(std::nullopt, [&](std::string_view case_id, std::string_view) {
    if (fingerprint_(workspace.scope.workspace(), erasure.process, case_id) == erasure.fingerprint) found = case_id;
    return found.empty();
  });
  if (!scanned) return scanned.error();
  return found;
}

/// They hold the events as they came. O(dead letters).
Result<void> Task::drop_dead_letters_of(Workspace& workspace, const Erasure& erasure) {
  const auto is_of_case = [&](const DeadLetter& letter) {
    const auto event = decode_stored_event(letter.bytes, letter.appended);
    return event && event->process == erasure.process && event->case_id == erasure.case_id;
  };
  std::erase_if(workspace.dead, [&](const auto& fresh) { return is_of_case(fresh.second); });
  const std::string prefix = workspace.scope.dead_letters();
  Result<void> outcome;
  const auto scanned = store_.scan(prefix, store::end_of_prefix(prefix), [&](std::string_view key, auto value) {
    const auto letter = decode_dead_letter(value);
    if (!letter) {
      outcome = letter.error();
    } else if (is_of_case(*letter) && workspace.replayed.insert(letter->offset).second) {
      batch_.erase(std::string{key});
      --workspace.progress.dead_letters;
    }
    return outcome.ok();
  });
  return outcome ? scanned : outcome;
}

Result<void> Task::take_replay(Workspace& workspace, const Replay& replay) {
  std::optional<DeadLetter> letter;
  if (const auto fresh = workspace.dead.find(replay.offset); fresh != workspace.dead.end()) {
    letter = std::move(fresh->second);
    workspace.dead.erase(fresh);
  } else {
    if (!workspace.replayed.insert(replay.offset).second) return {};
    const std::string key = workspace.scope.dead_letter(replay.offset);
    const auto stored = store_.get(key);
    if (!stored) return stored.error();
    if (!*stored) return {};  // replayed before
    auto decoded = decode_dead_letter(**stored);
    if (!decoded) return decoded.error();
    letter = std::move(*decoded);
    batch_.erase(key);
    --workspace.progress.dead_letters;
  }
  Incoming incoming = incoming_of({letter->offset, letter->kind, letter->bytes}, letter->appended);
  return take_event(workspace, incoming);
}

}  // namespace weir::runtime
