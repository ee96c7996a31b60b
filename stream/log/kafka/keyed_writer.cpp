#include "stream/log/kafka/keyed_writer.hpp"

#include "stream/log/kafka/sealing.hpp"
#include "stream/log/kafka/sender.hpp"

namespace weir::log::kafka {
namespace {

constexpr int poll_ms = 100;
constexpr int purge_ms = 1'000;
constexpr std::size_t record_bytes = 64;  // what a record takes besides key and value

}  // namespace

struct KeyedWriter::UnderWay {
  KeyedTopic::Appended appended;
  std::size_t bytes = 0;
  std::atomic<std::size_t> open{0};  // records that are not settled
  std::atomic<bool> failed{false};
  std::uint64_t last = 0;  // offset; of the thread alone
};

KeyedWriter::KeyedWriter(Options options, const std::vector<KeyedSealer>& sealers)
    : options_(std::move(options)), sealers_(sealers) {}

Result<std::unique_ptr<KeyedWriter>> KeyedWriter::open(Options options, const std::vector<KeyedSealer>& sealers) {
  std::unique_ptr<KeyedWriter> writer{new KeyedWriter(std::move(options), sealers)};
  if (const auto opened = writer->open_producer(); !opened) return opened.error();
  writer->thread_ = std::jthread{[raw = writer.get()](const std::stop_token& stop) { raw->run(stop); }};
  return writer;
}

KeyedWriter::~KeyedWriter() {
  thread_ = {};
  if (producer_.get() != nullptr) close_producer();
}

Result<void> KeyedWriter::open_producer() {
  ClientSettings settings = lasting_settings();
  settings.insert(settings.end(), options_.settings.begin(), options_.settings.end());
  auto opened = Client::open(RD_KAFKA_PRODUCER, settings,
                             {options_.on_line, [this](const rd_kafka_message_t& message) { report(message); }});
  if (!opened) return opened.error();
  producer_ = std::move(*opened);
  topic_.reset(rd_kafka_topic_new(producer_.get(), options_.topic.c_str(), nullptr));
  if (topic_ == nullptr) return unreachable(options_.topic, rd_kafka_last_error());
  return {};
}

/// What is under way is told to have failed.
void KeyedWriter::close_producer() {
  rd_kafka_purge(producer_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  rd_kafka_flush(producer_.get(), purge_ms);
  topic_.reset();
  producer_.close();
  std::map<const UnderWay*, std::unique_ptr<UnderWay>> left;
  {
    const std::lock_guard lock{mutex_};
    left.swap(under_way_);
  }
  for (const auto& [key, append] : left) {
    bytes_ -= append->bytes;
    append->appended(Error{Code::log_unreachable, "the producer ended before the brokers confirmed it"});
  }
}

void KeyedWriter::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    rd_kafka_poll(producer_.get(), poll_ms);
    if (rd_kafka_fatal_error(producer_.get(), nullptr, 0) == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    const std::unique_lock lock{producing_};
    close_producer();
    const auto opened = open_producer();
    WEIR_CHECK(opened.ok(), "librdkafka refuses settings that it took before");
  }
}

Result<void> KeyedWriter::append(std::uint32_t partition, const std::vector<KeyedRecord>& records,
                                 KeyedTopic::Appended appended) {
  std::size_t bytes = 0;
  for (const KeyedRecord& record : records) {
    bytes += record.key.size() + (record.value ? record.value->size() : 0) + record_bytes;
  }
  const std::shared_lock lock{producing_};
  if (bytes_ + bytes > options_.queue_bytes && bytes_ > 0) {
    return Error{Code::overloaded, "more waits to be written to " + options_.topic + " than may"};
  }
  bytes_ += bytes;
  auto owned = std::make_unique<UnderWay>();
  UnderWay& append = *owned;
  append.appended = std::move(appended);
  append.bytes = bytes;
  append.open = records.size() + 1;  // and this call
  {
    const std::lock_guard listing{mutex_};
    under_way_.emplace(&append, std::move(owned));
  }
  for (const KeyedRecord& record : records) {
    if (produce(partition, record, append)) continue;
    append.failed = true;
    settle_one(append);
  }
  settle_one(append);
  return {};
}

bool KeyedWriter::produce(std::uint32_t partition, const KeyedRecord& record, UnderWay& append) {
  const crypto::Seal seal = sealers_[partition].seal(record.key, record.value);
  const auto value = record.value ? std::string_view{*record.value} : std::string_view{};
  // Without a value the payload is null, which is what takes the key away; an empty one has an address.
  void* const payload = record.value ? const_cast<char*>(value.data()) : nullptr;
  const auto failed = rd_kafka_producev(
      producer_.get(), RD_KAFKA_V_RKT(topic_.get()), RD_KAFKA_V_PARTITION(static_cast<std::int32_t>(partition)),
      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(record.key.data(), record.key.size()),
      RD_KAFKA_V_VALUE(payload, value.size()),
      RD_KAFKA_V_HEADER(seal_header, seal.data(), static_cast<ssize_t>(seal.size())), RD_KAFKA_V_OPAQUE(&append),
      RD_KAFKA_V_END);
  return failed == RD_KAFKA_RESP_ERR_NO_ERROR;
}

void KeyedWriter::report(const rd_kafka_message_t& message) {
  UnderWay& append = *static_cast<UnderWay*>(message._private);
  // Where the broker had it already from an earlier try it does not say where.
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR || message.offset < 0) {
    append.failed = true;
  } else {
    append.last = std::max(append.last, static_cast<std::uint64_t>(message.offset));
  }
  settle_one(append);
}

void KeyedWriter::settle_one(UnderWay& append) {
  if (--append.open > 0) return;
  std::unique_ptr<UnderWay> settled;
  {
    const std::lock_guard lock{mutex_};
    settled = std::move(under_way_.extract(&append).mapped());
  }
  bytes_ -= append.bytes;
  append.appended(append.failed ? Result<std::uint64_t>{Error{Code::log_unreachable, options_.topic + " failed"}}
                                : Result<std::uint64_t>{append.last});
}

}  // namespace weir::log::kafka
