#include "stream/log/kafka/keyed_reader.hpp"

#include "state/format/codec.hpp"
#include "stream/log/kafka/sealing.hpp"

namespace weir::log::kafka {
namespace {

constexpr std::size_t messages_at_once = 1'000;

/// Key and value as one, so that neither can be put into the other's place.
std::string together(std::string_view key, std::optional<std::string_view> value) {
  std::string bytes;
  bytes.reserve(key.size() + (value ? value->size() : 0) + 8);
  format::Encoder out{bytes};
  out.text(key);
  out.byte(value ? 1 : 0);
  if (value) bytes.append(*value);
  return bytes;
}

}  // namespace

KeyedSealer::KeyedSealer(const crypto::Key& key, const std::string& topic, std::uint32_t partition)
    : key_(crypto::seal_key(key, "keyed " + topic + '\0' + std::to_string(partition))) {}

crypto::Seal KeyedSealer::seal(std::string_view key, std::optional<std::string_view> value) const {
  return crypto::seal(key_, together(key, value));
}

bool KeyedSealer::is_sealed(std::string_view key, std::optional<std::string_view> value, std::string_view seal) const {
  return crypto::is_sealed(key_, together(key, value), seal);
}

PartitionReader::PartitionReader(rd_kafka_t* client, const std::string& topic, std::uint32_t partition,
                                 const KeyedSealer& sealer, std::atomic<std::uint64_t>& unsealed,
                                 std::function<void()> arrived)
    : partition_(partition),
      sealer_(sealer),
      unsealed_(unsealed),
      arrived_(std::move(arrived)),
      topic_(rd_kafka_topic_new(client, topic.c_str(), nullptr)),
      queue_(rd_kafka_queue_new(client)) {
  WEIR_CHECK(topic_ != nullptr, "librdkafka refuses a topic's name");
  rd_kafka_queue_cb_event_enable(
      queue_.get(), [](rd_kafka_t*, void* reader) { static_cast<PartitionReader*>(reader)->arrived_(); }, this);
  const int failed = rd_kafka_consume_start_queue(topic_.get(), static_cast<std::int32_t>(partition_),
                                                  RD_KAFKA_OFFSET_BEGINNING, queue_.get());
  started_ = failed == 0;
  if (!started_) failed_ = unreachable(topic, rd_kafka_last_error());
}

PartitionReader::~PartitionReader() {
  if (started_) rd_kafka_consume_stop(topic_.get(), static_cast<std::int32_t>(partition_));
  rd_kafka_queue_cb_event_enable(queue_.get(), nullptr, nullptr);
}

Result<KeyedPiece> PartitionReader::take(std::size_t bytes_max) {
  KeyedPiece piece;
  std::array<rd_kafka_message_t*, messages_at_once> messages{};
  for (std::size_t bytes = 0; bytes < bytes_max && !failed_;) {
    const auto count = rd_kafka_consume_batch_queue(queue_.get(), 0, messages.data(), messages.size());
    if (count <= 0) break;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      const MessageHandle message{messages[i]};
      bytes += message->len + message->key_len;
      if (!failed_) take(*message, piece);
    }
  }
  if (failed_) return *failed_;
  piece.at_end = at_end_;
  return piece;
}

void PartitionReader::take(const rd_kafka_message_t& message, KeyedPiece& piece) {
  const std::string where =
      std::string{rd_kafka_topic_name(topic_.get())} + ", partition " + std::to_string(partition_);
  switch (message.err) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      return take_record(message, piece);
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      at_end_ = true;
      return;
    case RD_KAFKA_RESP_ERR__BAD_MSG:
      failed_ = Error{Code::log_damaged, where + ": a record's checksum is wrong"};
      return;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      failed_ = Error{Code::log_truncated, where + ": what comes next is not there"};
      return;
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
      failed_ = Error{Code::log_recreated, where + " is gone"};
      return;
    default:
      return;  // librdkafka goes on by itself
  }
}

void PartitionReader::take_record(const rd_kafka_message_t& message, KeyedPiece& piece) {
  at_end_ = false;
  const std::string_view key{static_cast<const char*>(message.key), message.key_len};
  std::optional<std::string_view> value;
  if (message.payload != nullptr) value = std::string_view{static_cast<const char*>(message.payload), message.len};
  rd_kafka_headers_t* headers = nullptr;
  const void* seal = nullptr;
  std::size_t size = 0;
  const bool ours = rd_kafka_message_headers(&message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR &&
                    rd_kafka_header_get_last(headers, seal_header, &seal, &size) == RD_KAFKA_RESP_ERR_NO_ERROR &&
                    sealer_.is_sealed(key, value, {static_cast<const char*>(seal), size});
  if (!ours) {
    ++unsealed_;
    ++piece.left_out;
    return;
  }
  KeyedRecord record{std::string{key}, std::nullopt};
  if (value) record.value = std::string{*value};
  piece.entries.push_back({static_cast<std::uint64_t>(message.offset), std::move(record)});
}

}  // namespace weir::log::kafka
