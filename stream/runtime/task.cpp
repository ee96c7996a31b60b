#include "stream/runtime/task.hpp"

#include <algorithm>

#include "schemas/base/check.hpp"
#include "schemas/codec/event_json.hpp"
#include "stream/dataflow/stored.hpp"
#include "stream/ingest/identity.hpp"

namespace weir::runtime {

using namespace dataflow;

// ---- stored forms ---------------------------------------------------------------------------------------------------

namespace {

constexpr std::uint8_t version = 1;
constexpr std::string_view upload_ended = "e";
constexpr std::string_view upload_withdrawn = "w";

}  // namespace

std::string encode(const DeadLetter& letter) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(version);
  out.number(letter.offset);
  out.signed_number(to_micros(letter.appended));
  out.text(name_of(letter.code));
  out.text(letter.detail);
  out.text(letter.bytes);
  return bytes;
}

Result<DeadLetter> decode_dead_letter(std::string_view bytes) {
  format::Decoder in{bytes};
  if (in.byte() != version) return Error{Code::state_format, "a dead letter has an unknown version"};
  DeadLetter letter;
  letter.offset = in.number();
  letter.appended = from_micros(in.signed_number());
  letter.code = code_named(in.text()).value_or(Code::internal);
  letter.detail = in.text();
  letter.bytes = in.text();
  if (!in.ok()) return Error{Code::state_format, "a dead letter is damaged"};
  return letter;
}

std::string encode(const Progress& progress) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(version);
  out.number(progress.next_offset);
  out.signed_number(progress.clock);
  out.number(progress.dead_letters);
  return bytes;
}

Result<Progress> decode_progress(std::string_view bytes) {
  format::Decoder in{bytes};
  if (in.byte() != version) return Error{Code::state_format, "the progress of a shard has an unknown version"};
  Progress progress;
  progress.next_offset = in.number();
  progress.clock = in.signed_number();
  progress.dead_letters = in.number();
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "the progress of a shard is damaged"};
  return progress;
}

// ---- what a task holds ----------------------------------------------------------------------------------------------

/// Goes over the cases of a process: to take back an upload, or (no upload) to judge them by new settings.
struct Task::Sweep {
  std::string process;
  std::uint64_t offset = 0;  // of the record that asked for it
  std::string upload;
  std::string cursor;  // case ids up to and including this one are done
  bool begun = false;

  std::string encoded() const {
    std::string bytes;
    format::Encoder out{bytes};
    out.byte(version);
    out.text(process);
    out.number(offset);
    out.text(upload);
    out.byte(begun ? 1 : 0);
    out.text(cursor);
    return bytes;
  }
  static Result<Sweep> decode(std::string_view bytes) {
    format::Decoder in{bytes};
    if (in.byte() != version) return Error{Code::state_format, "a sweep has an unknown version"};
    Sweep sweep;
    sweep.process = in.text();
    sweep.offset = in.number();
    sweep.upload = in.text();
    sweep.begun = in.byte() == 1;
    sweep.cursor = in.text();
    if (!in.ok()) return Error{Code::state_format, "a sweep is damaged"};
    return sweep;
  }
};

/// An event on its way in, with the record that it came in.
struct Task::Incoming {
  std::uint64_t offset = 0;
  Time appended{};
  std::string_view bytes;
  Result<Event> event{Event{}};
};

struct Task::Workspace {
  explicit Workspace(const std::string& name) : scope(name) {}

  format::Scope scope;
  Progress progress;
  std::map<std::string, std::unique_ptr<ProcessState>, std::less<>> processes;
  std::vector<Sweep> sweeps;
  std::map<std::string, bool> withdrawn;     // uploads looked up since the last commit
  std::set<Hash128> erased;                  // fingerprints not written yet
  std::map<std::uint64_t, DeadLetter> dead;  // not written yet
  std::optional<std::int64_t> next_due;
  bool changed = false;
};

Task::Task(store::Store& store, const Operators& operators, Fingerprint fingerprint, TaskOptions options)
    : store_(store), operators_(operators), fingerprint_(std::move(fingerprint)), options_(options) {}
Task::~Task() = default;

Result<std::unique_ptr<Task>> Task::open(store::Store& store, const Operators& operators, Fingerprint fingerprint,
                                         TaskOptions options) {
  return std::unique_ptr<Task>{new Task(store, operators, std::move(fingerprint), options)};
}

Result<Task::Workspace*> Task::workspace(const std::string& name) {
  if (const auto known = workspaces_.find(name); known != workspaces_.end()) return known->second.get();
  auto opened = std::make_unique<Workspace>(name);
  auto stored = store_.get(opened->scope.progress());
  if (!stored) return stored.error();
  if (*stored) {
    auto progress = decode_progress(**stored);
    if (!progress) return progress.error();
    opened->progress = *progress;
  }
  Result<void> sweeps;
  const auto prefix = opened->scope.sweeps();
  const auto scanned = store_.scan(prefix, store::end_of_prefix(prefix), [&](std::string_view, std::string_view value) {
    auto sweep = Sweep::decode(value);
    if (!sweep) {
      sweeps = sweep.error();
      return false;
    }
    opened->sweeps.push_back(std::move(*sweep));
    return true;
  });
  if (!scanned) return scanned.error();
  if (!sweeps) return sweeps.error();
  const auto timers = opened->scope.timers();
  const auto first = store_.scan(timers, store::end_of_prefix(timers), [&](std::string_view key, std::string_view) {
    opened->next_due = format::from_ordered(format::read_big_endian(format::behind(key, timers).substr(0, 8)));
    return false;
  });
  if (!first) return first.error();
  return workspaces_.emplace(name, std::move(opened)).first->second.get();
}

Result<ProcessState*> Task::process_state(Workspace& workspace, const std::string& name) {
  if (const auto known = workspace.processes.find(name); known != workspace.processes.end()) {
    return known->second.get();
  }
  auto opened = ProcessState::open(store_, workspace.scope, name, operators_);
  if (!opened) return opened.error();
  return workspace.processes.emplace(name, std::move(*opened)).first->second.get();
}

Result<std::uint64_t> Task::next_offset(const std::string& name) {
  const auto found = workspace(name);
  if (!found) return found.error();
  return (*found)->progress.next_offset;
}

std::optional<Time> Task::next_due(const std::string& name) const {
  const auto known = workspaces_.find(name);
  if (known == workspaces_.end() || !known->second->next_due) return std::nullopt;
  return from_micros(*known->second->next_due);
}

// ---- records --------------------------------------------------------------------------------------------------------

Result<void> Task::process(const std::string& name, const log::Block& block) {
  const auto found = workspace(name);
  if (!found) return found.error();
  Workspace& workspace = **found;
  std::vector<Incoming> events;
  const auto take_events = [&]() -> Result<void> {
    if (const auto fetched = prefetch(workspace, events); !fetched) return fetched;
    for (Incoming& incoming : events) {
      if (const auto taken = take_event(workspace, incoming); !taken) return taken;
    }
    events.clear();
    return {};
  };
  for (const log::Entry& record : block.entries()) {
    if (record.offset < workspace.progress.next_offset) continue;
    dirty_ = workspace.changed = true;
    if (record.kind == log::Kind::event) {
      events.push_back(
          {record.offset, block.append_time(), record.value, decode_stored_event(record.value, block.append_time())});
    } else {
      if (const auto taken = take_events(); !taken) return taken;
      if (const auto taken = take_control(workspace, record); !taken) return taken;
    }
    workspace.progress.next_offset = record.offset + 1;
  }
  return take_events();
}

Result<void> Task::prefetch(Workspace& workspace, const std::vector<Incoming>& events) {
  std::map<std::string_view, std::vector<std::string>> wanted;
  for (const Incoming& incoming : events) {
    if (incoming.event) wanted[incoming.event->process].push_back(incoming.event->case_id);
  }
  for (auto& [name, case_ids] : wanted) {
    const auto process = process_state(workspace, std::string{name});
    if (!process) return process.error();
    if (const auto fetched = (*process)->prefetch(std::move(case_ids)); !fetched) return fetched;
  }
  return {};
}

namespace {

Entry entry_of(Event& event, Names& names) {
  Entry entry;
  entry.identity = ingest::identity_hash(event.source, event.id);
  entry.content = ingest::content_hash(event).low;
  entry.began = to_micros(event.began());
  entry.ended = to_micros(event.timestamp);
  entry.has_start = event.start.has_value();
  entry.lifecycle = lifecycle_of(event.lifecycle);
  entry.activity = names.intern(event.activity);
  entry.resource = names.intern(event.resource);
  entry.source = names.intern(event.source);
  entry.bringers = {{names.intern(event.upload), event.sequence}};
  const bool other = entry.lifecycle == Lifecycle::other;
  entry.detail = pack({std::move(event.id), std::move(event.instance),
                       other ? std::move(event.lifecycle) : std::string{}, std::move(event.attributes)});
  return entry;
}

}  // namespace

Result<void> Task::take_event(Workspace& workspace, Incoming& incoming) {
  if (!incoming.event) return refuse(workspace, nullptr, incoming, incoming.event.error());
  Event& event = *incoming.event;
  const auto opened = process_state(workspace, event.process);
  if (!opened) return opened.error();
  ProcessState& process = **opened;
  process.mark_changed();  // a counter, whatever the verdict
  ProcessCounters& counters = process.record().counters;
  if (!event.upload.empty()) {
    auto [known, fresh] = workspace.withdrawn.try_emplace(event.upload, false);
    if (fresh) {
      auto mark = store_.get(workspace.scope.upload(event.upload));
      if (!mark) return mark.error();
      known->second = *mark == upload_withdrawn;
    }
    if (known->second) {
      ++counters.withdrawn;
      return {};
    }
  }
  const auto slot = process.find_or_make(event.case_id);
  if (!slot) return slot.error();
  if ((*slot)->state.empty() && counters.erasures > 0) {
    const auto erased = is_erased(workspace, process, event.case_id);
    if (!erased) return erased.error();
    if (*erased) {
      ++counters.refused;
      ++counters_.refused;
      return {};  // no dead letter: it would keep what was erased
    }
  }
  if (process.names().size() >= options_.names_max && process.names().find(event.activity) == no_name) {
    return refuse(workspace, &process, incoming, {Code::cardinality_limit, "activities"});
  }
  if (const auto swept = sweep_first(workspace, process, **slot); !swept) return swept;
  const auto inserted = (*slot)->state.insert(entry_of(event, process.names()), process.home(**slot), process.names());
  if (!inserted) return inserted.error();
  if (*inserted == Insertion::id_conflict) {
    return refuse(workspace, &process, incoming, {Code::id_conflict, "the id was accepted with other content"});
  }
  const bool fresh = *inserted == Insertion::accepted;
  ++(fresh ? counters.accepted : counters.duplicates);
  ++(fresh ? counters_.accepted : counters_.duplicates);
  process.touch(**slot);
  return {};
}

/// What a sweep has still to take from this case goes before anything comes to it: whether an event is a conflict must
/// not depend on how far the sweep is.
Result<void> Task::sweep_first(Workspace& workspace, ProcessState& process, ProcessState::Slot& slot) {
  for (const Sweep& sweep : workspace.sweeps) {
    if (sweep.upload.empty() || sweep.process != process.name()) continue;
    const NameId upload = process.names().find(sweep.upload);
    if (upload == no_name) continue;
    const auto had = slot.state.withdraw(upload, process.home(slot), process.names());
    if (!had) return had.error();
    if (*had) process.touch(slot);
  }
  return {};
}

Result<void> Task::refuse(Workspace& workspace, ProcessState* process, const Incoming& incoming, const Error& why) {
  if (process != nullptr) ++process->record().counters.refused;
  ++counters_.refused;
  workspace.dead.insert_or_assign(incoming.offset, DeadLetter{incoming.offset, incoming.appended, why.code, why.detail,
                                                              std::string{incoming.bytes}});
  return {};
}

Result<bool> Task::is_erased(Workspace& workspace, ProcessState& process, const std::string& case_id) {
  const Hash128 fingerprint = fingerprint_(workspace.scope.workspace(), process.name(), case_id);
  if (workspace.erased.contains(fingerprint)) return true;
  const auto stored = store_.get(workspace.scope.erasure(process.name(), fingerprint));
  if (!stored) return stored.error();
  return stored->has_value();
}

Result<void> Task::take_control(Workspace& workspace, const log::Entry& record) {
  const std::uint64_t offset = record.offset;
  switch (record.kind) {
    case log::Kind::tick: {
      const auto tick = decode_tick(record.value);
      return tick ? take_tick(workspace, *tick) : tick.error();
    }
    case log::Kind::upload_end:
    case log::Kind::upload_abort:
    case log::Kind::withdraw: {
      const auto mark = decode_upload_mark(record.value);
      if (!mark) return mark.error();
      const bool ended = record.kind == log::Kind::upload_end;
      if (ended && workspace.withdrawn[mark->upload]) return {};
      batch_.put(workspace.scope.upload(mark->upload), std::string{ended ? upload_ended : upload_withdrawn});
      if (ended) return {};
      workspace.withdrawn[mark->upload] = true;
      start_sweep(workspace, {mark->process, offset, mark->upload, {}, false});
      return {};
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
    case log::Kind::replay: {
      const auto replay = decode_replay(record.value);
      return replay ? take_replay(workspace, *replay) : replay.error();
    }
    case log::Kind::event:
    case log::Kind::redacted:
      return {};
  }
  return Error{Code::state_format, "a record of the log is of a kind that this version does not know"};
}

Result<void> Task::take_tick(Workspace& workspace, const Tick& tick) {
  workspace.progress.clock = std::max(workspace.progress.clock, tick.time);
  // Timers that this commit sets are not in the store yet; their cases are judged by the new clock when they settle.
  const std::string from = workspace.scope.timers();
  std::string to = from;
  format::append_big_endian(to, format::ordered(workspace.progress.clock + 1));
  std::vector<std::string> due;
  const auto scanned = store_.scan(from, to, [&](std::string_view key, std::string_view) {
    due.emplace_back(key);
    return true;
  });
  if (!scanned) return scanned;
  for (std::string& key : due) {
    const std::string_view rest = format::behind(key, from).substr(8);
    const std::size_t split = rest.find('\0');
    const auto process = process_state(workspace, std::string{rest.substr(0, split)});
    if (!process) return process.error();
    const auto slot = (*process)->find(rest.substr(split + 1));
    if (!slot) return slot.error();
    if (*slot != nullptr) {
      (*slot)->state.timer_due.reset();
      (*process)->touch(**slot);
    }
    batch_.erase(std::move(key));
  }
  return {};
}

Result<void> Task::take_erasure(Workspace& workspace, const Erasure& erasure) {
  const auto opened = process_state(workspace, erasure.process);
  if (!opened) return opened.error();
  ProcessState& process = **opened;
  ++process.record().counters.erasures;
  process.mark_changed();
  workspace.erased.insert(erasure.fingerprint);
  batch_.put(workspace.scope.erasure(erasure.process, erasure.fingerprint), {});
  if (erasure.case_id.empty()) return {};
  const auto slot = process.find(erasure.case_id);
  if (!slot) return slot.error();
  if (*slot == nullptr) return {};
  process.touch(**slot);
  return (*slot)->state.clear(process.home(**slot), process.names());
}

Result<void> Task::take_replay(Workspace& workspace, const Replay& replay) {
  std::optional<DeadLetter> letter;
  if (const auto fresh = workspace.dead.find(replay.offset); fresh != workspace.dead.end()) {
    letter = std::move(fresh->second);
    workspace.dead.erase(fresh);
  } else {
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
  Incoming incoming{letter->offset, letter->appended, letter->bytes,
                    decode_stored_event(letter->bytes, letter->appended)};
  return take_event(workspace, incoming);
}

// ---- sweeps ---------------------------------------------------------------------------------------------------------

void Task::start_sweep(Workspace& workspace, Sweep sweep) {
  batch_.put(workspace.scope.sweep(sweep.process, sweep.offset), sweep.encoded());
  workspace.sweeps.push_back(std::move(sweep));
}

bool Task::has_sweeps() const {
  return std::any_of(workspaces_.begin(), workspaces_.end(),
                     [](const auto& one) { return !one.second->sweeps.empty(); });
}

Result<void> Task::advance_sweeps() {
  // The scan reads the store, so what is pending must be in it.
  if (const auto committed = commit(); !committed) return committed;
  std::size_t budget = options_.sweep_cases_max;
  for (auto& [name, workspace] : workspaces_) {
    while (!workspace->sweeps.empty() && budget > 0) {
      Sweep& sweep = workspace->sweeps.front();
      const std::size_t before = budget;
      if (const auto advanced = advance(*workspace, sweep, budget); !advanced) return advanced;
      dirty_ = workspace->changed = true;
      const std::string key = workspace->scope.sweep(sweep.process, sweep.offset);
      if (budget == 0 && before > 0) {
        batch_.put(key, sweep.encoded());
        break;
      }
      batch_.erase(key);
      workspace->sweeps.erase(workspace->sweeps.begin());
    }
  }
  return commit();
}

Result<void> Task::advance(Workspace& workspace, Sweep& sweep, std::size_t& budget) {
  const auto opened = process_state(workspace, sweep.process);
  if (!opened) return opened.error();
  ProcessState& process = **opened;
  const std::string records = workspace.scope.records(sweep.process);
  std::string from = workspace.scope.record(sweep.process, sweep.cursor);
  if (sweep.begun) from.push_back('\0');  // the first key behind the cursor's
  std::vector<std::string> case_ids;
  const auto scanned = store_.scan(from, store::end_of_prefix(records), [&](std::string_view key, std::string_view) {
    case_ids.emplace_back(format::behind(key, records));
    return --budget > 0;
  });
  if (!scanned) return scanned;
  if (!case_ids.empty()) {
    sweep.cursor = case_ids.back();
    sweep.begun = true;
  }
  if (const auto fetched = process.prefetch(case_ids); !fetched) return fetched;
  const NameId upload = process.names().find(sweep.upload);
  for (const std::string& case_id : case_ids) {
    const auto slot = process.find(case_id);
    if (!slot) return slot.error();
    if (*slot == nullptr) continue;
    if (!sweep.upload.empty()) {
      if (upload == no_name) continue;
      const auto had = (*slot)->state.withdraw(upload, process.home(**slot), process.names());
      if (!had) return had.error();
      if (!*had) continue;
    }
    process.touch(**slot);
  }
  return {};
}

bool Task::has_exhausted() const {
  return std::any_of(workspaces_.begin(), workspaces_.end(), [](const auto& one) {
    const auto& processes = one.second->processes;
    return std::any_of(processes.begin(), processes.end(),
                       [](const auto& named) { return named.second->has_exhausted(); });
  });
}

Result<void> Task::refill_extremes() {
  if (const auto committed = commit(); !committed) return committed;
  for (auto& [name, workspace] : workspaces_) {
    for (auto& [process_name, process] : workspace->processes) {
      if (!process->has_exhausted()) continue;
      if (const auto refilled = process->refill_extremes(workspace->progress.clock); !refilled) return refilled;
      dirty_ = workspace->changed = true;
    }
  }
  return {};
}

// ---- commit ---------------------------------------------------------------------------------------------------------

Result<void> Task::commit() {
  if (!dirty_) return {};
  for (auto& [name, workspace] : workspaces_) {
    if (!workspace->changed) continue;
    if (const auto gathered = commit_workspace(*workspace); !gathered) return gathered;
  }
  batch_.sort();
  // Not synced: the log replays what a loss of power takes.
  if (const auto written = store_.write(batch_, store::Durability::buffered); !written) return written;
  ++counters_.commits;
  counters_.commit_bytes += batch_.bytes();
  batch_.clear();
  dirty_ = false;
  shrink();
  return {};
}

Result<void> Task::commit_workspace(Workspace& workspace) {
  const bool fired = workspace.next_due && *workspace.next_due <= workspace.progress.clock;
  if (fired) workspace.next_due.reset();
  for (auto& [name, process] : workspace.processes) {
    if (!process->changed()) continue;
    if (const auto committed = process->commit(workspace.progress.clock, batch_); !committed) return committed;
    if (const auto due = process->earliest_due()) {
      workspace.next_due = std::min(workspace.next_due.value_or(*due), *due);
    }
  }
  for (auto& [offset, letter] : workspace.dead) {
    batch_.put(workspace.scope.dead_letter(offset), encode(letter));
    ++workspace.progress.dead_letters;
  }
  workspace.dead.clear();
  if (const auto dropped = drop_old_dead_letters(workspace); !dropped) return dropped;
  workspace.erased.clear();
  workspace.withdrawn.clear();
  workspace.changed = false;
  if (fired) {
    if (const auto looked = look_for_timers(workspace); !looked) return looked;
  }
  batch_.put(workspace.scope.progress(), encode(workspace.progress));
  return {};
}

/// The first timer in the store behind those that the clock has passed.
Result<void> Task::look_for_timers(Workspace& workspace) {
  const std::string prefix = workspace.scope.timers();
  std::string from = prefix;
  format::append_big_endian(from, format::ordered(workspace.progress.clock + 1));
  return store_.scan(from, store::end_of_prefix(prefix), [&](std::string_view key, std::string_view) {
    const auto due = format::from_ordered(format::read_big_endian(format::behind(key, prefix).substr(0, 8)));
    workspace.next_due = std::min(workspace.next_due.value_or(due), due);
    return false;
  });
}

Result<void> Task::drop_old_dead_letters(Workspace& workspace) {
  if (workspace.progress.dead_letters <= options_.dead_letters_max) return {};
  std::uint64_t surplus = workspace.progress.dead_letters - options_.dead_letters_max;
  const std::string prefix = workspace.scope.dead_letters();
  return store_.scan(prefix, store::end_of_prefix(prefix), [&](std::string_view key, std::string_view) {
    batch_.erase(std::string{key});
    --workspace.progress.dead_letters;
    ++counters_.dead_letters_dropped;
    return --surplus > 0;
  });
}

void Task::shrink() {
  std::size_t bytes = 0;
  for (const auto& [name, workspace] : workspaces_) {
    for (const auto& [process_name, process] : workspace->processes) bytes += process->bytes();
  }
  if (bytes <= options_.cache_bytes) return;
  for (const auto& [name, workspace] : workspaces_) {
    for (const auto& [process_name, process] : workspace->processes) {
      const auto share = static_cast<double>(process->bytes()) / static_cast<double>(bytes);
      process->shrink_to(static_cast<std::size_t>(share * static_cast<double>(options_.cache_bytes) * 3 / 4));
    }
  }
}

}  // namespace weir::runtime
