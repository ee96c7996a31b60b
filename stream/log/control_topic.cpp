#include "stream/log/control_topic.hpp"

#include <future>

#include "schemas/crypto/box.hpp"
#include "state/format/codec.hpp"

namespace weir::log {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t piece_bytes = std::size_t{1} << 20;
constexpr std::chrono::milliseconds look_gap{100};
constexpr int looks_max = 600;  // in a row at which nothing came, while all is read
constexpr std::chrono::seconds patience{10};

std::string encode(const std::string& key, const std::optional<std::string>& value) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(version);
  out.text(key);
  out.byte(value ? 1 : 0);
  if (value) out.text(*value);
  return bytes;
}

/// Names of users are nobody's business who reads the topic.
std::string hidden(const crypto::Key& secret, const std::string& key) {
  return crypto::to_hex(crypto::bytes_of(crypto::hmac_sha256(secret, "control key " + key)));
}

}  // namespace

ControlTopic::ControlTopic(std::unique_ptr<KeyedTopic> topic, const crypto::Key& key, Apply apply, Ended ended)
    : topic_(std::move(topic)), key_(key), apply_(std::move(apply)), ended_(std::move(ended)) {}

ControlTopic::~ControlTopic() = default;

Result<std::unique_ptr<ControlTopic>> ControlTopic::open(std::unique_ptr<KeyedTopic> topic, const crypto::Key& key,
                                                         Apply apply, Ended ended) {
  std::unique_ptr<ControlTopic> control{new ControlTopic(std::move(topic), key, std::move(apply), std::move(ended))};
  auto reader = control->topic_->read(0, [raw = control.get()] {
    const std::lock_guard lock{raw->mutex_};
    raw->arrived_ = true;
    raw->changed_.notify_all();
  });
  if (!reader) return reader.error();
  control->reader_ = *std::move(reader);
  if (const auto read = control->read_all(); !read) return read.error();
  control->follower_ = std::jthread{[raw = control.get()](const std::stop_token& stop) { raw->follow(stop); }};
  return control;
}

// ---- reading --------------------------------------------------------------------------------------------------------

void ControlTopic::wait_for_more() {
  std::unique_lock lock{mutex_};
  changed_.wait_for(lock, look_gap, [this] { return arrived_; });
  arrived_ = false;
}

Result<void> ControlTopic::read_all() {
  std::map<std::string, KeyedRecord> newest;
  std::uint64_t left_out = 0;
  for (int looks = 0; looks < looks_max; ++looks) {
    const auto piece = reader_->take(piece_bytes);
    if (!piece) return piece.error();
    if (!piece->entries.empty()) looks = 0;
    const auto strange = gather(*piece, newest);
    if (!strange) return strange.error();
    left_out += piece->left_out + *strange;
    if (!piece->at_end) {
      wait_for_more();
      continue;
    }
    if (newest.empty() && left_out > 0) {
      return Error{Code::bad_key_file, "the control topic belongs to a cluster with another key"};
    }
    for (const auto& [key, record] : newest) {
      if (const auto applied = apply_(key, record.value); !applied) return applied;
    }
    return {};
  }
  return Error{Code::log_unreachable, "the control topic cannot be read"};
}

/// -> records of nobody who has the key
Result<std::uint64_t> ControlTopic::gather(const KeyedPiece& piece, std::map<std::string, KeyedRecord>& newest) {
  std::uint64_t strange = 0;
  for (const KeyedEntry& entry : piece.entries) {
    auto record = open_record(entry);
    if (!record) return record.error();
    if (*record) {
      newest.insert_or_assign((*record)->key, **record);
    } else {
      ++strange;
    }
    told_up_to_ = entry.offset + 1;
  }
  return strange;
}

void ControlTopic::follow(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto piece = reader_->take(piece_bytes);
    if (!piece) return ended_(piece.error());
    if (const auto told = tell(*piece); !told) return ended_(told.error());
    if (piece->entries.empty()) wait_for_more();
  }
}

Result<void> ControlTopic::tell(const KeyedPiece& piece) {
  for (const KeyedEntry& entry : piece.entries) {
    const auto record = open_record(entry);
    if (!record) return record.error();
    if (*record) {
      if (const auto applied = apply_((*record)->key, (*record)->value); !applied) return applied;
    }
    const std::lock_guard lock{mutex_};
    told_up_to_ = entry.offset + 1;
    changed_.notify_all();
  }
  return {};
}

/// Nothing: it is of nobody who has the key.
Result<std::optional<KeyedRecord>> ControlTopic::open_record(const KeyedEntry& entry) const {
  const auto plain = crypto::unlock(key_, entry.record.value.value_or(""));
  if (!plain) return std::optional<KeyedRecord>{};
  format::Decoder in{*plain};
  if (in.byte() != version) return Error{Code::state_format, "a control record is of another version"};
  KeyedRecord record;
  record.key = in.text();
  if (in.byte() != 0) record.value = in.text();
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "a control record cannot be read"};
  return std::optional{std::move(record)};
}

// ---- writing --------------------------------------------------------------------------------------------------------

/// -> its offset
Result<std::uint64_t> ControlTopic::append(const std::string& key, const std::string& value) {
  const auto asked = std::make_shared<std::promise<Result<std::uint64_t>>>();
  auto answer = asked->get_future();
  const auto queued =
      topic_->append(0, {{key, value}}, [asked](Result<std::uint64_t> last) { asked->set_value(std::move(last)); });
  if (!queued) return queued.error();
  if (answer.wait_for(patience) == std::future_status::ready) return answer.get();
  return Error{Code::log_unreachable, "the control topic has confirmed nothing for 10 s"};
}

Result<void> ControlTopic::put(const std::string& key, const std::optional<std::string>& value) {
  const auto offset = append(hidden(key_, key), crypto::lock_up(key_, encode(key, value)));
  if (!offset) return offset.error();
  std::unique_lock lock{mutex_};
  if (changed_.wait_for(lock, patience, [&] { return told_up_to_ > *offset; })) return {};
  return Error{Code::log_unreachable, "what was written to the control topic has not come back"};
}

}  // namespace weir::log
