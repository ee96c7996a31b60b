#include "stream/runtime/task.hpp"

#include <algorithm>

#include "schemas/codec/event_json.hpp"
#include "stream/ingest/identity.hpp"
#include "stream/ingest/intake.hpp"
#include "stream/log/partitioner.hpp"
#include "stream/runtime/task_parts.hpp"

namespace weir::runtime {

using namespace dataflow;

namespace {

// Events that are decoded, and whose cases are fetched, at once.
constexpr std::size_t group_min = 8;
constexpr std::size_t group_most = 1024;
constexpr std::size_t unknown_case_bytes = 4096;

}  // namespace

Task::Task(store::Store& store, const Operators& operators, Fingerprint fingerprint, TaskOptions options)
    : store_(store), operators_(operators), fingerprint_(std::move(fingerprint)), options_(options) {}
Task::~Task() = default;

Result<std::unique_ptr<Task>> Task::open(store::Store& store, const Operators& operators, Fingerprint fingerprint,
                                         TaskOptions options) {
  return std::unique_ptr<Task>{new Task(store, operators, std::move(fingerprint), options)};
}

Result<Task::Workspace*> Task::workspace(const std::string& name) {
  if (const auto known = workspaces_.find(name); known != workspaces_.end()) return known->second.get();
  auto opened = std::make_unique<Workspace>(store_, name);
  const auto progress = read_progress(store_, name);
  if (!progress) return progress.error();
  opened->progress = *progress;
  opened->deliveries_unchecked = options_.deliveries_max;  // how many there are is not known
  auto documents = documents::Documents::read(store_, opened->scope);
  if (!documents) return documents.error();
  opened->documents = *std::move(documents);
  for (documents::Change& change : opened->documents.after(from_micros(progress->clock))) {
    opened->coming.emplace(to_micros(change.version.effective_at), std::move(change));
  }
  read_playbook(*opened);
  Result<void> sweeps;
  const auto prefix = opened->scope.sweeps();
  const auto scanned = store_.scan(prefix, store::end_of_prefix(prefix), [&](std::string_view, std::string_view value) {
    auto sweep = decode_sweep(value);
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
  auto opened = ProcessState::open(store_, workspace.scope, name, operators_, cases_);
  if (!opened) return opened.error();
  give_judges(workspace, **opened);
  (*opened)->ask_for_uploads([this, &workspace](const std::string& upload) -> Result<Time> {
    const auto fate = fate_of(workspace, upload);
    if (!fate) return fate.error();
    return fate->began;
  });
  return workspace.processes.emplace(name, std::move(*opened)).first->second.get();
}

Result<std::uint64_t> Task::next_offset(const std::string& name) {
  const auto found = workspace(name);
  if (!found) return found.error();
  return (*found)->progress.next_offset;
}

Result<log::Witness> Task::witness(const std::string& name) {
  const auto found = workspace(name);
  if (!found) return found.error();
  const Progress& progress = (*found)->progress;
  if (!progress.has_last) return log::Witness{progress.next_offset, progress.next_offset, {}};
  return log::Witness{progress.next_offset, progress.last_offset, progress.last_content};
}

std::optional<Time> Task::next_due(const std::string& name) const {
  const auto known = workspaces_.find(name);
  if (known == workspaces_.end()) return std::nullopt;
  const Workspace& workspace = *known->second;
  std::optional<std::int64_t> due = workspace.next_due;
  if (due && *due <= workspace.progress.clock) due.reset();
  if (!workspace.coming.empty())
    due = std::min(due.value_or(workspace.coming.begin()->first), workspace.coming.begin()->first);
  return due ? std::optional{from_micros(*due)} : std::nullopt;
}

// ---- records --------------------------------------------------------------------------------------------------------

Result<void> Task::process(const std::string& name, const log::Block& block, std::uint64_t until) {
  const auto found = workspace(name);
  if (!found) return found.error();
  Workspace& workspace = **found;
  std::vector<Incoming> events;
  std::size_t group = group_max();
  for (const log::Entry& record : block.entries()) {
    if (record.offset < workspace.progress.next_offset) continue;
    if (record.offset >= until) break;
    const bool is_event = record.kind == log::Kind::event || record.kind >= log::Kind::produced;
    if (is_event) events.push_back(incoming_of(record, block.append_time()));
    if (is_event && events.size() < group) continue;
    if (const auto taken = take_events(workspace, events); !taken) return taken;
    if (must_commit()) return {};
    group = group_max();
    if (is_event) continue;
    commit_first_ = dirty_ && waits_for_commit(workspace, record);
    if (must_commit()) return {};
    dirty_ = workspace.changed = true;
    if (const auto taken = take_control(workspace, record); !taken) return taken;
    count_taken(workspace, record.offset, record.value);
    if (must_commit()) return {};
  }
  if (const auto taken = take_events(workspace, events); !taken) return taken;
  if (must_commit()) return {};
  if (const std::uint64_t end = std::min(block.end_offset(), until); workspace.progress.next_offset < end) {
    dirty_ = workspace.changed = true;
    workspace.progress.next_offset = end;  // the last offsets are not taken by anything
  }
  return {};
}

/// How many events are decoded, and their cases fetched, at once: there is room for them if they are like what is held.
std::size_t Task::group_max() const {
  const std::size_t room = options_.held_bytes_max - std::min(options_.held_bytes_max, held_bytes());
  const std::size_t usual = cases_.cases == 0 ? unknown_case_bytes : cases_.bytes / cases_.cases;
  return std::clamp(room / std::max<std::size_t>(usual, 1), group_min, group_most);
}

/// As many as there is room for; `events` is empty afterwards.
Result<void> Task::take_events(Workspace& workspace, std::vector<Incoming>& events) {
  if (const auto fetched = prefetch(workspace, events); !fetched) return fetched;
  for (Incoming& incoming : events) {
    if (must_commit()) break;
    dirty_ = workspace.changed = true;
    if (!is_stray(incoming)) {
      if (const auto taken = take_event(workspace, incoming); !taken) return taken;
    }
    count_taken(workspace, incoming.offset, incoming.bytes);
  }
  events.clear();
  return {};
}

void Task::count_taken(Workspace& workspace, std::uint64_t offset, std::string_view bytes) {
  Progress& progress = workspace.progress;
  progress.next_offset = offset + 1;
  if (!options_.placement) return;  // an own log may be redacted, and has digests of its own
  progress.has_last = true;
  progress.last_offset = offset;
  progress.last_content = hash128(bytes);
}

Task::Incoming Task::incoming_of(const log::Entry& record, Time appended) const {
  switch (record.kind) {
    case log::Kind::unsealed:
      return {record.offset, appended, record.value, Error{Code::bad_seal, ""}, record.kind};
    case log::Kind::produced: {
      auto event = decode_produced_event(record.value, appended);
      if (event) ingest::identify(*event);
      return {record.offset, appended, record.value, std::move(event), record.kind};
    }
    default:
      return {record.offset, appended, record.value, decode_stored_event(record.value, appended), log::Kind::event};
  }
}

/// Another producer's event of another shard's case; it is kept for that shard.
bool Task::is_stray(const Incoming& incoming) {
  if (incoming.kind != log::Kind::produced || !incoming.event || !options_.placement) return false;
  const Event& event = *incoming.event;
  const auto [shard, shards] = *options_.placement;
  if (log::partition_of(event.process, event.case_id, shards) == shard) return false;
  strays_.push_back(ingest::address(event, shards));
  return true;
}

Result<void> Task::refuse_next(const std::string& name, const log::Block& block, const Error& why) {
  const auto found = workspace(name);
  if (!found) return found.error();
  Workspace& workspace = **found;
  const auto& entries = block.entries();
  const auto record = std::find_if(entries.begin(), entries.end(), [&](const log::Entry& entry) {
    return entry.offset >= workspace.progress.next_offset;
  });
  const bool is_event =
      record != entries.end() && (record->kind == log::Kind::event || record->kind == log::Kind::produced);
  if (record == entries.end() || (!is_event && record->kind != log::Kind::replay)) return why;
  if (is_event) {
    const Incoming incoming = incoming_of(*record, block.append_time());
    const auto process = incoming.event ? process_state(workspace, incoming.event->process) : nullptr;
    if (!process) return process.error();
    if (const auto refused = refuse(workspace, *process, incoming, why); !refused) return refused;
  }
  workspace.progress.next_offset = record->offset + 1;
  dirty_ = workspace.changed = true;
  return {};
}

Result<void> Task::prefetch(Workspace& workspace, const std::vector<Incoming>& events) {
  std::map<std::string_view, std::vector<std::string_view>> wanted;
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
    const auto fate = fate_of(workspace, event.upload);
    if (!fate) return fate.error();
    if (fate->withdrawn) {
      ++counters.withdrawn;
      const auto erased = is_erased(workspace, process, incoming);
      return erased ? Result<void>{} : erased.error();
    }
  }
  const auto slot = process.find_or_make(event.case_id);
  if (!slot) return slot.error();
  if ((*slot)->state.empty()) {
    const auto erased = is_erased(workspace, process, incoming);
    if (!erased) return erased.error();
    if (*erased) {
      ++counters.refused;
      ++counted_.refused;
      return {};  // no dead letter: it would keep what was erased
    }
  }
  if (process.names().size() >= options_.names_max && process.names().find(event.activity) == no_name) {
    return refuse(workspace, &process, incoming, {Code::cardinality_limit, "activities"});
  }
  if (const auto swept = sweep_first(workspace, process, **slot); !swept) return swept;
  const auto inserted = (*slot)->state.insert(entry_of(event, process.names()), process.home(**slot), process.names());
  if (!inserted) return inserted.error();
  process.weigh(**slot);
  if (*inserted == Insertion::id_conflict) {
    return refuse(workspace, &process, incoming, {Code::id_conflict, "the id was accepted with other content"});
  }
  const bool fresh = *inserted == Insertion::accepted;
  ++(fresh ? counters.accepted : counters.duplicates);
  ++(fresh ? counted_.accepted : counted_.duplicates);
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
    process.weigh(slot);
    if (*had) process.touch(slot);
  }
  return {};
}

Result<void> Task::refuse(Workspace& workspace, ProcessState* process, const Incoming& incoming, const Error& why) {
  if (process != nullptr) {
    ++process->record().counters.refused;
    process->mark_changed();
  }
  ++counted_.refused;
  refused_bytes_ += incoming.bytes.size();
  workspace.dead.insert_or_assign(incoming.offset, DeadLetter{incoming.offset, incoming.appended, why.code, why.detail,
                                                              std::string{incoming.bytes}, incoming.kind});
  return {};
}

/// The case is gone for good. Then the offset of the record is kept, so that its bytes leave the log.
Result<bool> Task::is_erased(Workspace& workspace, ProcessState& process, const Incoming& incoming) {
  if (process.record().counters.erasures == 0) return false;
  const Hash128 fingerprint = fingerprint_(workspace.scope.workspace(), process.name(), incoming.event->case_id);
  std::string key = workspace.scope.erasure(process.name(), fingerprint);
  if (!workspace.erased.contains(fingerprint)) {
    const auto stored = store_.get(key);
    if (!stored) return stored.error();
    if (!*stored) return false;
  }
  batch_.put(std::move(key), encode(SentAgain{incoming.offset, incoming.appended}));
  return true;
}

}  // namespace weir::runtime
