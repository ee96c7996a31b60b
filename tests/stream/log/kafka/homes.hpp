// A log that tests can open, close and open again: embedded, on librdkafka's mock cluster, on a real broker.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "stream/log/kafka/kafka_log.hpp"

struct rd_kafka_mock_cluster_s;

namespace weir::log {

class Home {
 public:
  virtual ~Home() = default;
  /// Not empty: it cannot be had here.
  virtual std::string fault() const { return {}; }
  /// Closes the log that is open and opens it with what was kept.
  virtual Result<void> open(std::uint32_t partitions, std::size_t queue_bytes) = 0;
  virtual Log& log() = 0;
};

using MakeHome = std::unique_ptr<Home> (*)();
std::unique_ptr<Home> embedded_home();
std::unique_ptr<Home> mock_home();
std::unique_ptr<Home> broker_home();

/// Topics of the mock cluster, which has no admin requests.
std::unique_ptr<kafka::Cluster> mock_cluster(rd_kafka_mock_cluster_s* cluster);

/// A prefix of topics that no other test uses.
std::string fresh_prefix();

/// Options for a Kafka log in a test.
KafkaOptions kafka_options(const std::string& brokers, const std::string& prefix, std::uint32_t partitions);

/// Appends and waits for the answer.
Result<Position> append_to(Log& log, const std::string& workspace, std::vector<Addressed> records);

/// Waits until the partition can be read up to `end`; false if it cannot within 20 s.
bool arrives(const Log& log, const std::string& workspace, std::uint32_t partition, std::uint64_t end);

/// "offset:kind:value" of each record from `from` to `end`, read in pieces of about `piece_bytes`.
std::vector<std::string> texts_of(const Log& log, const std::string& workspace, std::uint32_t partition,
                                  std::uint64_t from, std::uint64_t end, std::size_t piece_bytes = 1);

}  // namespace weir::log
