#include "stream/replica/replica.hpp"

#include <algorithm>
#include <set>

#include "state/format/keys.hpp"
#include "stream/replica/row_changes.hpp"
#include "stream/replica/rows.hpp"
#include "stream/replica/shown_snapshot.hpp"

namespace weir::replica {
namespace {

constexpr std::size_t keys_at_once = 2'000;  // removed, or told to be obsolete

void put(store::Batch& batch, const std::string& key, const std::optional<std::string>& value) {
  if (value) {
    batch.put(key, *value);
  } else {
    batch.erase(key);
  }
}

}  // namespace

Replica::Replica(std::uint32_t shard, log::KeyedTopic& topic, store::Store& mirror, const Clock& clock,
                 Listeners listeners, std::function<void()> arrived, ReplicaOptions options)
    : shard_(shard),
      topic_(topic),
      mirror_(mirror),
      clock_(clock),
      listeners_(listeners),
      arrived_(std::move(arrived)),
      options_(options),
      read_at_(clock.steady()),
      fresh_at_(clock.steady()) {}

// ---- places ---------------------------------------------------------------------------------------------------------

std::string Replica::reading_prefix(std::uint32_t reading) const {
  std::string prefix;
  format::append_big_endian(prefix, shard_);
  format::append_big_endian(prefix, reading);
  return prefix;
}

std::string Replica::prefix_of(std::uint64_t generation) const {
  std::string prefix = reading_prefix(reading_);
  format::append_big_endian(prefix, generation);
  return prefix;
}

std::string Replica::shown_prefix() const {
  const std::lock_guard lock{mutex_};
  return shown_at_;
}

std::shared_ptr<const store::Snapshot> Replica::snapshot() const {
  const std::lock_guard lock{mutex_};
  if (shown_at_.empty()) return nullptr;
  return std::make_shared<ShownSnapshot>(mirror_.snapshot(), shown_at_);
}

ReplicaStatus Replica::status() const {
  const std::lock_guard lock{mutex_};
  ReplicaStatus status = status_;
  status.staleness = clock_.steady() - fresh_at_;
  return status;
}

// ---- reading --------------------------------------------------------------------------------------------------------

Result<bool> Replica::begin_reading() {
  const Clock::Steady now = clock_.steady();
  if (now < read_at_) return remove_former();
  read_at_ = now + options_.reading_gap;
  auto reader = topic_.read(shard_, arrived_);
  if (!reader) return remove_former();
  reader_ = std::move(*reader);
  ++reading_;
  settled_ = is_broken_ = false;
  generations_.clear();
  shown_ = 0;
  open_.clear();
  aside_.clear();
  newest_ = 0;
  former_left_ = reading_ > 1;
  const std::lock_guard lock{mutex_};
  ++status_.readings;
  return true;
}

Result<bool> Replica::step() {
  if (reader_ == nullptr) return begin_reading();
  const auto piece = reader_->take(options_.piece_bytes);
  if (!piece) {
    reader_.reset();
    return false;
  }
  for (const log::KeyedEntry& entry : piece->entries) {
    if (const auto taken = take(entry); !taken) return taken.error();
    if (!is_broken_) continue;
    reader_.reset();
    return false;
  }
  if (const auto written = write_aside(); !written) return written.error();
  if (piece->at_end) {
    settled_ = true;
    if (const auto shown = show_newest(); !shown) return shown.error();
    const std::lock_guard lock{mutex_};
    if (shown_ != 0) fresh_at_ = marked_at_;
  }
  if (!piece->entries.empty()) return true;
  return remove_former();
}

Result<void> Replica::take(const log::KeyedEntry& entry) {
  const auto& [key, value] = entry.record;
  const auto parsed = parse_key(key);
  if (!parsed) {
    const std::lock_guard lock{mutex_};
    ++status_.strange;
    return {};
  }
  switch (parsed->kind) {
    case RecordKind::claim:
      if (value) newest_ = entry.offset + 1;
      return {};
    case RecordKind::row:
      return take_row(parsed->generation, parsed->rest, value);
    case RecordKind::mark:
      return take_mark(parsed->generation, value);
    case RecordKind::head:
      return take_head(parsed->generation, value);
  }
  return {};
}

Result<void> Replica::take_row(std::uint64_t generation, std::string_view key,
                               const std::optional<std::string>& value) {
  store::Batch& batch = generation == shown_ ? open_ : aside_;
  put(batch, prefix_of(generation).append(key), value);
  if (generation >= shown_) ++generations_[generation].rows;
  if (open_.bytes() > options_.batch_bytes_max) is_broken_ = true;
  return aside_.bytes() > options_.piece_bytes ? write_aside() : Result<void>{};
}

/// What of a generation is past: its rows are gone, or will be.
void Replica::forget(std::uint64_t generation) {
  const auto known = generations_.find(generation);
  if (known == generations_.end() || generation >= shown_) return;
  if (!known->second.head && !known->second.has_mark) generations_.erase(known);
}

Result<void> Replica::take_head(std::uint64_t number, const std::optional<std::string>& value) {
  const auto head = value ? decode_head(*value) : Result<Head>{Error{Code::not_found, ""}};
  Generation& generation = generations_[number];
  if (!head) {
    generation.head.reset();
    forget(number);
    if (!value) return {};
    const std::lock_guard lock{mutex_};
    ++status_.strange;
    return {};
  }
  if (settled_ && number > shown_ && generation.rows != head->rows) {
    is_broken_ = true;
    return {};
  }
  generation.head = *head;
  generation.rows = 0;
  generation.lag = head->lag;
  return settled_ && number > shown_ ? show(number) : Result<void>{};
}

Result<void> Replica::take_mark(std::uint64_t number, const std::optional<std::string>& value) {
  Generation& generation = generations_[number];
  generation.has_mark = value.has_value();
  const auto mark = value ? decode_mark(*value) : Result<Mark>{Error{Code::not_found, ""}};
  if (!mark) {
    forget(number);
    return {};
  }
  if (number == shown_) return end_batch(generation, *mark);
  generation.rows = 0;
  generation.batch = mark->batch;
  generation.lag = mark->lag;
  return settled_ && number > shown_ ? show_newest() : Result<void>{};
}

/// Of the generation that is shown.
Result<void> Replica::end_batch(Generation& generation, const Mark& mark) {
  if (mark.batch != generation.batch + 1 || mark.rows != generation.rows) {
    is_broken_ = true;
    return {};
  }
  generation.batch = mark.batch;
  generation.rows = 0;
  generation.lag = mark.lag;
  marked_at_ = clock_.steady();
  {
    const std::lock_guard lock{mutex_};
    ++status_.batches;
    status_.lag = mark.lag;
  }
  if (open_.empty()) return {};
  open_.sort();
  const std::string prefix = prefix_of(shown_);
  const auto write = [this] { return mirror_.write(open_, store::Durability::buffered); };
  Result<void> written;
  if (tells_ && listeners_.changes != nullptr) {
    listeners_.changes->begin();
    if (const auto told = gather_changes(*listeners_.changes, mirror_, prefix, open_); !told) return told;
    written = listeners_.changes->publish(write);
  } else {
    written = write();
  }
  if (!written) return written;
  std::set<std::string> workspaces;
  for (const auto& entry : open_.entries()) {
    const auto row = row_of(format::behind(entry.key, prefix));
    const bool moves = row && (row->kind == RowKind::progress || row->kind == RowKind::sweep);
    if (moves) workspaces.emplace(row->workspace);
  }
  open_.clear();
  return tell_offsets({workspaces.begin(), workspaces.end()});
}

// ---- what is shown --------------------------------------------------------------------------------------------------

/// Of those whose view is whole the newest, once it stands at the end of a batch.
Result<void> Replica::show_newest() {
  const auto newest = std::find_if(generations_.rbegin(), generations_.rend(),
                                   [](const auto& numbered) { return numbered.second.head.has_value(); });
  if (newest == generations_.rend() || newest->first <= shown_ || newest->second.rows > 0) return {};
  return show(newest->first);
}

Result<void> Replica::show(std::uint64_t generation) {
  if (const auto written = write_aside(); !written) return written;
  marked_at_ = clock_.steady();
  open_.clear();
  const auto change = [&]() -> Result<void> {
    const std::lock_guard lock{mutex_};
    shown_at_ = prefix_of(generation);
    status_.generation = generation;
    status_.owner = generations_[generation].head->address;
    status_.lag = generations_[generation].lag;
    return {};
  };
  const std::uint64_t former = std::exchange(shown_, generation);
  for (auto at = generations_.lower_bound(former); at != generations_.end() && at->first < generation;) {
    forget((at++)->first);
  }
  return tell_everything(change);
}

Result<void> Replica::tell_everything(const std::function<Result<void>()>& change) {
  if (!tells_) return change();
  if (listeners_.changes == nullptr) {
    if (const auto changed = change(); !changed) return changed;
  } else {
    listeners_.changes->begin();
    const std::string former = shown_prefix();
    for (const std::string& prefix : {former, prefix_of(shown_)}) {  // processes that go, and those that come
      if (prefix.empty() || (shown_ == 0 && prefix != former)) continue;
      const RangeReader rows{mirror_.snapshot(), prefix};
      if (const auto told = gather_everything(*listeners_.changes, rows); !told) return told;
    }
    if (const auto told = listeners_.changes->publish(change); !told) return told;
  }
  const auto workspaces = workspaces_of(RangeReader{mirror_.snapshot(), shown_prefix()});
  return workspaces ? tell_offsets(*workspaces) : workspaces.error();
}

Result<void> Replica::tell_offsets(const std::vector<std::string>& workspaces) {
  if (!tells_ || listeners_.watch == nullptr) return {};
  const auto shown = snapshot();
  for (const std::string& workspace : workspaces) {
    const auto settled = settled_offset(*shown, workspace);
    if (!settled) return settled.error();
    listeners_.watch->committed(shard_, workspace, *settled);
  }
  return {};
}

Result<void> Replica::tell(bool tells) {
  const bool begins = tells && !tells_;
  tells_ = tells;
  if (!begins || snapshot() == nullptr) return {};
  return tell_everything([]() -> Result<void> { return {}; });
}

Result<void> Replica::write_aside() {
  if (aside_.empty()) return {};
  aside_.sort();
  const auto written = mirror_.write(aside_, store::Durability::buffered);
  aside_.clear();
  return written;
}

Result<bool> Replica::is_included_in(const store::Reader& state) const {
  const std::string prefix = shown_prefix();
  if (prefix.empty()) return settled_;
  const RangeReader shown{mirror_.snapshot(), prefix};
  const auto workspaces = workspaces_of(shown);
  if (!workspaces) return workspaces.error();
  for (const std::string& workspace : *workspaces) {
    const auto theirs = settled_offset(shown, workspace);
    const auto ours = settled_offset(state, workspace);
    if (!theirs || !ours) return theirs ? ours.error() : theirs.error();
    if (*ours < *theirs) return false;
  }
  return true;
}

// ---- what is past ---------------------------------------------------------------------------------------------------

Result<std::vector<std::string>> Replica::obsolete(std::uint64_t generation, const std::string& after) const {
  std::vector<std::string> keys;
  if (generation != shown_ || shown_ == 0) return keys;
  for (const auto& [number, known] : generations_) {
    if (number >= generation) break;
    if (known.head) keys.push_back(head_key(number));
    if (known.has_mark) keys.push_back(mark_key(number));
  }
  std::sort(keys.begin(), keys.end());
  std::erase_if(keys, [&](const std::string& key) { return key <= after; });
  const std::string reading = reading_prefix(reading_);
  std::string from = reading;
  if (const auto last = parse_key(after); last && last->kind == RecordKind::row) {
    from = prefix_of(last->generation).append(last->rest).append(1, '\0');
  }
  const auto scanned = mirror_.scan(from, prefix_of(generation), [&](std::string_view key, std::string_view) {
    const std::string_view rest = key.substr(reading.size());
    keys.push_back(row_key(format::read_big_endian(rest.substr(0, 8)), rest.substr(8)));
    return keys.size() < keys_at_once;
  });
  if (!scanned) return scanned.error();
  return keys;
}

/// Rows of former readings, once nothing of them is shown any more. True: there are more.
Result<bool> Replica::remove_former() {
  if (!former_left_) return false;
  const std::string shown = shown_prefix();
  const std::string end = reading_prefix(reading_);
  const std::string begin = reading_prefix(0);
  const bool keeps = !shown.empty() && shown < end;
  auto removed = remove_range(begin, keeps ? shown : end);
  if (removed && !*removed && keeps) removed = remove_range(store::end_of_prefix(shown), end);
  if (removed && !*removed && !keeps) former_left_ = false;
  return removed;
}

/// True: it removed some.
Result<bool> Replica::remove_range(const std::string& from, const std::string& to) {
  store::Batch batch;
  std::size_t keys = 0;
  const auto scanned = mirror_.scan(from, to, [&](std::string_view key, std::string_view) {
    batch.erase(key);
    return ++keys < keys_at_once;
  });
  if (!scanned) return scanned.error();
  if (keys == 0) return false;
  if (const auto written = mirror_.write(batch, store::Durability::buffered); !written) return written.error();
  return true;
}

}  // namespace weir::replica
