#include "stream/log/kafka/feed.hpp"

#include <algorithm>
#include <thread>

namespace weir::log::kafka {
namespace {

constexpr std::size_t block_bytes = std::size_t{256} << 10;
constexpr std::size_t messages_at_once = 1'000;
constexpr int bounds_wait_ms = 5'000;
constexpr int looks_max = 40;
constexpr std::chrono::milliseconds look_wait{50};

std::string_view value_of(const rd_kafka_message_t& message) {
  return {static_cast<const char*>(message.payload), message.payload == nullptr ? 0 : message.len};
}

}  // namespace

Feed::Feed(rd_kafka_t* client, rd_kafka_topic_t* topic, Place place, Sealer sealer, std::function<void()> arrived)
    : client_(client),
      topic_(topic),
      place_(std::move(place)),
      sealer_(std::move(sealer)),
      arrived_(std::move(arrived)) {}

Feed::~Feed() {
  const std::lock_guard lock{mutex_};
  stop();
}

Result<Blocks> Feed::read(std::uint64_t from, std::size_t bytes_max) {
  const std::lock_guard lock{mutex_};
  if (failed_) return *failed_;
  if (witness_ && from == asked_) return Blocks{};
  const std::uint64_t held = blocks_.empty() ? end_ : blocks_.front()->base_offset();
  if (from < held || from > end_) seek(from);
  asked_ = from;
  while (blocks_.size() > 1 && blocks_[1]->base_offset() <= from && blocks_.front()->end_offset() <= from) {
    blocks_.pop_front();
  }
  pull(from, bytes_max);
  if (failed_) return *failed_;
  Blocks blocks = held_from(from, bytes_max);
  if (!blocks.empty()) handed_ = blocks.back()->end_offset();
  return blocks;
}

Blocks Feed::held_from(std::uint64_t from, std::size_t bytes_max) const {
  Blocks blocks;
  std::size_t bytes = 0;
  for (const auto& block : blocks_) {
    if (block->end_offset() <= from) continue;
    blocks.push_back(block);
    bytes += block->bytes();
    if (bytes >= bytes_max) break;
  }
  return blocks;
}

Result<std::uint64_t> Feed::end_offset() {
  const std::lock_guard lock{mutex_};
  if (!failed_ && end_ <= handed_) pull(handed_, 1);
  if (failed_) return *failed_;
  return std::max(end_, asked_);
}

Result<std::uint64_t> Feed::begin_offset() {
  const std::lock_guard lock{mutex_};
  if (const auto asked = query_bounds(); !asked) return asked.error();
  return begin_;
}

std::uint64_t Feed::newest_offset() const {
  const std::lock_guard lock{mutex_};
  std::int64_t low = 0, high = 0;
  rd_kafka_get_watermark_offsets(client_, rd_kafka_topic_name(topic_), static_cast<std::int32_t>(place_.partition),
                                 &low, &high);
  return std::max({newest_, end_, static_cast<std::uint64_t>(std::max<std::int64_t>(high, 0))});
}

void Feed::resume(const Witness& last) {
  const std::lock_guard lock{mutex_};
  seek(last.next);
  if (last.offset < last.next) witness_ = last;
}

void Feed::release() {
  const std::lock_guard lock{mutex_};
  seek(handed_);
}

void Feed::fail(const Error& error) {
  const std::lock_guard lock{mutex_};
  failed_ = error;
}

void Feed::fail_now(Code code, const std::string& what) {
  failed_ =
      Error{code, "workspace " + place_.workspace + ", partition " + std::to_string(place_.partition) + ": " + what};
}

std::optional<std::uint64_t> Feed::position() const {
  const std::lock_guard lock{mutex_};
  return started_ ? std::optional{handed_} : std::nullopt;
}

std::uint64_t Feed::gaps() const {
  const std::lock_guard lock{mutex_};
  return gaps_;
}

// ---- position -------------------------------------------------------------------------------------------------------

void Feed::seek(std::uint64_t from) {
  stop();
  blocks_.clear();
  witness_.reset();
  asked_ = handed_ = end_ = from;
}

/// Who has read nothing yet begins where the partition does.
void Feed::start() {
  const std::uint64_t from = witness_ ? witness_->offset : end_ == 0 ? begin_ : end_;
  queue_.reset(rd_kafka_queue_new(client_));
  rd_kafka_queue_cb_event_enable(
      queue_.get(), [](rd_kafka_t*, void* feed) { static_cast<Feed*>(feed)->arrived_(); }, this);
  const int failed = rd_kafka_consume_start_queue(topic_, static_cast<std::int32_t>(place_.partition),
                                                  static_cast<std::int64_t>(from), queue_.get());
  started_ = failed == 0;
}

void Feed::stop() {
  if (std::exchange(started_, false)) rd_kafka_consume_stop(topic_, static_cast<std::int32_t>(place_.partition));
  if (queue_) rd_kafka_queue_cb_event_enable(queue_.get(), nullptr, nullptr);
  queue_.reset();
}

Result<void> Feed::query_bounds() {
  std::int64_t low = 0, high = 0;
  rd_kafka_resp_err_t failed = RD_KAFKA_RESP_ERR_NO_ERROR;
  for (int i = 0; i < looks_max; ++i) {
    failed = rd_kafka_query_watermark_offsets(client_, rd_kafka_topic_name(topic_),
                                              static_cast<std::int32_t>(place_.partition), &low, &high, bounds_wait_ms);
    if (failed != RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION) break;  // of a topic that was just made
    std::this_thread::sleep_for(look_wait);
  }
  if (failed != RD_KAFKA_RESP_ERR_NO_ERROR) return unreachable(rd_kafka_topic_name(topic_), failed);
  begin_ = static_cast<std::uint64_t>(low);
  newest_ = static_cast<std::uint64_t>(high);
  return {};
}

/// What was to be read next is not there: before the begin, or behind the end.
void Feed::leave_range() {
  stop();
  if (!query_bounds()) return;  // the next pull() starts again
  const std::uint64_t next = witness_ ? asked_ : end_;
  if (newest_ < next) {
    return fail_now(Code::log_truncated,
                    "it ends at offset " + std::to_string(newest_) + ", and was read up to " + std::to_string(next));
  }
  if (next == 0) return;  // nothing was read yet: from its begin
  if (begin_ > next) {
    return fail_now(Code::log_truncated, "it begins at offset " + std::to_string(begin_) +
                                             "; its retention removed what comes next, from " + std::to_string(next));
  }
  if (witness_ && witness_->offset < begin_) witness_.reset();  // removed after it was taken, and nothing behind it
}

/// The topic may have gone and come: the reader goes on only where the last record that it took is still there.
void Feed::look_again() {
  std::optional<Witness> seen;
  for (const auto& block : blocks_) {
    const auto& entries = block->entries();
    const auto behind = std::partition_point(entries.begin(), entries.end(),
                                             [this](const Entry& entry) { return entry.offset < handed_; });
    if (behind == entries.begin()) continue;
    const Entry& last = *std::prev(behind);
    seen = Witness{handed_, last.offset, hash128(last.value)};
  }
  seek(handed_);
  witness_ = seen;
}

// ---- records --------------------------------------------------------------------------------------------------------

/// Takes what has arrived, until `bytes_max` lie behind `from`. Does not wait.
void Feed::pull(std::uint64_t from, std::size_t bytes_max) {
  if (!started_) start();
  if (!started_) return;
  std::size_t ahead = 0;
  for (const auto& block : blocks_) ahead += block->end_offset() > from ? block->bytes() : 0;
  std::array<rd_kafka_message_t*, messages_at_once> messages{};
  while (ahead < bytes_max && started_ && !failed_) {
    const auto count = rd_kafka_consume_batch_queue(queue_.get(), 0, messages.data(), messages.size());
    if (count <= 0) return;
    BlockBuilder builder(witness_ ? witness_->offset : end_);
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      const MessageHandle message{messages[i]};
      ahead += message->len;
      if (started_ && !failed_) take(*message, builder);
    }
    if (started_) keep(builder);
  }
}

void Feed::keep(BlockBuilder& builder) {
  if (builder.empty() || witness_) return;
  end_ = builder.end();
  blocks_.push_back(builder.finish());
}

void Feed::take(const rd_kafka_message_t& message, BlockBuilder& builder) {
  switch (message.err) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      return take_record(message, builder);
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      return take_end(static_cast<std::uint64_t>(message.offset), builder);
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      keep(builder);
      return leave_range();
    case RD_KAFKA_RESP_ERR__BAD_MSG:
      return fail_now(Code::log_damaged, "a record's checksum is wrong");
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
      return look_again();
    default:
      return;  // librdkafka goes on by itself
  }
}

void Feed::take_record(const rd_kafka_message_t& message, BlockBuilder& builder) {
  const auto offset = static_cast<std::uint64_t>(message.offset);
  const std::string_view value = value_of(message);
  if (offset < builder.end()) return;
  if (witness_) {
    if (offset != witness_->offset || hash128(value) != witness_->content) {
      return fail_now(Code::log_recreated, "the record at offset " + std::to_string(witness_->offset) +
                                               " is not the one that was read there");
    }
    builder.extend(offset);
    witness_.reset();
  }
  if (offset > builder.end() && builder.end() > begin_) gaps_ += offset - builder.end();
  rd_kafka_timestamp_type_t type{};
  const std::int64_t millis = rd_kafka_message_timestamp(&message, &type);
  const Time time = from_micros(std::max<std::int64_t>(millis, 0) * 1'000);
  if (!builder.takes(time) || builder.bytes() >= block_bytes) keep(builder);
  builder.add(offset, time, kind_of(message, value), value);
}

/// Nothing lies between the last record and the end of the partition.
void Feed::take_end(std::uint64_t end, BlockBuilder& builder) {
  if (witness_) {
    return fail_now(Code::log_truncated, "it ends at offset " + std::to_string(end) + ", and was read up to " +
                                             std::to_string(witness_->next));
  }
  if (end <= builder.end()) return;
  gaps_ += end - builder.end();
  builder.extend(end);
}

Kind Feed::kind_of(const rd_kafka_message_t& message, std::string_view value) const {
  rd_kafka_headers_t* headers = nullptr;
  const void* mark = nullptr;
  std::size_t size = 0;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR ||
      rd_kafka_header_get_last(headers, seal_header, &mark, &size) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return Kind::produced;
  }
  return sealer_.kind_of({static_cast<const char*>(mark), size}, value);
}

}  // namespace weir::log::kafka
