#include "stream/log/kafka/control_topic.hpp"

#include <future>
#include <map>

#include "schemas/crypto/box.hpp"
#include "state/format/codec.hpp"

namespace weir::log::kafka {
namespace {

constexpr std::uint8_t version = 1;
constexpr int poll_ms = 100;
constexpr int reads_max = 600;  // polls in a row without a record while all is read
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

ClientSettings with(ClientSettings settings, const ClientSettings& own) {
  settings.insert(settings.end(), own.begin(), own.end());
  return settings;
}

}  // namespace

ControlTopic::ControlTopic(ControlOptions options, Apply apply, Ended ended)
    : options_(std::move(options)), apply_(std::move(apply)), ended_(std::move(ended)) {}

ControlTopic::~ControlTopic() {
  follower_ = {};
  poller_ = {};
  if (topic_) rd_kafka_consume_stop(topic_.get(), 0);
}

Result<std::unique_ptr<ControlTopic>> ControlTopic::open(ControlOptions options, Apply apply, Ended ended) {
  std::unique_ptr<ControlTopic> topic{new ControlTopic(std::move(options), std::move(apply), std::move(ended))};
  if (const auto connected = topic->connect(); !connected) return connected.error();
  if (const auto read = topic->read_all(); !read) return read.error();
  topic->follower_ = std::jthread{[raw = topic.get()](const std::stop_token& stop) { raw->follow(stop); }};
  topic->poller_ = std::jthread{[raw = topic.get()](const std::stop_token& stop) {
    while (!stop.stop_requested()) rd_kafka_poll(raw->writer_.get(), poll_ms);
  }};
  return topic;
}

Result<void> ControlTopic::connect() {
  auto reader = Client::open(RD_KAFKA_CONSUMER,
                             with(options_.settings, {{"auto.offset.reset", "earliest"},
                                                      {"enable.auto.commit", "false"},
                                                      {"enable.auto.offset.store", "false"},
                                                      {"check.crcs", "true"},
                                                      {"enable.partition.eof", "true"}}),
                             {options_.on_line, {}});
  if (!reader) return reader.error();
  reader_ = std::move(*reader);
  const auto delivered = [](const rd_kafka_message_t& report) {
    const std::unique_ptr<std::promise<Result<std::int64_t>>> asked{
        static_cast<std::promise<Result<std::int64_t>>*>(report._private)};
    asked->set_value(report.err == RD_KAFKA_RESP_ERR_NO_ERROR ? Result<std::int64_t>{report.offset}
                                                              : unreachable("the control topic", report.err));
  };
  auto writer = Client::open(
      RD_KAFKA_PRODUCER,
      with(options_.settings, {{"acks", "all"},
                               {"linger.ms", "0"},
                               {"message.timeout.ms", std::to_string(std::chrono::milliseconds{patience}.count())}}),
      {options_.on_line, delivered});
  if (!writer) return writer.error();
  writer_ = std::move(*writer);
  topic_.reset(rd_kafka_topic_new(reader_.get(), options_.topic.c_str(), nullptr));
  if (topic_ == nullptr || rd_kafka_consume_start(topic_.get(), 0, RD_KAFKA_OFFSET_BEGINNING) != 0) {
    return unreachable(options_.topic, rd_kafka_last_error());
  }
  return {};
}

MessageHandle ControlTopic::next() { return MessageHandle{rd_kafka_consume(topic_.get(), 0, poll_ms)}; }

Result<void> ControlTopic::read_all() {
  std::map<std::string, std::optional<std::string>> newest;
  std::uint64_t foreign = 0;
  for (int waited = 0; waited < reads_max; ++waited) {
    const MessageHandle message = next();
    if (message == nullptr) continue;
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      if (newest.empty() && foreign > 0) {
        return Error{Code::bad_key_file, "topic " + options_.topic + " belongs to a cluster with another key"};
      }
      for (const auto& [key, value] : newest) {
        if (const auto applied = apply_(key, value); !applied) return applied;
      }
      return {};
    }
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;  // librdkafka goes on by itself
    auto record = open(*message);
    if (!record) return record.error();
    if (*record) newest[(*record)->key] = std::move((*record)->value);
    foreign += *record ? 0 : 1;
    waited = 0;
  }
  return Error{Code::log_unreachable, "topic " + options_.topic + " cannot be read"};
}

void ControlTopic::follow(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const MessageHandle message = next();
    if (message == nullptr || message->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    const auto record = open(*message);
    if (!record) return ended_(record.error());
    if (*record) {
      if (const auto applied = apply_((*record)->key, (*record)->value); !applied) return ended_(applied.error());
    }
    const std::lock_guard lock{mutex_};
    told_up_to_ = message->offset + 1;
    told_.notify_all();
  }
}

/// Nothing: it is of nobody who has the key.
Result<std::optional<ControlTopic::Record>> ControlTopic::open(const rd_kafka_message_t& message) const {
  const std::string_view locked{static_cast<const char*>(message.payload),
                                message.payload == nullptr ? 0 : message.len};
  const auto plain = crypto::unlock(options_.key, locked);
  if (!plain) {
    if (options_.on_line) options_.on_line("a record of topic " + options_.topic + " is not of this cluster");
    return std::optional<Record>{};
  }
  format::Decoder in{*plain};
  if (in.byte() != version) return Error{Code::state_format, "a control record is of another version"};
  Record record;
  record.key = in.text();
  if (in.byte() != 0) record.value = in.text();
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "a control record cannot be read"};
  return std::optional{std::move(record)};
}

Result<std::int64_t> ControlTopic::append(const std::string& key, const std::string& value) {
  auto asked = std::make_unique<std::promise<Result<std::int64_t>>>();
  auto answer = asked->get_future();
  const auto failed = rd_kafka_producev(
      writer_.get(), RD_KAFKA_V_TOPIC(options_.topic.c_str()), RD_KAFKA_V_PARTITION(0),
      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(key.data(), key.size()),
      RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()), RD_KAFKA_V_OPAQUE(asked.get()), RD_KAFKA_V_END);
  if (failed != RD_KAFKA_RESP_ERR_NO_ERROR) return unreachable(options_.topic, failed);
  (void)asked.release();  // the report's from now on
  return answer.get();    // within `patience`
}

Result<void> ControlTopic::put(const std::string& key, const std::optional<std::string>& value) {
  const auto offset = append(hidden(options_.key, key), crypto::lock_up(options_.key, encode(key, value)));
  if (!offset) return offset.error();
  std::unique_lock lock{mutex_};
  if (told_.wait_for(lock, patience, [&] { return told_up_to_ > *offset; })) return {};
  return Error{Code::log_unreachable, "what was written to topic " + options_.topic + " has not come back"};
}

}  // namespace weir::log::kafka
