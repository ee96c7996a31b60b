#include "stream/log/kafka/kafka_keyed_topic.hpp"

#include <mutex>
#include <set>

#include "stream/log/kafka/brokers.hpp"
#include "stream/log/kafka/keyed_reader.hpp"
#include "stream/log/kafka/keyed_writer.hpp"

namespace weir::log {

using namespace kafka;

namespace {

ClientSettings reader_settings(const KeyedTopicOptions& options, const ClientSettings& common) {
  ClientSettings settings{
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"auto.offset.reset", "error"},
      {"check.crcs", "true"},
      {"enable.partition.eof", "true"},
      {"queued.max.messages.kbytes", std::to_string(std::max<std::size_t>(options.fetch_bytes >> 10, 64))},
  };
  settings.insert(settings.end(), common.begin(), common.end());
  return settings;
}

ClientSettings common_settings(const KeyedTopicOptions& options) {
  ClientSettings settings{{"bootstrap.servers", options.brokers}, {"client.id", "weir"}};
  settings.insert(settings.end(), options.settings.begin(), options.settings.end());
  return settings;
}

/// The topic is there, with as many partitions and settings that fit.
Result<void> ensure(Cluster& cluster, const KeyedTopicOptions& options) {
  const auto topics = cluster.topics();
  if (!topics) return topics.error();
  const auto known = std::find_if(topics->begin(), topics->end(),
                                  [&](const TopicFacts& facts) { return facts.name == options.topic; });
  if (known == topics->end()) {
    const auto made = cluster.create(options.topic, options.partitions, Use::keyed);
    if (!made) return made;
  } else if (known->partitions != options.partitions) {
    return Error{Code::log_repartitioned, "topic " + options.topic + " has " + std::to_string(known->partitions) +
                                              " partitions and there are " + std::to_string(options.partitions) +
                                              " shards"};
  }
  return cluster.check(options.topic, Use::keyed);
}

}  // namespace

/// A consumer reads a partition once at a time, so there may be several.
struct KafkaKeyedTopic::Consumer {
  Client client;
  std::set<std::uint32_t> reads;  // partitions, under the topic's mutex
};

struct KafkaKeyedTopic::Parts {
  KeyedTopicOptions options;
  ClientSettings common;
  std::vector<KeyedSealer> sealers;  // by partition
  std::atomic<std::uint64_t> unsealed{0};
  std::mutex mutex;
  std::vector<std::shared_ptr<Consumer>> consumers;  // under mutex
  std::unique_ptr<KeyedWriter> writer;

  Result<std::shared_ptr<Consumer>> add_consumer() {
    auto opened = Client::open(RD_KAFKA_CONSUMER, reader_settings(options, common), {options.on_line, {}});
    if (!opened) return opened.error();
    consumers.push_back(std::make_shared<Consumer>());
    consumers.back()->client = std::move(*opened);
    return consumers.back();
  }
};

/// Gives the partition back to its consumer's other readers when it goes.
class KafkaKeyedTopic::Reader final : public KeyedReader {
 public:
  Reader(Parts& parts, std::shared_ptr<Consumer> consumer, std::uint32_t partition, std::function<void()> arrived)
      : parts_(parts),
        consumer_(std::move(consumer)),
        partition_(partition),
        reader_(std::make_unique<PartitionReader>(consumer_->client.get(), parts.options.topic, partition,
                                                  parts.sealers[partition], parts.unsealed, std::move(arrived))) {}
  ~Reader() override {
    reader_.reset();
    const std::lock_guard lock{parts_.mutex};
    consumer_->reads.erase(partition_);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  Result<KeyedPiece> take(std::size_t bytes_max) override { return reader_->take(bytes_max); }

 private:
  Parts& parts_;
  const std::shared_ptr<Consumer> consumer_;
  const std::uint32_t partition_;
  std::unique_ptr<PartitionReader> reader_;
};

KafkaKeyedTopic::KafkaKeyedTopic(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
KafkaKeyedTopic::~KafkaKeyedTopic() = default;

Result<std::unique_ptr<KafkaKeyedTopic>> KafkaKeyedTopic::open(KeyedTopicOptions options,
                                                               std::unique_ptr<Cluster> cluster) {
  auto parts = std::make_unique<Parts>();
  parts->options = std::move(options);
  const KeyedTopicOptions& given = parts->options;
  parts->common = common_settings(given);
  for (std::uint32_t i = 0; i < given.partitions; ++i) parts->sealers.emplace_back(given.seal, given.topic, i);
  const auto consumer = parts->add_consumer();
  if (!consumer) return consumer.error();
  if (!cluster) cluster = std::make_unique<Brokers>((*consumer)->client.get(), 0);
  if (const auto there = ensure(*cluster, given); !there) return there.error();
  auto writer = KeyedWriter::open({given.topic, parts->common, given.on_line, given.queue_bytes}, parts->sealers);
  if (!writer) return writer.error();
  parts->writer = *std::move(writer);
  return std::unique_ptr<KafkaKeyedTopic>{new KafkaKeyedTopic(std::move(parts))};
}

std::uint32_t KafkaKeyedTopic::partitions() const { return parts_->options.partitions; }
std::size_t KafkaKeyedTopic::queued_bytes() const { return parts_->writer->queued_bytes(); }
std::uint64_t KafkaKeyedTopic::unsealed() const { return parts_->unsealed; }

Result<void> KafkaKeyedTopic::append(std::uint32_t partition, std::vector<KeyedRecord> records, Appended appended) {
  WEIR_CHECK(partition < partitions(), "a partition that the topic does not have");
  return parts_->writer->append(partition, records, std::move(appended));
}

Result<std::unique_ptr<KeyedReader>> KafkaKeyedTopic::read(std::uint32_t partition, std::function<void()> arrived) {
  WEIR_CHECK(partition < partitions(), "a partition that the topic does not have");
  std::shared_ptr<Consumer> consumer;
  {
    const std::lock_guard lock{parts_->mutex};
    for (const auto& one : parts_->consumers) {
      if (consumer == nullptr && !one->reads.contains(partition)) consumer = one;
    }
    if (consumer == nullptr) {
      const auto added = parts_->add_consumer();
      if (!added) return added.error();
      consumer = *added;
    }
    consumer->reads.insert(partition);
  }
  return std::unique_ptr<KeyedReader>{std::make_unique<Reader>(*parts_, consumer, partition, std::move(arrived))};
}

}  // namespace weir::log
