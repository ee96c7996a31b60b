#include "stream/runtime/process_state.hpp"

#include <algorithm>

#include "stream/dataflow/stored.hpp"
#include "stream/dataflow/whole_case.hpp"

namespace weir::runtime {

using namespace dataflow;

Completion completion_of(const ProcessSettings& settings, const Names& names, std::int64_t clock) {
  Completion completion;
  completion.declared = settings.declares_completion();
  completion.inactivity_micros = settings.inactivity_micros;
  completion.retain_micros = settings.retain_micros;
  completion.archives = settings.archives;
  completion.clock = clock;
  for (const std::string& activity : settings.end_activities) {
    if (const NameId id = names.find(activity); id != no_name) completion.end_activities.push_back(id);
  }
  std::sort(completion.end_activities.begin(), completion.end_activities.end());
  return completion;
}

ProcessState::ProcessState(const store::Reader& store, const format::Scope& scope, std::string name,
                           const Operators& operators, CasesHeld& held)
    : store_(store), scope_(scope), name_(std::move(name)), operators_(operators), held_(held) {}

ProcessState::~ProcessState() {
  held_.cases -= slots_.size();
  held_.bytes -= case_bytes_;
}

Result<std::unique_ptr<ProcessState>> ProcessState::open(const store::Reader& store, const format::Scope& scope,
                                                         std::string name, const Operators& operators,
                                                         CasesHeld& held) {
  std::unique_ptr<ProcessState> process{new ProcessState(store, scope, std::move(name), operators, held)};
  auto stored = store.get(scope.process(process->name_));
  if (!stored) return stored.error();
  if (*stored) {
    auto record = decode_process_record(**stored);
    if (!record) return record.error();
    process->record_ = std::move(*record);
  } else {
    process->record_changed_ = true;
  }
  if (const auto read = read_names(store, scope, process->name_, process->names_); !read) return read.error();
  process->views_ = Views{[raw = process.get()](const CellKey& page) { return raw->store_.get(raw->key_of(page)); },
                          process->record_.variants};
  if (process->record_.exhausted) {
    if (const auto found = process->find_exhausted(); !found) return found.error();
  }
  return process;
}

Result<void> ProcessState::find_exhausted() {
  const std::string prefix = scope_.cells(name_);
  Result<void> read;
  const auto scanned =
      store_.scan(prefix, store::end_of_prefix(prefix), [&](std::string_view key, std::string_view value) {
        const std::string_view rest = format::behind(key, prefix);
        const CellKey page{static_cast<Table>(rest[0]), format::read_big_endian(rest.substr(1, 8)),
                           format::read_big_endian(rest.substr(9))};
        read = read_page(page, value, [this](const CellKey& cell_key, const Cell& cell) {
          if (cell.exhausted()) views_.note_exhausted(cell_key);
        });
        return read.ok();
      });
  return scanned ? read : scanned;
}

std::string ProcessState::key_of(const CellKey& page) const {
  return scope_.cell(name_, static_cast<std::uint8_t>(page.table), page.a, page.b);
}

void ProcessState::set_settings(ProcessSettings settings) {
  record_.settings = std::move(settings);
  record_changed_ = settings_changed_ = true;
}

void ProcessState::set_judges(Judges judges) {
  judges_ = std::move(judges);
  notifies_ = judges_.notify();
  // Not with the first clock: that there was one for a while depends on where commits lie.
  if (!judges_.empty() && !record_.clocked) record_.clocked = record_changed_ = true;
}

void ProcessState::keep(std::string_view case_id, CaseState state, KeptClocks clocks) {
  slots_.push_front({std::string{case_id}, std::move(state), std::move(clocks)});
  Slot& slot = slots_.front();
  by_id_.emplace(slot.case_id, slots_.begin());
  ++held_.cases;
  weigh(slot);
}

void ProcessState::weigh(Slot& slot) {
  const std::size_t bytes =
      sizeof slot - sizeof slot.state + slot.case_id.size() + slot.state.bytes() + slot.clocks.bytes();
  case_bytes_ += bytes - slot.bytes;
  held_.bytes += bytes - slot.bytes;
  slot.bytes = bytes;
}

Result<void> ProcessState::prefetch(std::vector<std::string_view> case_ids) {
  std::erase_if(case_ids, [&](std::string_view id) { return by_id_.contains(id); });
  std::sort(case_ids.begin(), case_ids.end());
  case_ids.erase(std::unique(case_ids.begin(), case_ids.end()), case_ids.end());
  if (case_ids.empty()) return {};
  const auto stored = stored_cases().records(case_ids);
  if (!stored) return stored.error();
  auto clocks = read_clocks(case_ids);
  if (!clocks) return clocks.error();
  for (std::size_t i = 0; i < case_ids.size(); ++i) {
    if (!(*stored)[i]) {
      // Known to be absent: an empty case, gone with the next shrink.
      keep(case_ids[i], CaseState{}, std::move((*clocks)[i]));
      continue;
    }
    const std::string case_id{case_ids[i]};
    auto state = CaseState::decode(*(*stored)[i], {store_, scope_, name_, case_id}, names_);
    if (!state) return state.error();
    keep(case_id, std::move(*state), std::move((*clocks)[i]));
  }
  return {};
}

/// One for each case.
Result<std::vector<KeptClocks>> ProcessState::read_clocks(const std::vector<std::string_view>& case_ids) const {
  std::vector<KeptClocks> clocks(case_ids.size());
  if (!record_.clocked) return clocks;
  std::vector<std::string> keys;
  for (const std::string_view id : case_ids) keys.push_back(scope_.clocks(name_, id));
  const auto stored = store_.multi_get(keys);
  if (!stored) return stored.error();
  for (std::size_t i = 0; i < clocks.size(); ++i) {
    if (!(*stored)[i]) continue;
    auto kept = decode_kept_clocks(*(*stored)[i]);
    if (!kept) return kept.error();
    clocks[i] = *std::move(kept);
  }
  return clocks;
}

Result<ProcessState::Slot*> ProcessState::find_or_make(std::string_view case_id) {
  auto known = by_id_.find(case_id);
  if (known == by_id_.end()) {
    if (const auto fetched = prefetch({case_id}); !fetched) return fetched.error();
    known = by_id_.find(case_id);
  }
  // What is touched stays until the commit, and has been moved to the front since the last.
  if (!known->second->touched) slots_.splice(slots_.begin(), slots_, known->second);
  return &*known->second;
}

Result<ProcessState::Slot*> ProcessState::find(std::string_view case_id) {
  auto slot = find_or_make(case_id);
  if (slot && (*slot)->state.empty() && !(*slot)->state.facts()) return static_cast<Slot*>(nullptr);
  return slot;
}

void ProcessState::touch(Slot& slot) {
  weigh(slot);
  if (slot.touched) return;
  slot.touched = true;
  touched_.push_back(&slot);
}

Result<void> ProcessState::let_leave(Slot& slot, std::int64_t tick) {
  if (record_.settings.archives) return {};
  Completion keeping;
  keeping.retain_micros = record_.settings.retain_micros;
  if (!slot.state.facts() || !keeping.leaves(*slot.state.facts(), tick)) return {};
  const auto cleared = slot.state.clear(home(slot), names_);
  weigh(slot);
  return cleared;
}

void ProcessState::set_timer(Slot& slot, std::optional<std::int64_t> due, store::Batch& batch) {
  std::optional<std::int64_t>& kept = slot.state.timer_due;
  // A timer that fires early only looks again; so a case that goes on keeps the one it has.
  const bool stays = kept && !slot.state.empty() && (!due || *kept <= *due);
  if (stays || (!kept && !due)) return;
  if (kept) batch.erase(scope_.timer(*kept, name_, slot.case_id));
  kept = due;
  if (!due) return;
  batch.put(scope_.timer(*due, name_, slot.case_id), {});
  earliest_due_ = earliest_due_ ? std::min(*earliest_due_, *due) : *due;
}

/// How the case stands under the policies now. O(events).
Result<CaseClocks> ProcessState::judge(Slot& slot, std::int64_t clock) const {
  if (judges_.empty()) return CaseClocks{};
  std::vector<Event> events;
  const auto listed = slot.state.each(home(slot), names_, [&](const Entry& entry) {
    events.push_back(to_event(entry, names_));
    events.back().case_id = slot.case_id;
  });
  if (!listed) return listed.error();
  return judge_clocks(judges_, subject(slot), events, slot.clocks.alerts.commands, clock);
}

/// Up to when nothing of the case is told for the first time: the begin of the uploads that alone brought some of its
/// events. O(events).
Result<Time> ProcessState::quiet_until(Slot& slot) const {
  std::set<std::vector<NameId>> brought;  // by which uploads
  const auto listed = slot.state.each(home(slot), names_, [&](const Entry& entry) {
    std::vector<NameId> uploads;
    for (const Bringer& one : entry.bringers) {
      if (names_.text(one.upload).empty()) return;  // it was posted, too
      uploads.push_back(one.upload);
    }
    brought.insert(std::move(uploads));
  });
  if (!listed) return listed.error();
  Time quiet = Time::min();
  for (const auto& uploads : brought) {
    Time began = Time::max();
    for (const NameId upload : uploads) {
      const auto of_one = upload_began_(std::string{names_.text(upload)});
      if (!of_one) return of_one.error();
      began = std::min(began, *of_one);
    }
    quiet = std::max(quiet, began);
  }
  return quiet;
}

bool ProcessState::take_delivery(Slot& slot, const alerts::Delivery& delivery, std::uint64_t offset,
                                 std::string& effect) {
  alerts::Ledger& ledger = slot.clocks.alerts.ledger;
  if (slot.state.empty() && ledger.empty()) return false;  // it was erased, or has left
  const alerts::Told* const told = ledger.find(delivery.telling.notice, delivery.telling.target);
  effect = told == nullptr || told->effect.empty() ? delivery.effect : told->effect;
  if (!ledger.take(delivery, offset)) return false;
  if (!record_.clocked) record_.clocked = record_changed_ = true;
  slot.told_changed = true;
  touch(slot);
  return true;
}

void ProcessState::take_command(Slot& slot, const alerts::Command& command, std::int64_t tick) {
  if (slot.state.empty() && slot.clocks.alerts.ledger.empty()) return;  // it was erased, or has left
  if (!slot.clocks.alerts.commands.take(command, from_micros(tick))) return;
  if (!record_.clocked) record_.clocked = record_changed_ = true;
  slot.told_changed = true;
  touch(slot);
}

std::vector<alerts::RecordPlace> ProcessState::forget_told(Slot& slot) {
  std::vector<alerts::RecordPlace> places;
  for (const alerts::Told& one : slot.clocks.alerts.ledger.all()) {
    places.insert(places.end(), one.records.begin(), one.records.end());
  }
  slot.told_changed = slot.told_changed || !slot.clocks.alerts.empty();
  slot.clocks.alerts.ledger = {};
  slot.clocks.alerts.commands = {};
  return places;
}

Result<void> ProcessState::write_clocks(Slot& slot, const CaseClocks& now, store::Batch& batch) {
  KeptClocks kept = kept_of(now);
  kept.alerts = slot.clocks.alerts;
  if (!now.alerts.empty() || !kept.alerts.empty()) {
    const auto quiet = now.alerts.empty() || !notifies_ ? Result<Time>{Time::min()} : quiet_until(slot);
    if (!quiet) return quiet.error();
    for (std::string& target : make_rows(scope_, subject(slot), now.alerts, *quiet, kept.alerts, batch)) {
      addressed_.insert(std::move(target));
    }
  }
  for (const OpenClockPlace& place : slot.clocks.open) {
    if (std::binary_search(kept.open.begin(), kept.open.end(), place)) continue;
    batch.erase(scope_.open_clock(name_, place.due, slot.case_id, place.measure));
  }
  for (const OpenClock& one : now.open) {
    const OpenClockPlace place = place_of(one);
    batch.put(scope_.open_clock(name_, place.due, slot.case_id, place.measure), encode(one));
  }
  if (kept == slot.clocks && !slot.told_changed) return {};
  slot.told_changed = false;
  kept.empty() ? batch.erase(scope_.clocks(name_, slot.case_id))
               : batch.put(scope_.clocks(name_, slot.case_id), encode(kept));
  slot.clocks = std::move(kept);
  return {};
}

Result<void> ProcessState::settle(Slot& slot, const Completion& completion, store::Batch& batch) {
  const CaseHome at = home(slot);
  const auto clocks = judge(slot, completion.clock);
  if (!clocks) return clocks.error();
  const auto settled =
      slot.state.settle(at, names_, completion, {slot.clocks.tallies, clocks->tallies}, operators_, views_, settling_);
  if (!settled) return settled;
  if (views_.error()) return *views_.error();
  if (const auto written = write_clocks(slot, *clocks, batch); !written) return written;
  std::optional<std::int64_t> due = slot.state.facts() ? completion.due(*slot.state.facts()) : std::nullopt;
  if (clocks->next) due = due ? std::min(*due, *clocks->next) : clocks->next;
  set_timer(slot, due, batch);
  return write(slot, completion, batch);
}

/// Where it belongs: to the cases that are kept, or into the archive.
Result<void> ProcessState::write(Slot& slot, const Completion& completion, store::Batch& batch) {
  const bool was_archived = slot.state.archived();
  const bool archive = slot.state.facts() && completion.is_archived(*slot.state.facts());
  const auto written = slot.state.encode(home(slot), names_, archive, batch);
  if (!written) return written;
  if (archive) to_let_go_.push_back(slot.case_id);
  if (archive == was_archived) return {};
  record_changed_ = true;
  archive ? ++record_.archived : --record_.archived;
  ++(archive ? moves_.archived : moves_.revived);
  return {};
}

Result<void> ProcessState::commit(std::int64_t clock, store::Batch& batch, ProcessChanges* changes) {
  earliest_due_.reset();
  const Completion judge = completion_of(record_.settings, names_, clock);
  for (Slot* slot : touched_) {
    if (const auto settled = settle(*slot, judge, batch); !settled) return settled;
    weigh(*slot);
    slot->touched = false;
    if (changes != nullptr) changes->cases.push_back(slot->case_id);
  }
  touched_.clear();
  refilled_ = false;
  write_pages(batch, changes);
  write_names(batch, changes);
  if (std::exchange(settings_changed_, false) && changes != nullptr) changes->everything = true;
  if (record_.exhausted != has_exhausted()) {
    record_.exhausted = has_exhausted();
    record_changed_ = true;
  }
  if (std::exchange(record_changed_, false)) batch.put(scope_.process(name_), encode(record_));
  return {};
}

void ProcessState::write_pages(store::Batch& batch, ProcessChanges* changes) {
  const auto write = [&](const CellKey& page, std::optional<std::string> bytes) {
    if (bytes) {
      batch.put(key_of(page), *bytes);
    } else {
      batch.erase(key_of(page));
    }
  };
  views_.write_changed(write, changes != nullptr ? &changes->cells : nullptr);
  if (record_.variants == views_.variants()) return;
  record_.variants = views_.variants();
  record_changed_ = true;
}

Result<void> ProcessState::refill_extremes() {
  Views fresh;
  WholeCase whole;
  Result<void> outcome;
  const auto take = [&](std::string_view id, std::string_view value) {
    const std::string case_id{id};
    const auto stored = CaseState::read(value, {store_, scope_, name_, case_id}, names_);
    if (!stored) {
      outcome = stored.error();
      return false;
    }
    whole.begin();
    for (const Entry& entry : stored->entries) {
      whole.add(names_, entry.activity, entry.resource, entry.began, entry.ended);
    }
    // As it was judged, not as it would be now: that is what the cells hold.
    whole.apply(case_id, whole.facts(stored->judgement), operators_, fresh);
    return true;
  };
  const auto scanned = stored_cases().each(std::nullopt, take);
  if (!scanned) return scanned;
  if (!outcome) return outcome;
  const std::set<CellKey> exhausted = views_.exhausted();
  for (const CellKey& key : exhausted) {
    const Cell* known = fresh.find(key);
    if (known == nullptr) continue;
    Cell& cell = views_.change(key);
    for (std::size_t i = 0; i < std::min(cell.durations.size(), known->durations.size()); ++i) {
      cell.durations[i].refill_extremes(known->durations[i]);
    }
    for (std::size_t i = 0; i < cell.ranges.size(); ++i) {
      cell.ranges[i] = i < known->ranges.size() ? known->ranges[i] : Extremes{};
    }
    refilled_ = true;
  }
  return {};
}

void ProcessState::write_names(store::Batch& batch, ProcessChanges* changes) {
  for (const NameId id : names_.take_changed()) {
    if (names_.entry(id).uses == 0) {
      batch.erase(scope_.name(name_, id));
      if (changes != nullptr) changes->names_forgotten = true;
      continue;
    }
    const StoredName name{static_cast<std::uint64_t>(names_.entry(id).uses), std::string{names_.text(id)}};
    batch.put(scope_.name(name_, id), encode(name));
  }
}

/// -> the one behind it.
std::list<ProcessState::Slot>::iterator ProcessState::let_go(std::list<Slot>::iterator slot) {
  case_bytes_ -= slot->bytes;
  held_.bytes -= slot->bytes;
  --held_.cases;
  by_id_.erase(slot->case_id);
  return slots_.erase(slot);
}

void ProcessState::let_archived_go() {
  for (const std::string& case_id : std::exchange(to_let_go_, {})) {
    const auto known = by_id_.find(case_id);
    if (known != by_id_.end() && !known->second->touched) let_go(known->second);
  }
}

void ProcessState::shrink_to(std::size_t limit) {
  for (auto slot = slots_.end(); slot != slots_.begin() && case_bytes_ > limit / 2;) {
    --slot;
    if (!slot->touched) slot = let_go(slot);
  }
  if (views_.bytes() > limit / 2) views_.drop_unchanged();
  if (views_.bytes() > limit / 2) views_.drop_all_unchanged();
}

}  // namespace weir::runtime
