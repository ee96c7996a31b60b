#include "stream/replica/publisher.hpp"

#include <algorithm>
#include <atomic>

#include "stream/replica/records.hpp"
#include "stream/replica/rows.hpp"

namespace weir::replica {
namespace {

constexpr std::size_t keys_at_once = 256;  // of a batch, read together
constexpr std::size_t record_bytes = 64;   // what a record takes besides key and value

std::size_t bytes_of(const log::KeyedRecord& record) {
  return record.key.size() + (record.value ? record.value->size() : 0) + record_bytes;
}

std::size_t bytes_of(const std::vector<log::KeyedRecord>& records) {
  std::size_t bytes = 0;
  for (const log::KeyedRecord& record : records) bytes += bytes_of(record);
  return bytes;
}

}  // namespace

struct Publisher::Flight {
  std::atomic<std::size_t> bytes{0};
  std::atomic<bool> failed{false};
  std::atomic<std::uint64_t> end{0};    // behind the last record confirmed
  std::atomic<std::uint64_t> floor{0};  // the generation, which nothing of it can lie before
};

Publisher::Publisher(std::uint32_t shard, log::KeyedTopic& topic, const Clock& clock, PublisherOptions options,
                     Source source, std::function<void()> wake)
    : shard_(shard),
      topic_(topic),
      clock_(clock),
      options_(std::move(options)),
      source_(std::move(source)),
      wake_(std::move(wake)),
      flight_(std::make_shared<Flight>()),
      claim_at_(clock.steady()),
      catch_up_until_(claim_at_ + options_.catch_up_max) {}

/// False: the topic does not take it now.
bool Publisher::append(std::vector<log::KeyedRecord> records) {
  const std::size_t bytes = bytes_of(records);
  flight_->bytes += bytes;
  const auto queued = topic_.append(shard_, std::move(records),
                                    [flight = flight_, bytes, wake = wake_](const Result<std::uint64_t>& last) {
                                      // A record before its generation's claim: the topic was made anew.
                                      if (!last || *last + 1 < flight->floor) {
                                        flight->failed = true;
                                      } else {
                                        flight->end = *last + 1;
                                      }
                                      flight->bytes -= bytes;
                                      wake();
                                    });
  if (!queued) flight_->bytes -= bytes;
  return queued.ok();
}

bool Publisher::has_room() const { return flight_->bytes < options_.flight_bytes; }

void Publisher::start_over() {
  flight_ = std::make_shared<Flight>();
  phase_ = Phase::waiting;
  generation_ = 0;
  snapshot_.reset();
  keys_.clear();
}

Result<bool> Publisher::step() {
  if (flight_->failed || (generation_ != 0 && newest_seen_ > generation_)) start_over();
  switch (phase_) {
    case Phase::waiting:
      return claim();
    case Phase::claiming:
      return begin_view();
    case Phase::viewing:
      return send_view();
    case Phase::sending:
      return send_changes();
    case Phase::open:
      break;
  }
  if (look_for_changes() || beat()) return true;
  return retire();
}

// ---- the whole view -------------------------------------------------------------------------------------------------

Result<bool> Publisher::claim() {
  const Clock::Steady now = clock_.steady();
  if (now < claim_at_) return false;
  if (now < catch_up_until_) {
    const auto caught_up = source_.has_caught_up();
    if (!caught_up || !*caught_up) return caught_up;
    catch_up_until_ = now;
  }
  if (!append({{claim_key(options_.address), encode_claim()}})) return false;
  claim_at_ = now + options_.claim_gap;
  phase_ = Phase::claiming;
  return true;
}

bool Publisher::begin_view() {
  if (flight_->bytes > 0 || flight_->failed) return false;
  generation_ = flight_->end;
  flight_->floor = generation_;
  ++figures_.generations;
  lag_ = source_.lag();
  snapshot_ = source_.state->take().second;
  cursor_.clear();
  rows_ = 0;
  phase_ = Phase::viewing;
  return true;
}

Result<bool> Publisher::send_view() {
  if (!has_room()) return false;
  std::vector<log::KeyedRecord> piece;
  std::size_t bytes = 0;
  const auto read = each_row(*snapshot_, cursor_, [&](std::string_view key, std::string_view value) {
    piece.push_back({row_key(generation_, key), std::string{value}});
    bytes += bytes_of(piece.back());
    return bytes < options_.piece_bytes;
  });
  if (!read) return read.error();
  if (piece.empty()) return end_view();
  const std::size_t rows = piece.size();
  std::string next{parse_key(piece.back().key)->rest};
  if (!append(std::move(piece))) return false;
  cursor_ = next.append(1, '\0');
  rows_ += rows;
  figures_.rows += rows;
  return true;
}

bool Publisher::end_view() {
  if (!append({{head_key(generation_), encode(Head{rows_, lag_, options_.address})}})) return false;
  snapshot_.reset();
  phase_ = Phase::open;
  batch_ = 0;
  mark_at_ = clock_.steady();
  batch_at_ = mark_at_ + options_.gap;
  retire_at_ = mark_at_ + options_.retire_gap;
  retired_up_to_.clear();
  return true;
}

// ---- changes --------------------------------------------------------------------------------------------------------

bool Publisher::look_for_changes() {
  if (clock_.steady() < batch_at_ || !has_room()) return false;
  lag_ = source_.lag();
  auto [changed, snapshot] = source_.state->take();
  if (changed.all) {
    start_over();
    return true;
  }
  if (changed.keys.empty()) return false;
  keys_ = std::move(changed.keys);
  snapshot_ = std::move(snapshot);
  at_ = 0;
  rows_ = 0;
  bytes_ = 0;
  phase_ = Phase::sending;
  return true;
}

Result<bool> Publisher::send_changes() {
  if (!has_room()) return false;
  const std::size_t end = std::min(at_ + keys_at_once, keys_.size());
  const std::vector<std::string> keys(keys_.begin() + static_cast<std::ptrdiff_t>(at_),
                                      keys_.begin() + static_cast<std::ptrdiff_t>(end));
  auto values = snapshot_->multi_get(keys);
  if (!values) return values.error();
  std::vector<log::KeyedRecord> records;
  records.reserve(keys.size() + 1);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    records.push_back({row_key(generation_, keys[i]), std::move((*values)[i])});
  }
  const std::size_t bytes = bytes_of(records);
  const bool is_last = end == keys_.size();
  if (is_last) records.push_back({mark_key(generation_), encode(Mark{batch_ + 1, rows_ + keys.size(), lag_})});
  if (!append(std::move(records))) return false;
  at_ = end;
  rows_ += keys.size();
  figures_.rows += keys.size();
  bytes_ += bytes;
  if (is_last) {
    ++batch_;
    mark_at_ = clock_.steady();
    const Clock::Steady rate = std::chrono::seconds{1} * bytes_ / options_.bytes_per_second;
    batch_at_ = mark_at_ + std::max(options_.gap, rate);
    snapshot_.reset();
    keys_.clear();
    phase_ = Phase::open;
  } else if (bytes_ > options_.batch_bytes_max) {
    start_over();
  }
  return true;
}

/// So that who shows the views knows that nothing changed.
bool Publisher::beat() {
  const Clock::Steady now = clock_.steady();
  if (now < mark_at_ + options_.heartbeat) return false;
  if (!append({{mark_key(generation_), encode(Mark{batch_ + 1, 0, lag_})}})) return false;
  ++batch_;
  mark_at_ = now;
  return true;
}

/// Takes away what older generations left.
Result<bool> Publisher::retire() {
  const Clock::Steady now = clock_.steady();
  if (now < retire_at_ || !has_room()) return false;
  auto keys = source_.obsolete(generation_, retired_up_to_);
  if (!keys) return keys.error();
  if (keys->empty()) {
    retire_at_ = now + options_.retire_gap;
    retired_up_to_.clear();
    return false;
  }
  std::string last = keys->back();
  std::vector<log::KeyedRecord> records;
  records.reserve(keys->size());
  for (std::string& key : *keys) records.push_back({std::move(key), std::nullopt});
  const std::size_t count = records.size();
  if (!append(std::move(records))) return false;
  retired_up_to_ = std::move(last);
  figures_.retired += count;
  return true;
}

}  // namespace weir::replica
