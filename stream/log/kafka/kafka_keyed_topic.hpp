// A keyed topic on Apache Kafka: one compacted topic, as many partitions as there are shards. Every record carries a
// seal over its key and value; what is not sealed is nobody's and left out.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "schemas/base/clock.hpp"
#include "schemas/crypto/digest.hpp"
#include "stream/log/kafka/cluster.hpp"
#include "stream/log/keyed_topic.hpp"

namespace weir::log {

struct KeyedTopicOptions {
  std::string brokers;  // HOST:PORT[,HOST:PORT…]
  std::string topic;
  std::uint32_t partitions = 16;
  crypto::Key seal{};                                         // the same on every node
  std::vector<std::pair<std::string, std::string>> settings;  // librdkafka's, handed on as they are
  std::function<void(std::string_view line)> on_line;         // what librdkafka says; from its threads, without secrets
  std::size_t queue_bytes = std::size_t{32} << 20;            // of appends that are not confirmed
  std::size_t fetch_bytes = std::size_t{1} << 20;             // fetched ahead, of each partition
};

class KafkaKeyedTopic final : public KeyedTopic {
 public:
  /// Connects, and makes the topic if there is none. `cluster` null: the brokers' own. Blocks for seconds. Errors:
  /// log_unreachable, bad_log_settings, log_repartitioned.
  static Result<std::unique_ptr<KafkaKeyedTopic>> open(KeyedTopicOptions options,
                                                       std::unique_ptr<kafka::Cluster> cluster = nullptr);
  /// Who waits for an append is told log_unreachable.
  ~KafkaKeyedTopic() override;

  std::uint32_t partitions() const override;
  Result<void> append(std::uint32_t partition, std::vector<KeyedRecord> records, Appended appended) override;
  Result<std::unique_ptr<KeyedReader>> read(std::uint32_t partition, std::function<void()> arrived) override;

  /// Bytes that wait to be confirmed.
  std::size_t queued_bytes() const;
  /// Records that readers left out because their seal is not ours.
  std::uint64_t unsealed() const;

 private:
  class Reader;
  struct Consumer;
  struct Parts;

  explicit KafkaKeyedTopic(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace weir::log
